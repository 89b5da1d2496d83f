import fc from 'fast-check'
import t from 'tap'
import { parseImage } from '../../src/immutability/images/image-reference.ts'
import type { KnownImage } from '../../src/immutability/images/known-image.ts'
import { KNOWN_IMAGES, knownImage } from '../../src/immutability/images/known-images.ts'

const HEX = 'a'.repeat(64)
const ROWS: readonly KnownImage[] = KNOWN_IMAGES

const REFERENCES: readonly (readonly [text: string, want: string | undefined])[] = [
  ['nginx', 'docker.io library/nginx - -'],
  ['nginx:1.29', 'docker.io library/nginx 1.29 -'],
  ['docker.io/nginx', 'docker.io library/nginx - -'],
  ['index.docker.io/nginx:1', 'docker.io library/nginx 1 -'],
  ['docker.io/library/nginx', 'docker.io library/nginx - -'],
  ['grafana/grafana:12.0.0', 'docker.io grafana/grafana 12.0.0 -'],
  ['localhost/x', 'localhost x - -'],
  ['localhost:5000/x', 'localhost:5000 x - -'],
  ['localhost:5000/x:1', 'localhost:5000 x 1 -'],
  ['localhost:5000', 'docker.io library/localhost 5000 -'],
  ['registry.example.com:443/a/b/c:v1', 'registry.example.com:443 a/b/c v1 -'],
  ['[2001:db8::1]:5000/x:1', '[2001:db8::1]:5000 x 1 -'],
  ['Upper/x', 'Upper x - -'],
  [`nginx@sha256:${HEX}`, `docker.io library/nginx - sha256:${HEX}`],
  [`a.b/c:1@sha512:${HEX}${HEX}`, `a.b c 1 sha512:${HEX}${HEX}`],
  ['a__b/c--d', 'docker.io a__b/c--d - -'],
  [`x:${'1'.repeat(128)}`, `docker.io library/x ${'1'.repeat(128)} -`],
  ['', undefined],
  [' nginx', undefined],
  ['nginx ', undefined],
  ['nginx\n', undefined],
  ['Nginx', undefined],
  ['a/B', undefined],
  ['nginx:', undefined],
  ['nginx:-1', undefined],
  ['nginx:a:b', undefined],
  [`x:${'1'.repeat(129)}`, undefined],
  ['nginx@', undefined],
  ['nginx@sha256', undefined],
  [`nginx@sha256:${HEX.slice(1)}`, undefined],
  [`nginx@sha256:${HEX.toUpperCase()}`, undefined],
  [`nginx@md5:${'a'.repeat(32)}`, undefined],
  [`nginx@constructor:${HEX}`, undefined],
  [`nginx@sha256:${HEX}@sha256:${HEX}`, undefined],
  [HEX, undefined],
  ['a..b', undefined],
  ['a/_b', undefined],
  ['a___b', undefined],
  ['/nginx', undefined],
  ['nginx/', undefined],
  ['a//b', undefined],
  ['docker.io/', undefined],
  ['host:port/x', undefined],
  ['my_registry.local/x', undefined],
  ['-a.b/x', undefined],
  ['https://registry.example.com/x', undefined],
  ['${IMAGE}', undefined],
  ['nginx:{{ .Values.tag }}', undefined],
  ['é', undefined],
  [`a.b/${'x'.repeat(256)}`, undefined],
  [`${'a.'.repeat(600)}b/x`, undefined]
]

t.test('an image reference is read as the runtimes read it', t => {
  for (const [text, want] of REFERENCES) {
    const got = parseImage(text)
    const line = got && `${got.registry} ${got.repository} ${got.tag ?? '-'} ${got.digest ?? '-'}`
    t.equal(line, want, JSON.stringify(text).slice(0, 80))
  }
  t.end()
})

