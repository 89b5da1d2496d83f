import { mkdirSync, writeFileSync } from 'node:fs'
import { get, request } from 'node:http'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'

/** The packages that the programs of IMAGES come from, and what every run needs. */
// prettier-ignore
export const PACKAGES = [
  'coreutils', 'dash', 'util-linux',
  'nginx', 'redis-server', 'apache2-bin', 'gunicorn', 'postgresql', 'memcached', 'haproxy'
] as const

/** A program as an image holds it, that root starts. */
export interface Image {
  /** The name in the pod. */
  readonly image: string
  /** The words that the image runs where the pod names none. */
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Files of the image, by path, beside those of the packages; a path that ends in / is a directory. */
  readonly files: Readonly<Record<string, string>>
  /** True when it serves: its answer depends on what it has written, where it writes to serve. */
  readonly answers: () => Promise<boolean>
  /** What it says, with the path, when it cannot write. */
  readonly failure: RegExp
}

/** Writes an image's own files below a directory, as a layer over the tree of PACKAGES. */
export const writeLayer = (directory: string, { files }: Image): string => {
  mkdirSync(directory)
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path)
    mkdirSync(path.endsWith('/') ? file : dirname(file), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(file, text)
  }
  return directory
}

const ok = (port: number, path: string): Promise<boolean> =>
  new Promise(resolve => {
    get({ host: '127.0.0.1', port, path, agent: false }, response => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })

// more than nginx keeps in memory, so that it needs the directory of its temporary files
const takesBody = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const options = { host: '127.0.0.1', port, path: '/pass', method: 'POST', agent: false }
    const sent = request(options, response => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    sent.on('error', () => resolve(false)).end(Buffer.alloc(200_000, 'x'))
  })

const talks = (port: number, words: string | Buffer, answer: string): Promise<boolean> =>
  new Promise(resolve => {
    let said = ''
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(words))
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      if (said.includes(answer)) socket.destroy()
    })
    socket.on('error', () => undefined).on('close', () => resolve(said.includes(answer)))
    socket.setTimeout(5000, () => socket.destroy())
  })

// StartupMessage and Query of https://www.postgresql.org/docs/15/protocol-message-formats.html
const asPostgres = (query: string): Buffer => {
  const message = (type: string, head: readonly number[], text: string): Buffer => {
    const body = Buffer.from(`${text}\0`)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(4 + head.length + body.length)
    return Buffer.concat([Buffer.from(type), length, Buffer.from(head), body])
  }
  return Buffer.concat([message('', [0, 3, 0, 0], 'user\0postgres\0'), message('Q', [], query)])
}

const nginxFiles = (port: number, top: string, http: string) => ({
  '/etc/nginx/nginx.conf': `${top}
events {}
http {
  ${http}
  server {
    listen 127.0.0.1:${port};
    location / { return 200; }
    location /pass { proxy_pass http://127.0.0.1:${port}/; }
  }
}
`
})

const nginxServes = (port: number) => async () => (await ok(port, '/')) && takesBody(port)
const NGINX_TEMP = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as const

/** The official nginx: its paths are those that https://github.com/nginxinc/docker-nginx/blob/1.27.4/stable/debian/Dockerfile makes. */
export const nginx = (port: number, image = 'nginx:1.27.4'): Image => ({
  image,
  command: ['nginx', '-g', 'daemon off;'],
  files: {
    '/var/cache/nginx/': '',
    ...nginxFiles(
      port,
      'user www-data;\npid /var/run/nginx.pid;\nerror_log /dev/stderr notice;',
      `access_log /dev/stdout;
  ${NGINX_TEMP.map(name => `${name}_temp_path /var/cache/nginx/${name.replace('_body', '')}_temp;`).join('\n  ')}`
    )
  },
  answers: nginxServes(port),
  failure: /"\/var\/(cache\/nginx\/\w+|run\/nginx\.pid)" failed \(30: Read-only file system\)/
})

/** nginx as Debian builds it: temporary files below /var/lib/nginx, logs in /var/log/nginx, its process id in /run. */
export const debianNginx = (port: number): Image => ({
  image: 'registry.example/front:4.2.0',
  command: ['nginx', '-g', 'daemon off;'],
  files: nginxFiles(
    port,
    'user www-data;\npid /run/nginx.pid;\nerror_log /var/log/nginx/error.log;',
    'access_log /var/log/nginx/access.log;'
  ),
  answers: nginxServes(port),
  failure: /"\/var\/lib\/nginx\/body" failed \(30: Read-only file system\)/
})

