import type { KnownImage } from './known-image.ts'

const UPLOADS = { path: '/tmp', what: 'uploads and scratch files', grows: true, keeps: false } as const
const SMALL = { grows: false, keeps: false, medium: 'Memory' } as const

// https://github.com/docker-library/php/blob/master/8.4/trixie/apache/Dockerfile makes these directories
const APACHE = [
  { ...SMALL, path: '/var/run/apache2', what: 'the PID file' },
  { ...SMALL, path: '/var/lock/apache2', what: 'locks' }
] as const

const WORDPRESS = {
  repository: 'docker.io/library/wordpress',
  user: undefined,
  runsAs: 'root',
  note: 'The entry point fills /var/www/html from /usr/src/wordpress where it is empty.'
} as const

const WORDPRESS_FILES = {
  path: '/var/www/html',
  what: 'WordPress and what is uploaded',
  grows: true,
  keeps: true
} as const

/** Applications and the servers they run in. */
export const APPLICATION_IMAGES = [
  {
    repository: 'docker.io/library/tomcat',
    writes: [
      { path: '/usr/local/tomcat/logs', what: 'logs', grows: true, keeps: false },
      { path: '/usr/local/tomcat/temp', what: 'uploads and scratch files', grows: true, keeps: false },
      { path: '/usr/local/tomcat/work', what: 'compiled pages and sessions', grows: true, keeps: false }
    ],
    user: undefined,
    runsAs: 'root',
    note: 'Any user can run it. A WAR in webapps is unpacked there, so unpackWARs has to be false or the application unpacked in the image.',
    source: 'https://github.com/docker-library/tomcat/blob/master/10.1/jdk21/semeru-noble/Dockerfile'
  },
  {
    repository: 'docker.io/library/php',
    tags: /apache/,
    writes: [...APACHE, UPLOADS],
    user: undefined,
    runsAs: 'root',
    rootNeeds: ['KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
    lowPort: 80,
    note: 'Any user can run it. What the PHP program itself writes is not known.',
    source: 'https://github.com/docker-library/php/blob/master/8.4/trixie/apache/Dockerfile'
  },
  {
    ...WORDPRESS,
    tags: /fpm/,
    writes: [WORDPRESS_FILES, UPLOADS],
    rootNeeds: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'],
    source: 'https://github.com/docker-library/wordpress/blob/master/docker-entrypoint.sh'
  },
  {
    ...WORDPRESS,
    tags: /^(?!.*cli)/,
    writes: [WORDPRESS_FILES, ...APACHE, UPLOADS],
    rootNeeds: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
    lowPort: 80,
    source: 'https://github.com/docker-library/wordpress/blob/master/latest/php8.4/apache/Dockerfile'
  },
  {
    repository: 'docker.io/library/ghost',
    writes: [
      { path: '/var/lib/ghost/content', what: 'images, themes and the SQLite database', grows: true, keeps: true },
      UPLOADS
    ],
    user: { uid: 1000, gid: 1000 },
    runsAs: 'root',
    rootNeeds: ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETUID'],
    source: 'https://github.com/docker-library/ghost/blob/master/6/bookworm/Dockerfile'
  },
  {
    repository: 'docker.io/jenkins/jenkins',
    writes: [{ path: '/var/jenkins_home', what: 'jobs, builds and plugins', grows: true, keeps: true }, UPLOADS],
    user: { uid: 1000, gid: 1000 },
    runsAs: 'name',
    source: 'https://github.com/jenkinsci/docker/blob/master/debian/trixie/hotspot/Dockerfile'
  },
  {
    repository: 'docker.io/library/registry',
    writes: [{ path: '/var/lib/registry', what: 'the images', grows: true, keeps: true }],
    user: undefined,
    runsAs: 'root',
    note: 'Any user that owns the volume can run it.',
    source: 'https://github.com/docker-library/repo-info/blob/master/repos/registry/remote/latest.md'
  },
  {
    repository: 'docker.io/hashicorp/vault',
    tags: /^(?!.*ubi)/,
    writes: [
      { path: '/vault/file', what: 'the data of the file storage', grows: true, keeps: true },
      { path: '/vault/logs', what: 'audit logs', grows: true, keeps: true }
    ],
    env: [
      { name: 'SKIP_CHOWN', value: 'true' },
      { name: 'SKIP_SETCAP', value: 'true' }
    ],
    user: { uid: 100, gid: 1000 },
    runsAs: 'root',
    rootNeeds: ['SETGID', 'SETUID'],
    failsAsRoot: 'its entry point gives the program capabilities, unless SKIP_SETCAP is set',
    note: 'Without IPC_LOCK the configuration needs disable_mlock = true. VAULT_LOCAL_CONFIG is written to /vault/config.',
    source: 'https://github.com/hashicorp/vault-helm/blob/main/templates/server-statefulset.yaml'
  },
  {
    repository: 'docker.io/hashicorp/consul',
    tags: /^(?!.*ubi)/,
    writes: [{ path: '/consul/data', what: 'the state of the agent', grows: true, keeps: true }],
    env: [{ name: 'CONSUL_DISABLE_PERM_MGMT', value: 'true' }],
    user: { uid: 100, gid: 1000 },
    runsAs: 'root',
    rootNeeds: ['CHOWN', 'SETGID', 'SETUID'],
    note: 'CONSUL_LOCAL_CONFIG is written to /consul/config.',
    source: 'https://github.com/hashicorp/consul/blob/main/.release/docker/docker-entrypoint.sh'
  }
] as const satisfies readonly KnownImage[]