t.test('no text makes it throw, and what is filled in is read the same again', t => {
  const word = fc.string({ unit: fc.constantFrom(...'aA0._-:/@[]$ \n', 'docker.io/', 'localhost', 'sha256:', HEX) })
  fc.assert(
    fc.property(fc.oneof(word, fc.string()), text => {
      const got = parseImage(text)
      if (!got) return
      const whole = `${got.registry}/${got.repository}`
      const again = parseImage(whole + (got.tag ? `:${got.tag}` : '') + (got.digest ? `@${got.digest}` : ''))
      t.same(again, got, JSON.stringify(text))
    }),
    { numRuns: 2000, seed: 8 }
  )
  for (const long of ['a'.repeat(1e6), 'a-'.repeat(5e5), `${'a-'.repeat(500)}.b/x`, ':'.repeat(1e6), '['.repeat(1e6)]) {
    t.equal(parseImage(long), undefined, long.slice(0, 6))
  }
  t.end()
})

const SPELLINGS: readonly (readonly [image: string, repository: string | undefined, first?: string])[] = [
  ['nginx', 'docker.io/library/nginx', '/var/cache/nginx'],
  ['nginx:1.29-alpine', 'docker.io/library/nginx'],
  ['library/nginx', 'docker.io/library/nginx'],
  ['docker.io/nginx', 'docker.io/library/nginx'],
  ['docker.io/library/nginx:1', 'docker.io/library/nginx'],
  ['index.docker.io/nginx', 'docker.io/library/nginx'],
  ['registry-1.docker.io/library/nginx', 'docker.io/library/nginx'],
  ['public.ecr.aws/docker/library/nginx:1', 'docker.io/library/nginx'],
  ['mirror.gcr.io/library/nginx', 'docker.io/library/nginx'],
  [`nginx@sha256:${HEX}`, 'docker.io/library/nginx'],
  ['registry.example.com/mirror/nginx', undefined],
  ['registry.example.com/library/nginx', undefined],
  ['localhost:5000/nginx', undefined],
  ['localhost/library/nginx', undefined],
  ['someone/nginx', undefined],
  ['public.ecr.aws/nginx/nginx', undefined],
  ['public.ecr.aws/docker/library/grafana/grafana', undefined],
  ['nginx-other', undefined],
  ['NGINX', undefined],
  ['', undefined],
  ['postgres', 'docker.io/library/postgres', '/var/lib/postgresql'],
  ['postgres:18.1-alpine', 'docker.io/library/postgres', '/var/lib/postgresql'],
  ['postgres:trixie', 'docker.io/library/postgres', '/var/lib/postgresql'],
  ['postgres:17', 'docker.io/library/postgres', '/var/lib/postgresql/data'],
  ['postgres:9.6-alpine', 'docker.io/library/postgres', '/var/lib/postgresql/data'],
  [`postgres:17@sha256:${HEX}`, 'docker.io/library/postgres', '/var/lib/postgresql/data'],
  ['postgres:100', 'docker.io/library/postgres', '/var/lib/postgresql'],
  [`postgres@sha256:${HEX}`, undefined],
  ['influxdb:2.7-alpine', 'docker.io/library/influxdb', '/var/lib/influxdb2'],
  ['influxdb:1.8', undefined],
  ['influxdb:20', undefined],
  [`influxdb@sha256:${HEX}`, undefined],
  ['wordpress:6-php8.4-fpm-alpine', 'docker.io/library/wordpress', '/var/www/html'],
  ['wordpress:cli', undefined],
  ['prom/prometheus:v3.8.0', 'docker.io/prom/prometheus', '/prometheus'],
  ['quay.io/prometheus/prometheus:v3.8.0', 'docker.io/prom/prometheus', '/prometheus'],
  ['prom/prometheus:v3.8.0-distroless', undefined],
  ['mirror.gcr.io/prom/prometheus', 'docker.io/prom/prometheus'],
  ['docker.io/nginxinc/nginx-unprivileged:alpine', 'docker.io/nginxinc/nginx-unprivileged', '/tmp'],
  ['registry.k8s.io/kube-apiserver:v1.34.0', 'registry.k8s.io/kube-apiserver'],
  ['kube-apiserver:v1.34.0', undefined],
  ['k8s.gcr.io/pause:3.5', undefined],
  ['php', 'docker.io/library/php'],
  ['php:8.4-apache', 'docker.io/library/php', '/var/run/apache2']
]

