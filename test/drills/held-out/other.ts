import { parse, stringify } from 'yaml'
import { type Answer, edited, fromStart, inManifest, inPod, MANIFEST, mountHost } from '../answer.ts'
import { answering, eventsIn, type LogEvent, rightAnswers, rowOf, SHEET } from '../log-answers.ts'
import {
  at,
  both,
  type HeldOut,
  hostNamed,
  inFlag,
  inPolicyText,
  inRules,
  mountNamed,
  right,
  wrong
} from './held-out.ts'

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[]
  contexts: { name: string; context: Record<string, string> }[]
  users: { name: string; user: Record<string, unknown> }[]
  'current-context': string
}

const inKubeconfig =
  (change: (config: Kubeconfig, authority: string | null) => void): Answer['edit'] =>
  (files, exercise) =>
    edited(rowOf(exercise, 'kubeconfig'), text => {
      // the test reads back what the drill wrote
      const config = parse(text) as Kubeconfig
      change(config, files[rowOf(exercise, 'its certificate authority')] ?? null)
      return stringify(config)
    })(files)

const inCluster = (change: (cluster: Record<string, unknown>) => void): Answer['edit'] =>
  inKubeconfig(({ clusters }) => {
    change(at(clusters, 0).cluster)
  })

const sheetText =
  (change: (answers: Record<string, unknown>) => string): Answer['edit'] =>
  files => ({
    ...files,
    [SHEET]: change(rightAnswers(files))
  })

/** The right answers in other words. */
const otherwise = (change: (answers: Record<string, unknown>) => Record<string, unknown>): Answer['edit'] =>
  sheetText(answers => stringify({ ...answers, ...change(answers) }))

const time = (answers: Record<string, unknown>, key: string): string => String(answers[key])
const inBerlin = (at: string): string => new Date(Date.parse(at) + 7_200_000).toISOString().replace('Z', '+02:00')
const toSeconds = (at: string): string => at.replace(/\.\d+/, '')
const isOf = (who: unknown) => (event: LogEvent) => event.user.username === who
const stampAfter = (events: readonly LogEvent[], who: unknown, when: unknown): string => {
  const found = events.find(event => isOf(who)(event) && event.requestReceivedTimestamp === when)
  return new Date(Date.parse(found?.stageTimestamp ?? '') + 5000).toISOString()
}
const json = sheetText(answers => JSON.stringify({ note: 'found with jq', ...answers }, null, '\t'))
const dosSheet = sheetText(answers => `---\r\n# mine\r\n${stringify(answers).replaceAll('\n', '\r\n')}`)
const inLists = otherwise(answers => Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, [value]])))
const foldedAll = sheetText(answers =>
  Object.entries(answers)
    .map(([key, value]) => `"${key}": >\n\n  ${String(value)}\n\n`)
    .join('')
)
const investigations = (drill: string): HeldOut[] => [
  right(drill, 'as JSON with tabs and a note', json),
  right(drill, 'with DOS lines', dosSheet),
  right(drill, 'lists of one', inLists),
  right(drill, 'folded scalars', foldedAll),
  wrong(drill, 'other-file', 'the log is cut down to what counts', (files, exercise) => ({
    ...files,
    [rowOf(exercise, 'audit log')]: `${JSON.stringify(eventsIn(files)[0])}\n`
  }))
]

const asPod = (drill: string): HeldOut =>
  right(
    drill,
    'the manifest with DOS lines',
    inManifest(text => text.replaceAll('\n', '\r\n'))
  )

