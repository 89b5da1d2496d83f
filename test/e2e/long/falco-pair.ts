import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { ask, type FakeNode } from '../fake-node.ts'
import { apply, IS_LONG, isTidy, PROGRAM, read } from '../fake-run.ts'
import { setUp, until } from '../fake-setup.ts'

t.setTimeout(300_000)

const TLS = fileURLToPath(new URL('../../fixtures/tls/', import.meta.url))
const DONE = { kind: 'ApplyResult', changed: true, restarted: true, healthy: true, rolledBack: false }
const RULES = `- rule: Marked
  desc: a request that the test sends
  condition: ka.useragent startswith mark and ka.target.resource = secrets
  output: seen %ka.useragent of %ka.user.name
  priority: WARNING
  source: k8s_audit
`

interface Listener {
  readonly url: string
  readonly out: () => string
  /** Ends it by SIGTERM; gives its exit code. */
  readonly stop: () => Promise<number | null>
}

/** Runs `auditpatch falco --listen` as its own process, until it listens. */
const startFalco = async (t: Test, url: string, ...more: readonly string[]): Promise<Listener> => {
  const rules = join(t.testdirName, 'rules.yaml')
  writeFileSync(rules, RULES)
  const [file = '', ...words] = PROGRAM
  const child = spawn(file, [...words, 'falco', '-U', '-r', rules, '--listen', url, ...more], {
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  t.teardown(() => void child.kill('SIGKILL'))
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  const closed = once(child, 'close')
  const address = (): string | undefined => /^listening on (\S+)$/m.exec(err)?.[1]
  await until(`"listening on" on stderr, found ${err}`, () => address() !== undefined || child.exitCode !== null)
  return {
    url: address() ?? `nowhere: ${err}`,
    out: () => out,
    stop: async () => {
      child.kill('SIGTERM')
      await closed
      return child.exitCode
    }
  }
}

const seen = async (node: FakeNode, falco: Listener, mark: string): Promise<void> => {
  await ask(node.port, '/api/v1/secrets', { userAgent: mark })
  await until(`an alert on ${mark}`, () => falco.out().includes(`Warning seen ${mark} of `))
}

t.test('what kube-apiserver sends is judged, also what it sent while the listener was restarted', async t => {
  const { node, kubelet } = await setUp(t)
  const first = await startFalco(t, 'http://127.0.0.1:0/k8s-audit')
  t.match(await apply(node, '--webhook-url', first.url, '--policy', 'template:falco'), { code: 0, json: DONE })
  await seen(node, first, 'mark-1')
  t.equal(await first.stop(), 0)
  t.match(first.out(), /^Events detected: 1\n[^]*^ {3}Marked: 1$/m)

  await ask(node.port, '/api/v1/secrets', { userAgent: 'mark-2' })
  const second = await startFalco(t, first.url)
  await until('the event of before', () => second.out().includes('seen mark-2 of '))
  t.equal(await second.stop(), 0)
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})

if (IS_LONG)
  t.test('over https, with the files of falco setup', async t => {
    const { node } = await setUp(t)
    const pem = join(t.testdirName, 'falco.pem')
    writeFileSync(pem, readFileSync(`${TLS}apiserver.key`, 'utf8') + readFileSync(`${TLS}apiserver.crt`, 'utf8'))
    const certificate = `plugins[0].init_config.sslCertificate=${pem}`
    const falco = await startFalco(t, 'https://127.0.0.1:0/k8s-audit', '-o', certificate)
    const setup = join(t.testdirName, 'setup')
    const asked = ['--webhook-url', falco.url, '--ca', `${TLS}apiserver.crt`, '--dir', setup]
    const [file = '', ...words] = PROGRAM
    t.same(await once(spawn(file, [...words, 'falco', 'setup', ...asked]), 'close'), [0, null])
    const webhook = join(setup, 'webhook.yaml')
    const applied = await apply(node, '--webhook-config', webhook, '--policy', 'template:falco')
    t.match(applied, { code: 0, json: DONE })
    t.equal(read(node, '/etc/kubernetes/audit/webhook.yaml'), readFileSync(webhook, 'utf8'))
    await seen(node, falco, 'mark-3')
    t.equal(await falco.stop(), 0)
    isTidy(t, node)
  })
