import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { listenAddress } from '../../src/audit/listen-address.ts'
import { openHttpServer } from '../../src/host/http-server.ts'
import { serverCertificate } from '../../src/serve/server-certificate.ts'
import { openWebhook, type Webhook, type WebhookOptions } from '../../src/serve/webhook.ts'

const TLS = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/tls')
const [CERTIFICATE, KEY, OTHER_KEY] = ['apiserver.crt', 'apiserver.key', 'admin.key'].map(name =>
  readFileSync(join(TLS, name), 'utf8')
) as [string, string, string] // one for each name
const PEM = KEY + CERTIFICATE

const LOCAL = listenAddress('http://127.0.0.1:0/k8s-audit', false)
// milliseconds that no stall of the machine reaches
const PATIENCE = 60_000

interface Listening {
  readonly webhook: Webhook
  readonly bodies: string[]
}

const listening = async (t: Test, options: Partial<WebhookOptions> = {}, address = LOCAL): Promise<Listening> => {
  const bodies: string[] = []
  const webhook = await openWebhook(address, {
    open: openHttpServer,
    handle: body => void bodies.push(body.toString()),
    ...options
  })
  t.teardown(() => void webhook.close())
  return { webhook, bodies }
}

/** A client that knows no HTTP: it sends bytes, and keeps what comes back. */
interface Raw {
  readonly socket: Socket
  readonly got: () => string
  readonly ended: Promise<void>
  /** Resolves when there is such an answer; rejects when the connection ends before. */
  readonly sees: (what: RegExp) => Promise<string>
}

const rawOf = (t: Test, socket: Socket): Raw => {
  let got = ''
  const ended = new Promise<void>(resolve => socket.once('close', () => resolve()))
  t.teardown(() => void socket.destroy())
  socket.on('data', piece => (got += String(piece))).on('error', () => undefined)
  const sees = (what: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!what.test(got)) return
        socket.off('data', look).off('close', end)
        resolve(got)
      }
      const end = (): void => (what.test(got) ? resolve(got) : reject(new Error(`ended with ${JSON.stringify(got)}`)))
      socket.on('data', look).once('close', end)
      look()
    })
  return { socket, got: () => got, ended, sees }
}

const raw = (t: Test, { address }: Webhook, bytes: string | Buffer = ''): Raw => {
  const socket = connect(address.port, address.host)
  socket.write(bytes)
  return rawOf(t, socket)
}

