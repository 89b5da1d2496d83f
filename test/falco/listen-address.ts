import t from 'tap'
import { isLoopback, listenAddress, urlOfAddress, withoutSlash } from '../../src/audit/listen-address.ts'

const LOCAL = 'http://127.0.0.1:9765/k8s-audit'

t.test('addresses to listen on', async t => {
  // prettier-ignore
  const rows: readonly { readonly in: string; readonly want: string; readonly public?: string }[] = [
    { in: 'http://:9765/k8s-audit', want: LOCAL, public: 'http://0.0.0.0:9765/k8s-audit' },
    { in: 'http://', want: 'http://127.0.0.1:9765/', public: 'http://0.0.0.0:9765/' },
    { in: 'https://:8443', want: 'https://127.0.0.1:8443/', public: 'https://0.0.0.0:8443/' },
    { in: 'HTTP://localhost', want: 'http://127.0.0.1:9765/' },
    { in: 'http://localhost.:1/x', want: 'http://127.0.0.1:1/x' },
    { in: 'http://127.0.0.1:/', want: 'http://127.0.0.1:9765/' },
    { in: 'http://127.1:80/a/b', want: 'http://127.0.0.1:80/a/b' },
    { in: 'http://127.3.2.1:0/k8s-audit/', want: 'http://127.3.2.1:0/k8s-audit' },
    { in: 'https://[::1]:9765/k8s-audit', want: 'https://[::1]:9765/k8s-audit' },
    { in: 'http://[0:0:0:0:0:0:0:1]:65535/~x!', want: 'http://[::1]:65535/~x!' },
    { in: 'http://[::ffff:127.0.0.1]:1/', want: 'http://[::ffff:7f00:1]:1/' }
  ]
  for (const { in: url, want, public: everywhere = want } of rows) {
    t.equal(urlOfAddress(listenAddress(url, false)), want, url)
    t.equal(urlOfAddress(listenAddress(url, true)), everywhere, `${url} with --listen-all`)
  }
  t.equal(listenAddress('http://:1/', true).host, '', 'every address, of IPv6 too')
})

t.test('an address that others reach has to be asked for', async t => {
  for (const [host, path = ''] of [
    ['0.0.0.0'],
    ['[::]'],
    ['10.0.0.5'],
    ['[fd00::5]'],
    ['collector'],
    ['0'],
    ['0x0a000005'],
    ['127.0.0.1.nip.io'],
    ['localhost.evil', '/x'],
    ['[::ffff:10.0.0.1]']
  ] as const) {
    const url = `http://${host}:9765${path}`
    t.throws(() => listenAddress(url, false), { code: 'USAGE', message: /others reach/, next: /--listen-all/ }, url)
    t.equal(listenAddress(url, true).port, 9765, url)
  }
  t.equal(listenAddress('http://[fd00::5]:1/', true).host, 'fd00::5', 'without brackets')
})

t.test('what is no address', async t => {
  const rows = [
    ['', /must begin with http/],
    ['/var/log/audit.log', /must begin with http/],
    [':9765/k8s-audit', /must begin with http/],
    ['ftp://127.0.0.1/', /must begin with http/],
    ['http:/127.0.0.1', /must begin with http/],
    ['http://127.0.0.1:65536/', /no port 65536/],
    ['http://127.0.0.1:x/', /HOST:PORT is wanted/],
    ['http://::1/', /HOST:PORT is wanted/],
    ['http://user:pass@127.0.0.1/', /HOST:PORT is wanted/],
    ['http://[::1/', /HOST:PORT is wanted/],
    ['http://[::g]/', /is no host/],
    ['http://a b/', /is no host/],
    ['http://a*b/', /is no host/],
    ['http://127.0.0.1/a?x=1', /query/],
    ['http://127.0.0.1/#a', /query or a fragment/],
    ['http://127.0.0.1/a b', /must escape/],
    ['http://127.0.0.1/ä', /must escape/]
  ] as const
  for (const [url, message] of rows)
    for (const mayBePublic of [false, true])
      t.throws(() => listenAddress(url, mayBePublic), { code: 'USAGE', message }, url)
})

t.test('paths as kube-apiserver asks for them', async t => {
  const rows = [
    ['/k8s-audit', '/k8s-audit'],
    ['/k8s-audit/', '/k8s-audit'],
    ['/a//', '/a'],
    ['/', '/'],
    ['//', '/'],
    ['', '']
  ] as const
  for (const [path, want] of rows) t.equal(withoutSlash(path), want, path)
  for (const host of ['10.0.0.1', 'fd00::1', 'localhost', '::', '']) t.notOk(isLoopback(host), host)
})