export const OTHER_HELD_OUT: readonly HeldOut[] = [
  right(
    'd01',
    'the authority in the kubeconfig itself, not mounted',
    both(
      inKubeconfig((config, authority) => {
        const { cluster } = at(config.clusters, 0)
        delete cluster['certificate-authority']
        cluster['certificate-authority-data'] = Buffer.from(authority ?? '').toString('base64')
      }),
      inManifest(text =>
        text
          .replace(/ {4}- mountPath: .*\n {6}name: receiver-ca\n {6}readOnly: true\n/, '')
          .replace(/ {2}- hostPath:\n {6}path: .*\n {6}type: File\n {4}name: receiver-ca\n/, '')
          .replace('status: {}\n', '')
      )
    )
  ),
  right(
    'd01',
    'other names, a second cluster, false said aloud',
    inKubeconfig(config => {
      config.clusters.unshift({ name: 'spare', cluster: { server: 'https://192.0.2.1/' } })
      const cluster = at(config.clusters, 1)
      cluster.name = 'main'
      Object.assign(cluster.cluster, { 'insecure-skip-tls-verify': false })
      at(config.contexts, 0).context['cluster'] = 'main'
      at(config.contexts, 0).name = 'here'
      config['current-context'] = 'here'
    })
  ),
  right(
    'd01',
    'a flag of two words, the default mode said aloud',
    inManifest(text =>
      text.replace(
        /- --audit-webhook-config-file=(.*)/,
        "- --audit_webhook_config_file\n    - '$1'\n    - --audit-webhook-mode=batch"
      )
    )
  ),
  wrong(
    'd01',
    'not-verified',
    'the certificate is not checked',
    inCluster(cluster => {
      delete cluster['certificate-authority']
      cluster['insecure-skip-tls-verify'] = true
    })
  ),
  wrong(
    'd01',
    'other-scheme',
    'http',
    inCluster(cluster => (cluster['server'] = String(cluster['server']).replace('https', 'http')))
  ),
  wrong(
    'd01',
    'log-off',
    'the webhook in place of the log',
    inFlag('audit-log-path', () => [])
  ),
  wrong(
    'd01',
    'not-mounted',
    'the kubeconfig is not mounted',
    inPod(pod => (mountNamed(pod, 'audit-webhook').mountPath += '.d'))
  ),
  wrong(
    'd01',
    'kubeconfig-context',
    'a context that there is not',
    inKubeconfig(config => (config['current-context'] = 'default'))
  ),
  wrong(
    'd01',
    'other-authority',
    "the cluster's own authority",
    inCluster(cluster => (cluster['certificate-authority'] = '/etc/kubernetes/pki/ca.crt'))
  ),
  right(
    'd02',
    'defaults left out, numbers and times otherwise',
    inManifest(text =>
      text
        .replace(/ {4}- --audit-webhook-mode=batch\n/, '')
        .replace(/ {4}- --audit-webhook-batch-throttle-enable=true\n/, '')
        .replace(
          /(--audit-webhook-batch-max-wait=).*/,
          (word, flag: string) =>
            `${flag}${{ '5s': '5000ms', '10s': '0m10.0s', '1m30s': '90s', '1m': '0.5m30s' }[word.slice(flag.length)] ?? ''}`
        )
        .replace(/(--audit-webhook-batch-throttle-qps=)(\d+)/, '$1$2.0')
    )
  ),
  right(
    'd02',
    'words of their own, the true of a bool left out',
    inManifest(text =>
      text
        .replace('--audit-webhook-batch-throttle-enable=true', '--audit_webhook_batch_throttle_enable')
        .replaceAll(
          /- --audit-webhook-(batch-(?:buffer-size|max-size|max-wait|throttle-qps|throttle-burst)|mode)=(.*)/g,
          '- --audit-webhook-$1\n    - "$2"'
        )
    )
  ),
  wrong(
    'd02',
    'bad-flag-value',
    'a mode in another case',
    inFlag('audit-webhook-mode', () => ['--audit-webhook-mode=Batch'])
  ),
  wrong(
    'd02',
    'flag-of-log',
    'the flags of the log',
    inManifest(text => text.replaceAll('--audit-webhook-batch-', '--audit-log-batch-'))
  ),
  wrong(
    'd02',
    'not-throttled',
    'no throttling',
    inFlag('audit-webhook-batch-throttle-enable', () => ['--audit-webhook-batch-throttle-enable=F'])
  ),
  wrong(
    'd02',
    'flag-missing',
    'the webhook is taken out',
    inManifest(text => text.replaceAll(/ {4}- --audit-webhook-.*\n/g, ''))
  ),
  asPod('d02'),
  right(
    'e01',
    'underscores',
    inManifest(text =>
      text
        .replace('--etcd-servers=', '--etcd_servers=')
        .replace('--tls-cert-file=', '--tls_cert_file=')
        .replace('--client-ca-file=', '--client_ca_file=')
    )
  ),
  right('e01', 'another type that fits where it was wrong, answers in JSON', (files, exercise) => {
    const entry = exercise.start.get(MANIFEST as never)
    const before = entry?.kind === 'file' ? entry.text : ''
    return json(
      inPod(pod => {
        if (before.includes('type: Socket')) hostNamed(pod, 'ca-certs').type = 'Directory'
        if (before.includes('path: /etc/ca-certificates\n      type: File'))
          delete hostNamed(pod, 'etc-ca-certificates').type
      })(files, exercise),
      exercise
    )
  }),
  right('e01', 'as lists of one', inLists),
  wrong(
    'e01',
    'wrong-answer',
    'whoever was asked first',
    sheetText(() => stringify({ first: 'kubelet', second: 'etcd', third: 'kubelet' }))
  ),
  wrong(
    'e01',
    'other-setting',
    'a flag that nobody complained of is lost',
    inFlag('authorization-mode', () => [])
  ),
  wrong('e01', 'no-answer', 'no answers', (files, { start }) => {
    const sheet = start.get(SHEET as never)
    return { ...files, [SHEET]: sheet?.kind === 'file' ? sheet.text : '' }
  }),
  wrong(
    'e01',
    'unreadable',
    'answers without a repair',
    fromStart(text => `${text}# seen\n`)
  ),
  wrong(
    'e01',
    null,
    "the kubelet's client certificate for the server's",
    inFlag('tls-cert-file', () => ['--tls-cert-file=/etc/kubernetes/pki/apiserver-kubelet-client.crt'])
  ),
  right(
    'e02',
    'the volume renamed, not the mount; one rule for each word',
    both(
      inManifest(text => text.replaceAll('name: audit-policy\n', 'name: auditpolicy\n')),
      inRules(rules =>
        rules.flatMap(rule =>
          (rule.resources?.[0]?.resources ?? [null]).map(word =>
            word === null ? rule : { ...rule, resources: [{ resources: [word] }] }
          )
        )
      )
    )
  ),
  right(
    'e02',
    'stages in the rules, readOnly: off',
    both(
      inPolicyText(text => {
        const { omitStages = [], ...policy } = parse(text) as { omitStages?: string[]; rules: object[] }
        return stringify({ ...policy, rules: policy.rules.map(rule => ({ ...rule, omitStages })) })
      }),
      inManifest(text => text.replace(/(mountPath: .*\n {6}name: audit-log\n)/, '$1      readOnly: off\n'))
    )
  ),
  wrong(
    'e02',
    'verb-missing',
    'a short policy in place of that one',
    inRules(() => [{ level: 'Metadata', verbs: ['get'] }])
  ),
  wrong(
    'e02',
    'other-stages',
    'the stage is thrown away',
    inPolicyText(text => text.replace(/omitStages:\n- RequestReceived\n/, ''))
  ),
  wrong(
    'e02',
    'read-only',
    'the log is left read-only',
    inPod(pod => (mountNamed(pod, 'audit-log').readOnly = true))
  ),
  wrong(
    'e02',
    'log-file-mounted',
    'the log alone',
    inPod(pod => {
      const log = pod.spec.containers[0].command.find(word => word.startsWith('--audit-log-path='))?.slice(17) ?? ''
      mountHost(pod, 'log-alone', log, { path: log, type: 'FileOrCreate' })
    })
  ),
  ...investigations('f01'),
  right(
    'f01',
    'the time of another zone',
    otherwise(answers => ({ time: inBerlin(time(answers, 'time')) }))
  ),
  right(
    'f01',
    'the time to the second, a blank in place of the T',
    otherwise(answers => ({ time: toSeconds(time(answers, 'time')).replace('T', ' ') }))
  ),
  right(
    'f01',
    'a time without quotes',
    sheetText(answers => stringify(answers).replace(/time: .*/, `time: ${time(answers, 'time')}`))
  ),
  wrong(
    'f01',
    'version-missing',
    'the program without its version',
    answering((_events, _exercise, answers) => ({ tool: String(answers['tool']).replace(/\/.*/, '') }))
  ),
  wrong(
    'f01',
    null,
    'some seconds later',
    answering((events, _exercise, answers) => ({ time: stampAfter(events, answers['user'], answers['time']) }))
  ),
  wrong(
    'f01',
    'wrong-answer',
    'everybody who read',
    answering((events, _exercise, answers) => ({
      user: [...new Set([String(answers['user']), ...events.map(event => event.user.username).filter(Boolean)])].slice(
        0,
        2
      )
    }))
  ),
  ...investigations('f02'),
  right(
    'f02',
    'a number as text, times to the millisecond',
    otherwise(answers => ({
      refused: ` ${String(answers['refused'])} `,
      first: time(answers, 'first').replace(/(\.\d{3})\d*/, '$1'),
      last: inBerlin(time(answers, 'last'))
    }))
  ),
  wrong(
    'f02',
    'counted-events',
    'lines',
    answering((events, _exercise, answers) => ({
      refused: events.filter(event => isOf(answers['account'])(event) && event.responseStatus?.code === 403).length
    }))
  ),
  wrong(
    'f02',
    'wrong-answer',
    'the name alone',
    answering((_events, _exercise, answers) => ({ account: String(answers['account']).replace(/.*:/, '') }))
  ),
  wrong(
    'f02',
    'wrong-answer',
    'first and last swapped',
    answering((_events, _exercise, answers) => ({ first: answers['last'], last: answers['first'] }))
  ),
  ...investigations('f03'),
  right('f03', 'the object with its namespace, the time to the second', (files, exercise) =>
    otherwise(answers => ({
      object: `${rowOf(exercise, 'namespace')}/${String(answers['object'])}`,
      time: toSeconds(time(answers, 'time'))
    }))(files, exercise)
  ),
  wrong(
    'f03',
    'swapped',
    'the names swapped',
    answering((_events, _exercise, answers) => ({ admin: answers['acted_as'], acted_as: answers['admin'] }))
  ),
  wrong(
    'f03',
    'wrong-answer',
    'the verb of HTTP',
    answering((_events, _exercise, answers) => ({
      verb: { delete: 'POST', patch: 'PUT', update: 'PATCH' }[String(answers['verb'])] ?? ''
    }))
  ),
  wrong(
    'f03',
    'wrong-answer',
    'an object of another kind',
    answering((_events, _exercise, answers) => ({ object: `pods/${String(answers['object'])}` }))
  ),
  wrong(
    'f03',
    'no-answer',
    'one is left out',
    sheetText(answers => stringify({ ...answers, time: null }))
  ),
  wrong('e02', 'stray-file', 'a copy beside the manifest', files => ({
    ...files,
    [`${MANIFEST}.orig`]: files[MANIFEST] ?? ''
  }))
]