const post = (body: string, more = '', target = '/k8s-audit'): string =>
  `POST ${target} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const chunked = (pieces: readonly string[], end = '0\r\n\r\n'): string =>
  `POST /k8s-audit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${pieces
    .map(piece => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
    .join('')}${end}`
const isTaken = /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 0\r\n[\s\S]*\r\n\r\n$/i

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(5)
}

/** A handler that holds the first body until it is let go. */
const heldBack = (bodies: string[]): { readonly handle: (body: Buffer) => Promise<void>; readonly go: () => void } => {
  let go = (): void => undefined
  const held = new Promise<void>(resolve => (go = resolve))
  return {
    handle: async body => {
      bodies.push(body.toString())
      await held
    },
    go: () => go()
  }
}

const plain = (status: string, text: string): RegExp =>
  new RegExp(`^HTTP/1\\.1 ${status}\\r\\n[\\s\\S]*text/plain[\\s\\S]*\\r\\n\\r\\n${text}\\n?$`, 'i')

t.test('what is taken, and what is not', async t => {
  const { webhook, bodies } = await listening(t, { limits: { largest: 100 } })
  const big = 'x'.repeat(101)
  // prettier-ignore
  const rows: readonly { readonly name: string; readonly in: string; readonly want: RegExp; readonly taken?: string }[] = [
    { name: 'a body', in: post('{"a":1}'), want: isTaken, taken: '{"a":1}' },
    { name: 'as kube-apiserver asks', in: post('b', '', '/k8s-audit?timeout=30s'), want: isTaken, taken: 'b' },
    { name: 'as to a proxy', in: post('c', '', 'http://h:1/k8s-audit'), want: isTaken, taken: 'c' },
    { name: 'in chunks', in: chunked(['ab', 'c'.repeat(20)]), want: isTaken, taken: `ab${'c'.repeat(20)}` },
    { name: 'without a body', in: post(''), want: isTaken, taken: '' },
    { name: 'as large as may be', in: post('y'.repeat(100)), want: isTaken, taken: 'y'.repeat(100) },
    { name: 'another content type with it', in: post('d').replace('application/json', 'text/x; application/json'), want: isTaken, taken: 'd' },
    { name: 'too large by its head', in: post(big), want: plain('400 Bad Request', 'bad request: http: request body too large') },
    { name: 'too large in chunks', in: chunked(['x'.repeat(60), 'x'.repeat(60)]), want: plain('400 Bad Request', 'bad request: http: request body too large') },
    { name: 'another path', in: post('{}', '', '/k8s-audi'), want: plain('404 Not Found', '404 page not found') },
    { name: 'a path below', in: post('{}', '', '/k8s-audit/x'), want: plain('404 Not Found', '404 page not found') },
    { name: 'two slashes', in: post('{}', '', '//k8s-audit'), want: plain('404 Not Found', '404 page not found') },
    { name: 'no path', in: post('{}', '', '*'), want: plain('404 Not Found', '404 page not found') },
    { name: 'GET', in: 'GET /k8s-audit HTTP/1.1\r\nHost: h\r\n\r\n', want: plain('405 Method Not Allowed', 'GET method not allowed') },
    { name: 'PUT with a body', in: post('{}').replace('POST', 'PUT'), want: plain('405 Method Not Allowed', 'PUT method not allowed') },
    { name: 'HEAD', in: 'HEAD /k8s-audit HTTP/1.1\r\nHost: h\r\n\r\n', want: /^HTTP\/1\.1 405 [\s\S]*\r\n\r\n$/ },
    { name: 'no content type', in: post('{}').replace(/Content-Type.*\r\n/, ''), want: plain('400 Bad Request', 'wrong Content Type') },
    { name: 'a form', in: post('{}').replace('application/json', 'application/x-www-form-urlencoded'), want: plain('400 Bad Request', 'wrong Content Type') },
    { name: 'compressed', in: post('{}', 'Content-Encoding: gzip\r\n'), want: plain('415 Unsupported Media Type', 'the body must not be compressed') },
    { name: 'not HTTP', in: '{"kind":"Event"}\n\n', want: /^HTTP\/1\.1 400 Bad Request\r\n/ },
    { name: 'a head without an end', in: `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, want: /^HTTP\/1\.1 431 / },
    { name: 'two lengths', in: post('ab', 'Content-Length: 3\r\n'), want: /^HTTP\/1\.1 400 Bad Request\r\n/ },
    { name: 'a length and chunks', in: chunked(['a']).replace('Host', 'Content-Length: 9\r\nHost'), want: /^HTTP\/1\.1 400 Bad Request\r\n/ },
    { name: 'a wrong chunk', in: chunked(['a'], 'zz\r\n'), want: /^HTTP\/1\.1 400 Bad Request\r\n/ },
    { name: 'no host', in: post('{}').replace('Host: h\r\n', ''), want: /^HTTP\/1\.1 400 Bad Request\r\n/ },
    { name: 'expects what nobody knows', in: post('{}', 'Expect: a-miracle\r\n'), want: /^HTTP\/1\.1 417 / }
  ]
  for (const { name, in: bytes, want, taken } of rows) {
    const before = bodies.length
    const client = raw(t, webhook, bytes)
    await client.sees(/\r\n\r\n[\s\S]*$/)
    if (taken === undefined) await client.sees(want)
    t.match(client.got(), want, name)
    client.socket.destroy()
    await client.ended
    if (taken !== undefined) await until(() => bodies.length > before)
    t.same(bodies.slice(before), taken === undefined ? [] : [taken], name)
  }
})

