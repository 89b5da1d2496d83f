import type { KnownImage } from './known-image.ts'

// what is the same in each: `find` and `chmod` of the entry point as root go into a directory of mode 0700
const POSTGRES = {
  repository: 'docker.io/library/postgres',
  runsAs: 'root',
  rootNeeds: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']
} as const

const SOCKET = {
  path: '/var/run/postgresql',
  what: 'the socket and its lock',
  grows: false,
  keeps: false,
  medium: 'Memory'
} as const

const SCRATCH = { path: '/tmp', what: 'scratch files of the first start', grows: false, keeps: false } as const

const UNTIL_17 = {
  ...POSTGRES,
  writes: [{ path: '/var/lib/postgresql/data', what: 'the databases', grows: true, keeps: true }, SOCKET, SCRATCH],
  env: [{ name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' }],
  note: 'The server refuses a data directory that it does not own, which the root of a volume is, so PGDATA has to be a directory below it.'
} as const

const SINCE_18 = {
  ...POSTGRES,
  writes: [{ path: '/var/lib/postgresql', what: 'the databases', grows: true, keeps: true }, SOCKET, SCRATCH],
  note: 'PGDATA is a directory below the volume, which the server makes and owns.'
} as const

/** PostgreSQL: the data directory moved with 18, and Alpine has another user. */
export const POSTGRES_IMAGES = [
  {
    ...UNTIL_17,
    tags: /^(?:9|1[0-7])(?!\d).*alpine/,
    user: { uid: 70, gid: 70 },
    source: 'https://github.com/docker-library/postgres/blob/master/17/alpine3.23/Dockerfile'
  },
  {
    ...UNTIL_17,
    tags: /^(?:9|1[0-7])(?!\d)/,
    user: { uid: 999, gid: 999 },
    source: 'https://github.com/docker-library/postgres/blob/master/17/bookworm/Dockerfile'
  },
  {
    ...SINCE_18,
    tags: /alpine/,
    user: { uid: 70, gid: 70 },
    source: 'https://github.com/docker-library/postgres/blob/master/18/alpine3.23/Dockerfile'
  },
  {
    ...SINCE_18,
    user: { uid: 999, gid: 999 },
    source: 'https://github.com/docker-library/postgres/blob/master/18/trixie/Dockerfile'
  }
] as const satisfies readonly KnownImage[]
