import type { KnownImage } from './known-image.ts'

// an entry point that gives the data to the server's user and then becomes it; the data has mode 0700 at times
const CHOWN_AND_DROP = ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETUID'] as const

const REDIS = {
  writes: [{ path: '/data', what: 'snapshots and the append-only file', grows: true, keeps: true }],
  runsAs: 'root',
  rootNeeds: ['CHOWN', 'SETGID', 'SETUID']
} as const

const MARIADB = { repository: 'docker.io/library/mariadb', user: { uid: 999, gid: 999 } } as const
const MYSQL_DATA = { path: '/var/lib/mysql', what: 'the databases', grows: true, keeps: true } as const
const MYSQL_TMP = { path: '/tmp', what: 'temporary tables and sorting', grows: true, keeps: false } as const
const SOCKET = { what: 'the socket and its lock', grows: false, keeps: false, medium: 'Memory' } as const

const RABBITMQ = {
  repository: 'docker.io/library/rabbitmq',
  writes: [
    { path: '/var/lib/rabbitmq', what: 'queues, definitions and the Erlang cookie', grows: true, keeps: true },
    { path: '/var/log/rabbitmq', what: 'logs that are not written to the console', grows: true, keeps: false }
  ],
  runsAs: 'root',
  rootNeeds: CHOWN_AND_DROP,
  note: 'The Erlang cookie must be readable by its owner alone, which an fsGroup may undo when the pod starts again.'
} as const

/** Databases, caches and queues, but PostgreSQL. */
export const DATABASE_IMAGES = [
  {
    ...REDIS,
    repository: 'docker.io/library/redis',
    tags: /alpine/,
    user: { uid: 999, gid: 1000 },
    source:
      'https://github.com/redis/docker-library-redis/blob/0642e8613deef6a2838814944485fd4a057b8fb4/7.2/alpine/Dockerfile'
  },
  {
    ...REDIS,
    repository: 'docker.io/library/redis',
    user: { uid: 999, gid: 999 },
    source:
      'https://github.com/redis/docker-library-redis/blob/0076c90a8028d29b25313f7272fa2d1245c3be76/debian/Dockerfile'
  },
  {
    ...REDIS,
    repository: 'docker.io/valkey/valkey',
    tags: /alpine/,
    user: { uid: 999, gid: 1000 },
    source: 'https://github.com/valkey-io/valkey-container/blob/mainline/9.2/alpine/Dockerfile'
  },
  {
    ...REDIS,
    repository: 'docker.io/valkey/valkey',
    user: { uid: 999, gid: 999 },
    source: 'https://github.com/valkey-io/valkey-container/blob/mainline/9.2/debian/Dockerfile'
  },
  {
    repository: 'docker.io/library/mysql',
    writes: [MYSQL_DATA, { ...SOCKET, path: '/var/run/mysqld' }, MYSQL_TMP],
    user: { uid: 999, gid: 999 },
    runsAs: 'root',
    rootNeeds: CHOWN_AND_DROP,
    source: 'https://github.com/docker-library/mysql/blob/master/9.7/Dockerfile.oracle'
  },
  {
    ...MARIADB,
    tags: /ubi/,
    writes: [MYSQL_DATA, { ...SOCKET, path: '/run/mariadb' }, MYSQL_TMP],
    runsAs: 'name',
    source: 'https://github.com/MariaDB/mariadb-docker/blob/master/11.8-ubi/Dockerfile'
  },
  {
    ...MARIADB,
    writes: [MYSQL_DATA, { ...SOCKET, path: '/run/mysqld' }, MYSQL_TMP],
    runsAs: 'root',
    rootNeeds: CHOWN_AND_DROP,
    source: 'https://github.com/MariaDB/mariadb-docker/blob/master/11.8/Dockerfile'
  },
  {
    repository: 'docker.io/library/mongo',
    writes: [
      { path: '/data/db', what: 'the databases', grows: true, keeps: true },
      { path: '/tmp', what: 'the socket and files of the first start', grows: false, keeps: false }
    ],
    user: { uid: 999, gid: 999 },
    runsAs: 'root',
    rootNeeds: CHOWN_AND_DROP,
    note: 'With --configsvr the data is in /data/configdb.',
    source: 'https://github.com/docker-library/mongo/blob/master/8.0/Dockerfile'
  },
  {
    repository: 'docker.io/library/memcached',
    writes: [],
    user: { uid: 11211, gid: 11211 },
    runsAs: 'name',
    source: 'https://github.com/docker-library/memcached/blob/master/1/debian/Dockerfile'
  },
  {
    ...RABBITMQ,
    tags: /alpine/,
    user: { uid: 100, gid: 101 },
    source: 'https://github.com/docker-library/rabbitmq/blob/master/4.1/alpine/Dockerfile'
  },
  {
    ...RABBITMQ,
    user: { uid: 999, gid: 999 },
    source: 'https://github.com/docker-library/rabbitmq/blob/master/4.1/ubuntu/Dockerfile'
  },
  {
    repository: 'docker.io/library/influxdb',
    tags: /^2(?!\d)/,
    writes: [
      { path: '/var/lib/influxdb2', what: 'the databases', grows: true, keeps: true },
      { path: '/etc/influxdb2', what: 'the settings of the first start', grows: false, keeps: true }
    ],
    user: { uid: 1000, gid: 1000 },
    runsAs: 'root',
    rootNeeds: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
    source: 'https://github.com/influxdata/influxdata-docker/blob/master/influxdb/2.7/Dockerfile'
  }
] as const satisfies readonly KnownImage[]