/** redis that keeps what it is told in /data: https://github.com/redis/docker-library-redis/blob/master/Dockerfile.template */
export const redis = (port: number): Image => ({
  image: 'redis:7.2.7',
  command: ['redis-server', '--bind', '127.0.0.1', '--port', `${port}`, '--dir', '/data', '--appendonly', 'yes'],
  files: { '/data/': '' },
  answers: () => talks(port, 'SET seen yes\r\nGET seen\r\n', '+OK\r\n$3\r\nyes\r\n'),
  failure: /append-only \w+ appendonlydir: Read-only file system/
})

/** httpd with the configuration of https://github.com/docker-library/httpd/blob/master/2.4/Dockerfile in short. */
export const httpd = (port: number): Image => ({
  image: 'httpd:2.4.63',
  command: ['apache2', '-d', '/usr/local/apache2', '-f', 'conf/httpd.conf', '-D', 'FOREGROUND'],
  files: {
    '/usr/local/apache2/logs/': '',
    '/usr/local/apache2/htdocs/index.html': 'It works!\n',
    '/usr/local/apache2/conf/httpd.conf': `ServerName localhost
Listen 127.0.0.1:${port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
User www-data
Group www-data
DefaultRuntimeDir logs
PidFile logs/httpd.pid
DocumentRoot htdocs
DirectoryIndex index.html
ErrorLog /proc/self/fd/2
`
  },
  answers: () => ok(port, '/'),
  failure: /Read-only file system.*\/usr\/local\/apache2\/logs\/httpd\.pid/
})

/** A Python server whose workers keep a temporary file each; Python writes what it has compiled unless `env` forbids it. */
export const gunicorn = (port: number): Image => ({
  image: 'registry.example/api:1.0.3',
  command: ['gunicorn', '--bind', `127.0.0.1:${port}`, '--chdir', '/srv', 'api:serve'],
  env: { PYTHONDONTWRITEBYTECODE: '1' },
  files: {
    '/srv/api.py': `def serve(environ, start_response):
    start_response("200 OK", [])
    return [b"It works!"]
`
  },
  answers: () => ok(port, '/'),
  failure: /No usable temporary directory found in \['\/tmp', '\/var\/tmp'/
})

/** memcached, which writes nothing: https://github.com/docker-library/memcached/blob/master/1/debian/Dockerfile */
export const memcached = (port: number): Image => ({
  image: 'memcached:1.6.38',
  command: ['memcached', '--listen=127.0.0.1', `--port=${port}`],
  files: {},
  answers: () => talks(port, 'set seen 0 0 3\r\nyes\r\nget seen\r\n', 'STORED\r\nVALUE seen 0 3\r\nyes'),
  failure: /^$/
})

/** haproxy, which writes nothing unless its configuration says so: https://github.com/docker-library/haproxy/blob/master/3.2/Dockerfile */
export const haproxy = (port: number): Image => ({
  image: 'haproxy:3.2.1',
  command: ['haproxy', '-W', '-db', '-f', '/usr/local/etc/haproxy/haproxy.cfg'],
  files: {
    '/usr/local/etc/haproxy/haproxy.cfg': `defaults
  mode http
  timeout client 5s
frontend all
  bind 127.0.0.1:${port}
  http-request return status 200
`
  },
  answers: () => ok(port, '/'),
  failure: /^$/
})

/** postgres that starts as https://github.com/docker-library/postgres/blob/master/17/bookworm/docker-entrypoint.sh does. */
export const postgres = (port: number): Image => ({
  image: 'postgres:17.4',
  command: [
    ...['sh', '-ec'],
    `start='PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
initdb -D "$PGDATA" --auth=trust --username=postgres --no-sync --no-locale
exec postgres -D "$PGDATA" -c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=/var/run/postgresql'
[ "$(id -u)" = 0 ] || exec sh -ec "$start"
mkdir -p "$PGDATA"
chmod 700 "$PGDATA"
chown postgres "$PGDATA" /var/run/postgresql
exec setpriv --reuid postgres --regid postgres --clear-groups sh -ec "$start"`
  ],
  env: { PGDATA: '/var/lib/postgresql/data' },
  files: {
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n',
    '/etc/group': 'root:x:0:\npostgres:x:999:\n',
    '/var/lib/postgresql/data/': '',
    '/run/postgresql/': ''
  },
  answers: () => talks(port, asPostgres('CREATE TEMP TABLE seen (n integer)'), 'CREATE TABLE'),
  failure: /'\/var\/lib\/postgresql\/data': Read-only file system/
})