t.test('a client may wait to be asked for the body, and is told before it sends it in vain', async t => {
  const { webhook, bodies } = await listening(t)
  const [head = '', body = ''] = post('{"a":1}', 'Expect: 100-continue\r\n').split(/(?<=\r\n\r\n)/)
  const client = raw(t, webhook, head)
  await client.sees(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
  client.socket.write(body)
  t.match(await client.sees(/200 OK/), /200 OK/)
  await until(() => bodies.length === 1)
  const refused = raw(t, webhook, head.replace('/k8s-audit', '/x'))
  t.match(await refused.sees(/\r\n\r\n/), /^HTTP\/1\.1 404/)
})

t.test('an answer comes before its events are judged, and these one body after the other', async t => {
  const order: string[] = []
  const bodies: string[] = []
  const { handle, go } = heldBack(bodies)
  const { webhook } = await listening(t, { handle })
  for (const body of ['1', '2', '3']) {
    const client = raw(t, webhook, post(body))
    await client.sees(/200 OK/)
    order.push(body)
  }
  t.same([order, bodies], [['1', '2', '3'], ['1']], 'all are answered while the first is judged')
  go()
  await until(() => bodies.length === 3)
  t.same(bodies, ['1', '2', '3'])
  // one connection, one request after the other
  const kept = raw(t, webhook, post('4'))
  await kept.sees(/200 OK/)
  kept.socket.write(post('5'))
  await kept.sees(/200 OK[\s\S]*200 OK/)
  await until(() => bodies.length === 5)
})

t.test('a full line is waited for, and bodies are not read before there is room', async t => {
  const bodies: string[] = []
  const { handle, go } = heldBack(bodies)
  const { webhook } = await listening(t, { handle, limits: { bodies: 2, patience: PATIENCE } })
  const first = ['1', '2', '3'].map(body => raw(t, webhook, post(body)))
  await Promise.all(first.map(client => client.sees(/200 OK/)))
  const [head = ''] = post('4', 'Expect: 100-continue\r\n').split(/(?<=\r\n\r\n)/)
  const more = raw(t, webhook, head)
  const other = raw(t, webhook, post('5'))
  // what comes behind it on another connection is answered at once: so the two were seen, and wait
  await raw(t, webhook, post('', '', '/x')).sees(/404/)
  t.same([more.got(), other.got(), bodies.length], ['', '', 1])
  go()
  await more.sees(/100 Continue/)
  more.socket.write('4')
  await Promise.all([more, other].map(client => client.sees(/200 OK/)))
  await until(() => bodies.length === 5)
  t.same([...bodies].sort(), ['1', '2', '3', '4', '5'])
})

t.test('who would wait for too long is asked to come again', async t => {
  const bodies: string[] = []
  const { handle, go } = heldBack(bodies)
  const { webhook } = await listening(t, { handle, limits: { bodies: 1, patience: 20 } })
  for (const body of ['1', '2']) await raw(t, webhook, post(body)).sees(/200 OK/)
  t.match(await raw(t, webhook, post('3')).sees(/waiting/), /^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n/i)
  go()
  await until(() => bodies.length === 2)
  await raw(t, webhook, post('3')).sees(/200 OK/)
})

t.test('bodies that never end hold no more than there is, and give way to one that does', async t => {
  const { webhook, bodies } = await listening(t, {
    limits: { bytes: 300_000, largest: 150_000, patience: PATIENCE, grace: 10 }
  })
  const half = post('x'.repeat(140_000)).slice(0, -10)
  const slow = [raw(t, webhook, half), raw(t, webhook, half)]
  await raw(t, webhook, post('', '', '/x')).sees(/404/)
  await raw(t, webhook, post('y'.repeat(140_000))).sees(/200 OK/)
  await until(() => bodies.length === 1)
  t.match(await Promise.any(slow.map(client => client.sees(/waiting/))), /^HTTP\/1\.1 503 /)
})

t.test('whoever is slow loses a connection', async t => {
  const heads = await listening(t, { limits: { head: 20 } })
  const bodies = await listening(t, { limits: { body: 20 } })
  const kept = await listening(t, { limits: { idle: 20 } })
  const post1000 = post('x'.repeat(1_000))
  // a byte at a time is not enough to be waited for
  const dripping = [
    raw(t, heads.webhook, 'POST /k8s-audit HTTP/1.1\r\nX: '),
    raw(t, bodies.webhook, post1000.slice(0, -1_000)),
    raw(t, bodies.webhook, chunked(['a'], '4000\r\n'))
  ]
  const drip = setInterval(() => {
    for (const { socket } of dripping) if (socket.writable) socket.write('x')
  }, 5)
  const silent = [
    raw(t, heads.webhook),
    raw(t, heads.webhook, 'POST /k8s-audit HTTP/1.1\r\nHost'),
    raw(t, bodies.webhook, post('abc').slice(0, -1)),
    raw(t, bodies.webhook, chunked(['a'], '5\r\nab'))
  ]
  const answered = raw(t, kept.webhook, post('kept'))
  await Promise.all([...dripping, ...silent, answered].map(client => client.ended))
  clearInterval(drip)
  for (const client of [...dripping, ...silent]) t.equal(client.got(), '')
  t.match(answered.got(), isTaken)
  t.same([heads.bodies, bodies.bodies, kept.bodies], [[], [], ['kept']], 'half a body is none')
})

t.test('connections are few: one that asks for nothing gives way, and those at work stay', async t => {
  const { webhook, bodies } = await listening(t, { limits: { connections: 3, slow: PATIENCE } })
  const connected = ({ socket }: Raw) => new Promise(resolve => socket.once('ready', resolve))
  const idle = [raw(t, webhook), raw(t, webhook), raw(t, webhook)]
  await Promise.all(idle.map(connected))
  const busy: Raw[] = []
  for (const body of ['1', '2', '3']) {
    const client = raw(t, webhook, post(body, 'Expect: 100-continue\r\n').slice(0, -1))
    await client.sees(/100 Continue/)
    await idle[busy.length]?.ended
    busy.push(client)
    t.equal(idle.filter(each => each.socket.destroyed).length, busy.length, 'the oldest of those that ask for nothing')
  }
  await raw(t, webhook, post('4')).ended
  busy.forEach(({ socket }, index) => socket.write(String(index + 1)))
  await Promise.all(busy.map(client => client.sees(/200 OK/)))
  await until(() => bodies.length === 3)
  t.same([...bodies].sort(), ['1', '2', '3'])
})

t.test('where all connections have bodies that come slowly, the oldest gives way', async t => {
  const { webhook, bodies } = await listening(t, { limits: { connections: 3, slow: 0, body: PATIENCE } })
  const slow = Array.from({ length: 3 }, () => raw(t, webhook, post('xx', 'Expect: 100-continue\r\n').slice(0, -1)))
  await Promise.all(slow.map(({ sees }) => sees(/^HTTP\/1\.1 100/)))
  await raw(t, webhook, post('new')).sees(isTaken)
  t.same(bodies, ['new'])
  await Promise.race(slow.map(({ ended }) => ended))
  t.equal(slow.filter(({ socket }) => !socket.destroyed).length, 2, 'and the others stay')
})

t.test('requests sent before the last was answered, and bodies in crumbs', async t => {
  const { webhook, bodies } = await listening(t)
  const many = raw(t, webhook, post('a').repeat(1_000))
  await many.ended
  t.ok(bodies.length <= 1, 'the connection is ended')
  const letters = 'x'.repeat(5_000)
  const crumbs = raw(t, webhook, chunked([...letters]))
  await crumbs.sees(/200 OK/)
  await until(() => bodies.at(-1) === letters)
})

t.test('who hangs up in the middle leaves nothing behind', async t => {
  const { webhook, bodies } = await listening(t, { limits: { bytes: 20_000, largest: 20_000 } })
  for (let each = 0; each < 20; each += 1) {
    const client = raw(t, webhook, post('x'.repeat(15_000)).slice(0, -1))
    await new Promise(resolve => client.socket.once('ready', resolve))
    client.socket.resetAndDestroy()
    await client.ended
  }
  await raw(t, webhook, post('y'.repeat(15_000))).sees(/200 OK/)
  await until(() => bodies.length === 1)
  t.match(bodies[0], /^y+$/)
})

t.test('closing', async t => {
  const bodies: string[] = []
  const { handle, go } = heldBack(bodies)
  const { webhook } = await listening(t, { handle })
  const kept = raw(t, webhook, post('1'))
  await kept.sees(/200 OK/)
  await raw(t, webhook, post('2')).sees(/200 OK/)
  const half = raw(t, webhook, post('abc').slice(0, -1))
  await raw(t, webhook, post('', '', '/x')).sees(/404/)
  const closed = webhook.close()
  await Promise.all([half.ended, kept.ended])
  await raw(t, webhook, post('3')).ended
  go()
  t.equal(await closed, 0)
  t.same(bodies, ['1', '2'], 'what was answered is judged, and nothing else')
  t.equal(half.got(), '')

  const slow = heldBack([])
  const stuck = await listening(t, { handle: slow.handle, limits: { closing: 20 } })
  for (const body of ['1', '2', '3']) await raw(t, stuck.webhook, post(body)).sees(/200 OK/)
  t.equal(await stuck.webhook.close(), 3, 'it does not wait for ever, and says what is lost')
  slow.go()

  const broken = await listening(t, { handle: () => Promise.reject(new Error('no space left')) })
  await raw(t, broken.webhook, post('1')).sees(/200 OK/)
  await t.rejects(broken.webhook.failed, { message: 'no space left' })
  t.match(
    await raw(t, broken.webhook, post('2')).sees(/waiting/),
    /^HTTP\/1\.1 503/,
    'nothing is taken that nobody judges'
  )
})

t.test('where it cannot listen', async t => {
  const { webhook } = await listening(t)
  const at = (url: string) => openWebhook(listenAddress(url, true), { open: openHttpServer, handle: () => undefined })
  await t.rejects(at(`http://127.0.0.1:${webhook.address.port}/`), {
    code: 'CANNOT_LISTEN',
    message: /another process listens there \(EADDRINUSE\)/,
    next: /another port/
  })
  await t.rejects(at('http://192.0.2.1:9765/'), { code: 'CANNOT_LISTEN', message: /no such address/ })
  t.match(webhook.url, /^http:\/\/127\.0\.0\.1:\d+\/k8s-audit$/)
  t.not(webhook.address.port, 0)
})

t.test('https', async t => {
  const certificate = serverCertificate(PEM, 'falco.pem')
  const address = listenAddress('https://localhost:0/k8s-audit', false)
  const { webhook, bodies } = await listening(t, { certificate }, address)
  const impatient = await listening(t, { certificate, limits: { head: 20 } }, address)
  const connection = {
    port: webhook.address.port,
    host: '127.0.0.1',
    ca: CERTIFICATE,
    servername: 'localhost',
    checkServerIdentity: () => undefined
  }
  const secure = (ALPNProtocols: string[]) => connectTls({ ...connection, ALPNProtocols, rejectUnauthorized: false })
  const client = rawOf(t, secure(['h2', 'http/1.1']))
  client.socket.write(post('{"a":1}'))
  await client.sees(isTaken)
  t.equal((client.socket as ReturnType<typeof secure>).alpnProtocol, 'http/1.1', 'no HTTP/2')
  client.socket.write(post('{"a":2}'))
  await client.sees(/200 OK[\s\S]*200 OK/)
  await until(() => bodies.length === 2)
  const old = rawOf(
    t,
    connectTls({
      ...connection,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0'
    })
  )
  // handshakes that never end, or are none
  const silent = raw(t, impatient.webhook)
  const cut = raw(t, impatient.webhook, Buffer.from('160301020001', 'hex'))
  const unsecured = raw(t, webhook, post('{}'))
  await Promise.all([silent, cut, unsecured, old].map(each => each.ended))
  t.notMatch(unsecured.got(), /200/)
  t.equal(bodies.length, 2)
})

t.test('certificates', async t => {
  t.same(serverCertificate(`# ours\n${CERTIFICATE}${KEY}`, 'x').certificate.trim(), CERTIFICATE.trim(), 'in any order')
  const rows: readonly { readonly name: string; readonly in: string; readonly want: RegExp }[] = [
    { name: 'nothing', in: '', want: /holds no certificate/ },
    { name: 'no key', in: CERTIFICATE, want: /holds no private key/ },
    { name: 'no certificate', in: KEY, want: /holds no certificate/ },
    { name: 'another key', in: CERTIFICATE + OTHER_KEY, want: /not that of its first certificate/ },
    {
      name: 'damaged',
      in: PEM.replace(/CERTIFICATE-----\nMII.{20}/, 'CERTIFICATE-----\nMII'),
      want: /certificate that is damaged/
    },
    {
      name: 'a damaged key',
      in: PEM.replace(/KEY-----\n.{20}/, 'KEY-----\n'),
      want: /private key that is damaged/
    },
    { name: 'a passphrase', in: PEM.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'), want: /passphrase/ }
  ]
  for (const { name, in: pem, want } of rows)
    t.throws(
      () => serverCertificate(pem, '/falco.pem'),
      { code: 'BAD_CERTIFICATE', path: '/falco.pem', message: want },
      name
    )
})

const RUNS = process.env.AUDITPATCH_LONG === undefined ? 400 : 20_000

t.test(`${RUNS} requests that are nearly right, and it still answers`, async t => {
  const { webhook, bodies } = await listening(t, {
    limits: { connections: 200, slow: 20, head: 20, body: 20, idle: 20, linger: 20 }
  })
  const dice = diceOf(20261123)
  const seeds = [
    post('{"kind":"EventList","items":[]}'),
    chunked(['{"a":', '1}']),
    post('x', 'Expect: 100-continue\r\n'),
    'GET /k8s-audit HTTP/1.1\r\nHost: h\r\n\r\n',
    'CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
  ].map(each => Buffer.from(each))
  const tried = async (): Promise<void> => {
    const client = raw(t, webhook, dice.mutated(seeds))
    if (dice.below(3) === 0) client.socket.end()
    else if (dice.below(3) === 0) client.socket.once('ready', () => client.socket.resetAndDestroy())
    await client.ended
  }
  for (let done = 0; done < RUNS; done += 100) {
    await Promise.all(Array.from({ length: 100 }, tried))
  }
  const before = bodies.length
  const isAnswered = (): Promise<boolean> =>
    raw(t, webhook, post('alive'))
      .sees(/200 OK/)
      .then(
        () => true,
        () => false
      )
  // a machine that stalls is no reason to be patient with a connection
  while (!(await isAnswered())) await sleep(5)
  await until(() => bodies.length > before)
  t.equal(bodies.at(-1), 'alive')
  t.comment(`${before} of ${RUNS} had a body that was taken`)
})

const diceOf = (seed: number) => {
  let state = seed
  const below = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
  const mutated = (seeds: readonly Buffer[]): Buffer => {
    let bytes = Buffer.from(seeds[below(seeds.length)] ?? '')
    for (let edits = below(4); edits > 0; edits -= 1) {
      const at = below(bytes.length)
      const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)]
      const kind = below(4)
      if (kind === 0) bytes = Buffer.concat([before, Buffer.from([below(256)]), behind.subarray(1)])
      else if (kind === 1) bytes = Buffer.concat([before, behind.subarray(below(8))])
      else if (kind === 2)
        bytes = Buffer.concat([before, Buffer.from(Array.from({ length: below(9) }, () => below(256))), behind])
      else bytes = Buffer.concat([before, behind, bytes.subarray(0, below(bytes.length))])
    }
    return bytes
  }
  return { below, mutated }
}
