import type { KnownImage } from './known-image.ts'

/** Web servers and proxies. */
export const WEB_IMAGES = [
  {
    repository: 'docker.io/library/nginx',
    writes: [
      { path: '/var/cache/nginx', what: 'request bodies and cached answers', grows: true, keeps: false },
      { path: '/var/run', what: 'the PID file', grows: false, keeps: false, medium: 'Memory' }
    ],
    user: { uid: 101, gid: 101 },
    runsAs: 'root',
    rootNeeds: ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
    lowPort: 80,
    note: 'Templates in /etc/nginx/templates are written to /etc/nginx/conf.d, which then must be a volume too (it hides default.conf). nginxinc/nginx-unprivileged listens on 8080 and runs as 101.',
    source: 'https://github.com/docker-library/docs/blob/master/nginx/content.md'
  },
  {
    repository: 'docker.io/nginxinc/nginx-unprivileged',
    also: ['ghcr.io/nginxinc/nginx-unprivileged', 'public.ecr.aws/nginx/nginx-unprivileged'],
    writes: [{ path: '/tmp', what: 'request bodies, cached answers and the PID file', grows: true, keeps: false }],
    user: { uid: 101, gid: 101 },
    runsAs: 'number',
    note: 'Templates in /etc/nginx/templates are written to /etc/nginx/conf.d, which then must be a volume too (it hides default.conf).',
    source: 'https://github.com/nginxinc/docker-nginx-unprivileged/blob/main/mainline/alpine-slim/Dockerfile'
  },
  {
    repository: 'docker.io/library/httpd',
    writes: [
      { path: '/usr/local/apache2/logs', what: 'the PID file and locks', grows: false, keeps: false, medium: 'Memory' }
    ],
    user: undefined,
    runsAs: 'root',
    rootNeeds: ['KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
    lowPort: 80,
    note: 'The server starts as root and answers as www-data. Its logs go to the console unless httpd.conf says otherwise.',
    source: 'https://github.com/docker-library/repo-info/blob/master/repos/httpd/remote/latest.md'
  },
  {
    repository: 'docker.io/library/haproxy',
    writes: [],
    user: { uid: 99, gid: 99 },
    runsAs: 'name',
    note: 'A stats socket or a PID file that haproxy.cfg names needs a volume.',
    source: 'https://github.com/docker-library/haproxy/blob/master/3.2/Dockerfile'
  },
  {
    repository: 'docker.io/library/traefik',
    writes: [{ path: '/tmp', what: 'scratch files', grows: false, keeps: false }],
    user: { uid: 65532, gid: 65532 },
    runsAs: 'root',
    rootNeeds: ['NET_BIND_SERVICE'],
    lowPort: 80,
    note: 'Plugins need /plugins-storage as a volume, and acme.storage the directory of its file, which should outlive the pod.',
    source: 'https://github.com/traefik/traefik-helm-chart/blob/master/traefik/values.yaml'
  },
  {
    repository: 'docker.io/library/caddy',
    tags: /^(?!.*builder)/,
    writes: [
      { path: '/data', what: 'certificates and their keys', grows: false, keeps: true },
      { path: '/config', what: 'the configuration it saves for itself', grows: false, keeps: false }
    ],
    user: undefined,
    runsAs: 'root',
    needs: ['NET_BIND_SERVICE'],
    lowPort: 80,
    note: 'Any user can run it.',
    source: 'https://github.com/caddyserver/caddy-docker/blob/master/2.11/alpine/Dockerfile'
  },
  {
    repository: 'docker.io/envoyproxy/envoy',
    tags: /^(?!.*distroless)/,
    writes: [],
    user: { uid: 101, gid: 101 },
    runsAs: 'root',
    rootNeeds: ['CHOWN', 'SETGID', 'SETUID'],
    note: 'ENVOY_UID and ENVOY_GID change /etc/passwd, so with a read-only root filesystem runAsUser has to do it.',
    source: 'https://github.com/envoyproxy/envoy/blob/main/docs/root/start/docker.rst'
  }
] as const satisfies readonly KnownImage[]
