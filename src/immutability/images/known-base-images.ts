import type { KnownImage } from './known-image.ts'

const BASE = { isBase: true, writes: [], user: undefined, runsAs: 'root' } as const

/** Images that others are made of; they write nothing by themselves, and what the program in them writes is not known. */
export const BASE_IMAGES = [
  {
    ...BASE,
    repository: 'docker.io/library/node',
    user: { uid: 1000, gid: 1000 },
    source: 'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md'
  },
  {
    ...BASE,
    repository: 'docker.io/library/php',
    source: 'https://github.com/docker-library/php/blob/master/8.4/trixie/fpm/Dockerfile'
  },
  {
    ...BASE,
    repository: 'docker.io/library/python',
    source: 'https://github.com/docker-library/python/blob/master/3.14/slim-trixie/Dockerfile'
  },
  {
    ...BASE,
    repository: 'docker.io/library/golang',
    source: 'https://github.com/docker-library/golang/blob/master/Dockerfile-linux.template'
  },
  {
    ...BASE,
    repository: 'docker.io/library/busybox',
    source: 'https://github.com/docker-library/repo-info/blob/master/repos/busybox/remote/latest.md'
  },
  {
    ...BASE,
    repository: 'docker.io/library/alpine',
    source: 'https://github.com/docker-library/repo-info/blob/master/repos/alpine/remote/latest.md'
  },
  {
    ...BASE,
    repository: 'docker.io/library/debian',
    source: 'https://github.com/docker-library/repo-info/blob/master/repos/debian/remote/latest.md'
  },
  {
    ...BASE,
    repository: 'docker.io/library/ubuntu',
    source: 'https://github.com/docker-library/repo-info/blob/master/repos/ubuntu/remote/latest.md'
  }
] as const satisfies readonly KnownImage[]
