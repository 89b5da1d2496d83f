import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { parseMounts } from '../src/host/belongs-to-root.ts'
import type { ExecResult, Host } from '../src/host/host.ts'
import { nodeHost } from '../src/host/node-host.ts'
import { parseCommandLine, parseStat } from '../src/host/processes.ts'

const isRoot = process.geteuid?.() === 0
// a limit that no stall of the machine reaches
const PATIENCE = 90_000
const rootOf = (t: Test, tree: Parameters<Test['testdir']>[0] = {}): string => fs.realpathSync(t.testdir(tree))

// Made for this test, for nobody's name and no use elsewhere.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgW9qBlgbi3BD0P7AX
/ocWZZstfJnBidH868YfipdsaQWhRANCAASz6rtVYmIvdnZuonPEBqZ7WkffQa0y
3+h9hf28qxLxSPcBsiIfrJgASm9FDpX+unJ6/5RASnzUtDyQgHwYgNxs
-----END PRIVATE KEY-----
`
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdjCCARugAwIBAgIUXyWJ2rqsTxJOye0B66A75SKG/gcwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIwNTUzMTdaGA8yMTI2MTAyOTA1NTMx
N1owDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLPq
u1ViYi92dm6ic8QGpntaR99BrTLf6H2F/byrEvFI9wGyIh+smABKb0UOlf66cnr/
lEBKfNS0PJCAfBiA3GyjUzBRMB0GA1UdDgQWBBSqdA3agpnboQ7kuiwdx+Gsyo7f
TzAfBgNVHSMEGDAWgBSqdA3agpnboQ7kuiwdx+Gsyo7fTzAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0kAMEYCIQChBj6S8Z7eW7kihd+Xyap5fitqNZGBAgKf
fktOWWE3kgIhAPf6OzmCJtO9Z0wJhITXldj/+t2MSuFnEIQD4bzn0Mky
-----END CERTIFICATE-----
`

t.test('parsing /proc', async t => {
  const line = (name: string, state: string) =>
    `12 (${name}) ${state} 7 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 4711 9`
  for (const name of ['sh', 'a b', 'a) S 9 (b', ')', '((', '']) {
    t.same(parseStat(line(name, 'S')), { parent: 7, start: 4711 }, name)
  }
  t.equal(parseStat(line('sh', 'Z')), null, 'a zombie')
  t.equal(parseStat('nonsense'), null)
  t.equal(parseStat(''), null)

  const rows = [
    ['kube-apiserver\0--a=b\0--c\0d\0', ['kube-apiserver', '--a=b', '--c', 'd']],
    ['kube-apiserver --a=b  --c\0\0\0\0\0', ['kube-apiserver', '--a=b', '--c']],
    ['kube-apiserver --a=b', ['kube-apiserver', '--a=b']],
    ['sh\0-c\0\0', ['sh', '-c', '']],
    ['sh\0', ['sh']],
    ['', []],
    ['\0\0', []]
  ] as const
  for (const [text, want] of rows) t.same(parseCommandLine(Buffer.from(text)), want, JSON.stringify(text))

  t.same(parseMounts('1 2 8:1 /a\\040b /mnt\\134x rw - ext4 /dev/sda1 rw\nbad\n'), [
    { device: '8:1', source: '/a b', point: '/mnt\\x' }
  ])
})

const started = async (
  t: Test,
  file: string,
  args: readonly string[],
  options: { cwd?: string } = {}
): Promise<ChildProcess> => {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  return child
}

