import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { NEWEST } from '../../../src/audit/version.ts'
import { nodeHost } from '../../../src/host/node-host.ts'
import { gatherNode } from '../../../src/inspect/node-facts.ts'
import { hostPath } from '../../../src/paths.ts'
import { judgeStartup } from '../../../src/startup/judge.ts'
import type { StartFault } from '../../../src/startup/start-fault.ts'
import { goQuote } from '../../../src/text/go-quote.ts'
import { withAnnotation, withFlags, withMount } from '../fake-edit.ts'
import { writeAtomic, type FakeNode } from '../fake-node.ts'
import { setUpReal } from '../fake-real.ts'
import { noRealServer } from '../fake-real-server.ts'
import { MANIFEST } from '../fake-run.ts'
import { LOG_PATH, POLICY, POLICY_PATH, put, until, withLog, withPolicy } from '../fake-setup.ts'

t.setTimeout(1_200_000)
process.umask(0o022)

const skip = await noRealServer()
const HOOK = '/etc/kubernetes/audit/webhook.yaml'
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: 'https://127.0.0.1:9/x'}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
users: [{name: a, user: {}}]
current-context: a
`

const judge = async (node: FakeNode): Promise<StartFault | null> => {
  const readClusterConfig = (): Promise<{ why: string }> => Promise.resolve({ why: 'test' })
  const manifest = hostPath(MANIFEST)
  const host = nodeHost({ root: node.dir })
  return judgeStartup(await gatherNode(host, { manifest, backups: hostPath('/backups'), readClusterConfig }), NEWEST)
}

interface Case {
  readonly name: string
  readonly edit: (good: string) => string
  readonly files?: Readonly<Record<string, string | null>>
  /** The code of the fault; null where the server starts. */
  readonly code: string | null
}

const hooked = (good: string): string =>
  withMount(withFlags(withPolicy(good), `--audit-webhook-config-file=${HOOK}`), { name: 'hook', path: HOOK })
const readOnlyLog = { name: 'audit-log', path: dirname(LOG_PATH), type: 'DirectoryOrCreate', readOnly: true }
const bad = (text: string): Pick<Case, 'edit' | 'files'> => ({ edit: withPolicy, files: { [POLICY_PATH]: text } })
const badHook = (text: string): Pick<Case, 'edit' | 'files'> => ({ edit: hooked, files: { [HOOK]: text } })
const flags =
  (...words: readonly string[]) =>
  (good: string): string =>
    withFlags(good, ...words)

const CASES: readonly Case[] = [
  { name: 'a policy and a log', edit: withLog, code: null },
  { name: 'a webhook', edit: hooked, code: null },
  {
    name: 'a log that no mount covers',
    edit: good => withFlags(withPolicy(good), '--audit-log-path=/a/b'),
    code: null
  },
  { name: 'a duplicate mountPath', edit: good => withMount(withLog(good), readOnlyLog), code: 'duplicate-volume' },
  { name: 'a missing file', edit: withPolicy, files: { [POLICY_PATH]: null }, code: 'policy-missing' },
  { name: 'an unknown flag', edit: flags('--audit-log-max-age=1'), code: 'unknown-flag' },
  { name: 'a removed flag', edit: flags('--insecure-port=0'), code: 'removed-flag' },
  { name: 'a dash', edit: flags('–audit-log-maxage=1'), code: 'typographic-dash' },
  { name: 'two dashes', edit: flags('-–audit-log-maxage=1'), code: 'typographic-dash' },
  { name: 'one hyphen', edit: flags('-audit-log-maxage=1'), code: 'bad-flag-word' },
  { name: 'a stray word', edit: flags('--audit-log-compress', '"false"'), code: 'stray-word' },
  { name: 'no value', edit: flags('--audit-log-maxage'), code: 'flag-without-value' },
  { name: 'no number', edit: flags('--audit-log-maxage=abc'), code: 'bad-flag-value' },
  { name: 'no duration', edit: flags('--request-timeout=5days'), code: 'bad-flag-value' },
  {
    name: 'values against the rules',
    edit: flags('--audit-log-path=-', '--audit-log-mode=x', '--audit-log-version=v2', '--audit-log-maxsize=-1'),
    code: 'bad-flag-value'
  },
  {
    name: 'a policy that is not mounted',
    edit: flags(`--audit-policy-file=${POLICY_PATH}`),
    code: 'policy-not-mounted'
  },
  {
    name: 'a directory for a policy',
    edit: good =>
      withMount(withFlags(good, '--audit-policy-file=/etc/none.yaml'), { name: 'none', path: '/etc/none.yaml' }),
    code: 'policy-is-directory'
  },
  { name: 'an empty policy', ...bad('# nothing\n'), code: 'policy-empty' },
  { name: 'a tab', ...bad(`${POLICY}\t- level: None\n`), code: 'policy-broken-yaml' },
  { name: 'a pod', ...bad('apiVersion: v1\nkind: Pod\n'), code: 'policy-api-version' },
  { name: 'no rules', ...bad('apiVersion: audit.k8s.io/v1\nkind: Policy\n'), code: 'policy-no-rules' },
  { name: 'a wrong type', ...bad(`${POLICY}  verbs: get\n`), code: 'policy-wrong-type' },
  {
    name: 'several faults',
    ...bad(
      `${POLICY.replace('Metadata', '"<All>"')}- verbs: [get]\n- level: None\n  nonResourceURLs: ["x*y"]\n  resources: [{group: apps/v1}, {resourceNames: [a, b]}]\n  omitStages: [X]\n`
    ),
    code: 'policy-level'
  },
  {
    name: 'a read-only log',
    edit: good => withMount(withFlags(withPolicy(good), `--audit-log-path=${LOG_PATH}`), readOnlyLog),
    code: 'log-read-only'
  },
  {
    name: 'a directory for a log',
    edit: good => withMount(withFlags(good, '--audit-log-path=/var/log/a.log'), { name: 'a', path: '/var/log/a.log' }),
    code: 'log-is-directory'
  },
  {
    name: 'a webhook that is not mounted',
    edit: good => withFlags(withPolicy(good), '--audit-webhook-config-file=/h'),
    code: 'webhook-not-mounted'
  },
  { name: 'an empty kubeconfig', ...badHook('# nothing\n'), code: 'kubeconfig-empty' },
  { name: 'another context', ...badHook(KUBECONFIG.replace('-context: a', '-context: b')), code: 'kubeconfig-context' },
  { name: 'a kubeconfig of another kind', ...badHook(KUBECONFIG.replace('Config', 'Pod')), code: 'kubeconfig-header' },
  {
    name: 'files that a kubeconfig names',
    ...badHook(
      KUBECONFIG.replace('server:', 'certificate-authority: ca.crt, server:').replace(
        'user: {}',
        'user: {client-certificate: /c, client-key: /k}'
      )
    ),
    code: 'kubeconfig-file-missing'
  }
]

t.test('what the judge says, the node prints', { skip }, async t => {
  const real = await setUpReal(t)
  const { node, kubelet, good } = real
  // the kubelet's own words name files of this machine
  const logs = (): string => `${kubelet.kubeletLog()}\n${kubelet.podLog()}`.replaceAll(node.dir, '')
  for (const { name, edit, files = {}, code } of CASES) {
    put(node, POLICY_PATH, POLICY)
    put(node, HOOK, KUBECONFIG)
    for (const [path, text] of Object.entries(files))
      if (text === null) rmSync(join(node.dir, path))
      else put(node, path, text)
    mkdirSync(join(node.dir, dirname(LOG_PATH)), { recursive: true })
    const before = kubelet.restarts()
    // another pod each time: a changed policy alone restarts nothing, and a crashing pod waits ever longer
    writeAtomic(node.manifest, withAnnotation(edit(good), 'case', JSON.stringify(name)))
    const fault = await judge(node)
    t.equal(fault?.code ?? null, code, `${name}: ${fault?.message ?? 'it starts'}`)
    if (code === null) {
      await until(`a server: ${name}`, () => kubelet.restarts() > before)
      await kubelet.ready()
      t.pass(`${name}: it starts`)
      continue
    }
    // in a line of klog the words are quoted once more
    const words = [fault?.printed ?? '', goQuote(fault?.printed ?? '').slice(1, -1)]
    // one look decides: the kubelet takes old logs away as it starts further containers
    const isThere = (): boolean => words.some(each => each !== '' && logs().includes(each))
    await until(`${name}: ${words[0] ?? ''}`, isThere).then(
      () => t.pass(`${name}: ${words[0] ?? ''}`),
      (error: unknown) => t.fail(`${String(error)}\n${logs().slice(-1500)}`)
    )
  }
})