t.test('an image is known under every public name, and a private copy is not', t => {
  for (const [image, repository, first] of SPELLINGS) {
    const row = knownImage(image)
    t.equal(row?.repository, repository, image)
    if (first) t.equal(row?.writes[0]?.path, first, `${image} writes ${first}`)
  }
  t.end()
})

t.test('the user is the one of the variant', t => {
  const users: readonly (readonly [image: string, uid: number, gid: number])[] = [
    ['postgres:18', 999, 999],
    ['postgres:18-alpine', 70, 70],
    ['postgres:alpine3.23', 70, 70],
    ['postgres:16-alpine', 70, 70],
    ['postgres:16-bookworm', 999, 999],
    ['redis:8', 999, 999],
    ['redis:8-alpine', 999, 1000],
    ['valkey/valkey:9-alpine', 999, 1000],
    ['rabbitmq:4.1-management', 999, 999],
    ['rabbitmq:4.1-management-alpine', 100, 101]
  ]
  for (const [image, uid, gid] of users) t.same(knownImage(image)?.user, { uid, gid }, image)
  t.end()
})

// an emptyDir there would hide programs or what they need to start
const HELD =
  /^\/(?:bin|sbin|lib\w*|usr|usr\/(?:bin|sbin|lib\w*|local|share|src|local\/(?:bin|sbin|lib\w*|share))|etc|proc|sys|dev|opt|root|boot|var|var\/lib)?$/

// what a container has without asking, so that dropping ALL and adding these gives it nothing new:
// https://github.com/containerd/containerd/blob/v2.0.0/pkg/oci/spec.go defaultUnixCaps
const DEFAULT_CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE']
]

t.test('every row can be mounted', t => {
  for (const row of ROWS) {
    const name = `${row.repository} ${row.tags ?? ''}`
    const reference = parseImage(row.repository)
    t.equal(`${reference?.registry}/${reference?.repository}`, row.repository, `${name}: the name is filled in`)
    t.match(row.source, /^https:\/\/[\w.-]+\/\S+$/, `${name}: has a source`)
    const paths = row.writes.map(({ path }) => path)
    t.equal(new Set(paths).size, paths.length, `${name}: each path once`)
    for (const { path, what } of row.writes) {
      t.match(path, /^(?:\/[\w.-]*\w[\w.-]*)+$/, `${name}: ${path} is absolute and plain`)
      t.notMatch(path, HELD, `${name}: ${path} holds no programs`)
      t.notMatch(path, /\/\.\.?(?:\/|$)/, `${name}: ${path} is normalised`)
      t.match(what, /^[a-zA-Z].*\w$/, `${name}: ${path} says what for`)
    }
    if (row.isBase) t.equal(row.writes.length, 0, `${name}: a base image writes nothing by itself`)
    if (row.user) t.ok(row.user.uid > 0, `${name}: the user is not root`)
    for (const { value } of row.env ?? []) {
      if (value.startsWith('/'))
        t.ok(
          paths.some(path => value.startsWith(`${path}/`)),
          `${name}: ${value} is on a volume`
        )
    }
    for (const capability of [...(row.needs ?? []), ...(row.rootNeeds ?? [])]) {
      t.ok(DEFAULT_CAPABILITIES.includes(capability), `${name}: ${capability} is one that a runtime gives`)
    }
    if (row.rootNeeds) t.equal(row.runsAs, 'root', `${name}: starts as root`)
    if (row.runsAs === 'number') t.ok(row.user, `${name}: the number is known`)
    if (row.note) t.match(row.note, /^[A-Za-z/].*\.$/, `${name}: the note is sentences`)
  }
  t.end()
})

t.test('every row is reached by some tag, and each name leads to one set of rows', t => {
  const tags = ['latest', 'alpine', '18-alpine', '17', '17-alpine', '2.7', '11-ubi9', '8.4-apache', '8.4-fpm']
  for (const row of ROWS) {
    const found = tags.some(tag => knownImage(`${row.repository}:${tag}`) === row)
    t.ok(found, `${row.repository} ${row.tags ?? ''} is reached`)
    for (const name of row.also ?? []) {
      t.notOk(
        ROWS.some(({ repository }) => repository === name),
        `${name} has no row of its own`
      )
      t.equal(knownImage(name)?.repository, row.repository, name)
    }
  }
  t.end()
})