const until = async (t: Test, what: string, test: () => boolean): Promise<void> => {
  for (let tries = 0; !test(); tries += 1) {
    if (tries > 10_000) return void t.fail(`waited 100 s for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

t.test('processes', async t => {
  const host = nodeHost({ root: '/' })
  t.match(host.bootId(), /^[0-9a-f-]{36}$/)
  const self = host.processes().find(found => found.pid === process.pid)
  t.equal(self?.start, host.processStart(process.pid))
  t.equal(self?.parent, process.ppid)
  t.equal(host.processStart(2 ** 22 + 1), null)

  const directory = rootOf(t)
  fs.copyFileSync('/bin/sleep', `${directory}/a) S 1 (b`)
  const odd = await started(t, `${directory}/a) S 1 (b`, ['3000'])
  await until(t, 'the odd name', () =>
    host.processes().some(found => found.argv[1] === '3000' && found.pid === odd.pid)
  )
  t.match(
    host.processes().find(found => found.pid === odd.pid),
    { parent: process.pid, argv: [`${directory}/a) S 1 (b`, '3000'] }
  )
  t.ok((host.processStart(odd.pid ?? 0) ?? 0) >= (self?.start ?? Infinity), 'started after us')

  const mother = await started(t, '/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 3000'])
  const zombie = Number(await new Promise(resolve => mother.stdout?.once('data', resolve)))
  await until(t, 'the zombie', () => / Z /.test(fs.readFileSync(`/proc/${zombie}/stat`, 'utf8')))
  t.equal(host.processStart(zombie), null, 'a zombie is no living process')
  t.notOk(host.processes().some(found => found.pid === zombie))

  odd.kill('SIGKILL')
  await once(odd, 'exit')
  t.equal(host.processStart(odd.pid ?? 0), null)
})

t.test('belongsToRoot', async t => {
  const root = `${rootOf(t, { 'r oot': { file: '' }, 'r oot-not': { file: '' } })}/r oot`
  const host = nodeHost({ root })
  // until then it is its own starter, whose arguments may tell something else
  const belongs = async ({ pid }: { readonly pid?: number | undefined }, argv: string): Promise<boolean> => {
    const find = () =>
      nodeHost({ root: '/' })
        .processes()
        .find(found => found.pid === pid)
    await until(t, argv, () => find()?.argv.join(' ') === argv)
    const found = find()
    t.ok(found)
    return found !== undefined && host.belongsToRoot(found)
  }
  t.equal(await belongs(await started(t, 'sleep', ['3031']), 'sleep 3031'), false, 'nothing')
  t.equal(await belongs(await started(t, 'sleep', ['3032'], { cwd: root }), 'sleep 3032'), true, 'its directory')
  t.equal(await belongs(await started(t, 'sleep', ['3033'], { cwd: `${root}-not` }), 'sleep 3033'), false, 'a sibling')
  const sh = (script: string, ...args: string[]) => started(t, '/bin/sh', ['-c', script, ...args])
  const holder = spawn('sleep', ['3035'], { stdio: [fs.openSync(`${root}/file`, 'r'), 'ignore', 'ignore'] })
  t.teardown(() => holder.kill('SIGKILL'))
  t.equal(await belongs(holder, 'sleep 3035'), true, 'an open file')
  const words = ['-F', `--pid=${process.pid}`, `${root}/none`]
  t.equal(await belongs(await started(t, 'tail', words), ['tail', ...words].join(' ')), true, 'an argument')

  const kubelet = await sh('sleep 3037 & echo $!; wait', 'kubelet', `--config=${root}/config.yaml`)
  const pid = Number(await new Promise(resolve => kubelet.stdout?.once('data', resolve)))
  t.teardown(() => spawnSync('kill', ['-9', String(pid)]))
  t.equal(await belongs({ pid }, 'sleep 3037'), true, 'an argument of the kubelet that started it')

  const self = { pid: process.pid, parent: 1, start: 1, argv: [] }
  t.equal(nodeHost({ root: '/' }).belongsToRoot(self), true)
  t.equal(host.belongsToRoot({ ...self, pid: 2 ** 22 + 1 }), false, 'a process that has gone')

  const canMount = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0
  t.test('mounts', { skip: canMount ? false : 'NEEDS ROOT and unshare: mounts' }, async t => {
    const script = 'mount --bind "$0" /mnt && exec sleep 3038'
    // The shell's own argument is gone after exec, so that only the mount remains.
    const inside = await started(t, 'unshare', ['-m', '/bin/sh', '-c', script, root])
    t.equal(await belongs(inside, 'sleep 3038'), true)
    const beside = await started(t, 'unshare', ['-m', '/bin/sh', '-c', script.replace('3038', '3039'), `${root}-not`])
    t.equal(await belongs(beside, 'sleep 3039'), false)
  })
})

const listening = async (t: Test, server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  // A server that listens on a port has an address of this kind.
  return (server.address() as AddressInfo).port
}

t.test('http', async t => {
  const host = nodeHost({ root: '/' })
  const get = (url: string, timeout = PATIENCE) => host.http({ url, timeout, userAgent: 'auditpatch-test' })
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers['user-agent']} ${request.headers.connection}`)
    if (request.url === '/moved') return response.writeHead(302, { location: '/ok' }).end('elsewhere')
    if (request.url === '/large') return response.end('x'.repeat(200_000))
    if (request.url === '/flood') return trickle(() => response.write('x'.repeat(50_000)))
    if (request.url === '/endless') request.socket.on('close', () => seen.push('closed'))
    if (request.url === '/endless') return response.write('x')
    if (request.url === '/trickle') return trickle(() => response.write('x'))
    if (request.url === '/cut') return response.write('x', () => response.destroy())
    return response.writeHead(request.url === '/ok' ? 200 : 500).end('body')
  })
  const timers: NodeJS.Timeout[] = []
  const trickle = (step: () => void): void => void timers.push(setInterval(step, 20))
  t.teardown(() => timers.forEach(timer => clearInterval(timer)))
  const port = await listening(t, server)
  const base = `http://127.0.0.1:${port}`

  t.same(await get(`${base}/ok`), { status: 200, body: 'body' })
  t.same(seen, ['/ok auditpatch-test close'])
  t.same(await get(`${base}/bad`), { status: 500, body: 'body' })
  t.same(await get(`${base}/moved`), { status: 302, body: 'elsewhere' })
  t.notOk(
    seen.slice(1).some(line => line.startsWith('/ok')),
    'a redirect is not followed'
  )
  t.equal((await get(`${base}/large`)).body.length, 65_536)
  t.equal((await get(`${base}/flood`)).body.length, 65_536, 'the end is not waited for')
  // neither has an end: without a limit on the whole exchange there would be no answer at all
  for (const path of ['/endless', '/trickle'])
    t.match(await get(base + path, 200), { status: 0, error: 'no answer within 200 ms' }, path)
  await until(t, 'the connection to be closed', () => seen.includes('closed'))
  t.match(await get(`${base}/cut`), { status: 0, error: /aborted|hang up|ECONNRESET/ })
  const silent = await listening(
    t,
    createTcpServer(socket => socket.on('error', () => undefined).unref())
  )
  t.match(await get(`http://127.0.0.1:${silent}/`, 200), { status: 0, error: 'no answer within 200 ms' })
  t.match(await get('http://127.0.0.1:1/'), { status: 0, error: /ECONNREFUSED/ })
  t.match(await get('ftp://127.0.0.1/'), { status: 0, error: /is not an http or https address/ })
  t.match(await get('nonsense'), { status: 0 })

  const tls = createTlsServer({
    key: KEY,
    cert: CERTIFICATE,
    ca: CERTIFICATE,
    requestCert: true,
    rejectUnauthorized: false
  })
  // Typed as a plain socket, but it is the TLS socket of this server.
  tls.on('request', (request, response) => {
    const socket = request.socket as import('node:tls').TLSSocket
    response.end(`client ${socket.authorized}`)
  })
  const secure = `https://127.0.0.1:${await listening(t, tls)}/livez`
  t.same(await get(secure), { status: 200, body: 'client false' }, 'a certificate by nobody, for another name')
  const withKey = (key: string) =>
    host.http({
      url: secure,
      timeout: PATIENCE,
      userAgent: 'x',
      clientCertificate: { certificate: Buffer.from(CERTIFICATE), key: Buffer.from(key) }
    })
  t.match(await withKey(KEY), { status: 200 })
  t.match(await withKey('nonsense'), { status: 0, error: /./ }, 'a key that is none')
  t.match(await get(`http://127.0.0.1:${new URL(secure).port}/`), { status: 0 }, 'http to an https port')
})

// none of these ends before the test is given up, and each tells when it is there
const ENDLESS = [
  ['echo there; exec sleep 3000', 'what takes too long'],
  ['trap "" TERM; echo there; exec sleep 3000', 'also what ignores SIGTERM'],
  ['sleep 3000 & echo $!; wait', 'also while a grandchild holds its output']
] as const

/** What is left of a program that was ended by its limit, which lets it come as far as to say something. */
const cutShort = async (exec: Host['exec'], script: string): Promise<ExecResult> => {
  for (let limit = 100; ; limit *= 2) {
    const result = await exec('sh', ['-c', script], limit)
    if (result.stdout !== '' || limit > PATIENCE) return result
  }
}

t.test('exec', async t => {
  const { exec } = nodeHost({ root: '/' })
  process.env.AUDITPATCH_TEST = 'leaks'
  t.teardown(() => delete process.env.AUDITPATCH_TEST)
  const env = await exec('env', ['-0'], PATIENCE)
  t.equal(env.code, 0)
  // tap itself adds to the environment of every child.
  const added = /^(?:NODE_OPTIONS|_TAPJS)/
  t.same(
    env.stdout
      .split('\0')
      .filter(line => line !== '' && !added.test(line))
      .sort(),
    ['HOME=/root', 'LC_ALL=C', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']
  )
  t.equal((await exec('pwd', [], PATIENCE)).stdout, '/\n')
  t.equal((await exec('printf', ['%s', '$HOME; `id` *'], PATIENCE)).stdout, '$HOME; `id` *', 'no shell')
  t.match(await exec('sh', ['-c', 'echo out; echo err >&2; exit 3'], PATIENCE), {
    code: 3,
    stdout: 'out\n',
    stderr: 'err\n'
  })
  t.match(await exec('auditpatch-no-such-program', [], PATIENCE), { code: null, stderr: /ENOENT/ })

  const directory = rootOf(t)
  fs.writeFileSync(`${directory}/auditpatch-elsewhere`, '#!/bin/sh\necho wrong\n', { mode: 0o755 })
  const path = process.env.PATH
  process.env.PATH = `${directory}:${path}`
  t.teardown(() => (process.env.PATH = path))
  t.match(await exec('auditpatch-elsewhere', [], PATIENCE), { code: null }, 'our own PATH does not count')

  for (const [script, what] of ENDLESS) {
    const { code, stdout } = await cutShort(exec, script)
    t.match({ code, stdout }, { code: null, stdout: /^(there|\d+)\n$/ }, what)
    for (const pid of stdout.match(/\d+/g) ?? []) spawnSync('kill', ['-9', pid])
  }
  t.equal((await exec('cat', [], PATIENCE)).code, 0, 'there is no input')
  const flood = await exec('sh', ['-c', 'yes | head -c 9000000'], PATIENCE)
  t.equal(flood.code, null)
  t.equal(flood.stdout.length, 4 * 1024 * 1024)
})
