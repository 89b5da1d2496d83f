import fc from 'fast-check'
import t from 'tap'
import { alertLine } from '../../src/falco/alert.ts'
import { auditEventReader } from '../../src/falco/audit-event-reader.ts'
import { configurationOf, DEFAULT_TREE } from '../../src/falco/configuration.ts'
import { fieldMemo } from '../../src/falco/field-memo.ts'
import { k8sAuditSource } from '../../src/falco/k8s-audit-source.ts'
import { loadRules } from '../../src/falco/load-rules.ts'
import { ruleEngine } from '../../src/falco/rule-engine.ts'
import { OPERATORS } from '../../src/falco/words.ts'
import { alertsIn, auditEvent } from './fake-audit.ts'
import { startFalco } from './fake-run.ts'

const ruleOf = (name: string, condition: string): string =>
  `- rule: ${name}\n  desc: d\n  condition: ${JSON.stringify(condition)}\n  output: ${name}-%evt.num\n  priority: INFO\n  source: k8s_audit\n`

const loadedOf = (text: string) => {
  const memo = fieldMemo(k8sAuditSource())
  const loaded = loadRules([{ name: 'rules.yaml', content: text }], { memos: [memo] })
  if (!loaded.isSuccessful) throw new Error(JSON.stringify(loaded.results))
  return { memo, rules: loaded.rules }
}

const CONDITIONS = [
  'ka.target.resource = pods',
  'ka.target.resource in (pods, secrets) and ka.verb = get',
  'ka.target.resource = secrets or ka.target.resource = pods and ka.verb != get',
  'not ka.target.resource = pods',
  'ka.verb in (get, delete) and (ka.target.resource = "pods" or ka.target.resource = deployments)',
  'ka.target.resource exists and ka.user.groups intersects (dev)',
  'ka.target.resource startswith p',
  'not ka.target.resource exists',
  'ka.target.resource = pods and ka.target.resource = secrets',
  'ka.user.groups in (dev, ops) and ka.target.resource in ()',
  'tolower(ka.target.resource) = pods'
]
const word = fc.constantFrom('pods', 'secrets', 'deployments', 'Pods', '', 'é')
const anyEvent = fc.record({
  verb: fc.constantFrom('get', 'create', 'delete'),
  objectRef: fc.option(
    fc.record({ resource: fc.oneof({ weight: 9, arbitrary: word }, fc.constantFrom(null, 7, ['pods'])) })
  ),
  user: fc.record({ groups: fc.uniqueArray(fc.constantFrom('dev', 'ops', 'qa')) })
})

// the judge looks at few rules for each event, a loop at all of them
t.test('a command alerts as a loop over the rules does', async t => {
  const dir = t.testdir({})
  const { writeFileSync } = await import('node:fs')
  const alike = async (conditions: readonly string[], events: readonly object[], matching: string): Promise<void> => {
    const text = conditions.map((condition, index) => ruleOf(`r${index}`, condition)).join('')
    const { memo, rules } = loadedOf(text)
    const wanted: string[] = []
    const reader = auditEventReader(event => {
      memo.forget()
      const found = rules.filter(({ test }) => test(event)).map(({ name }) => `${name}-${event.number}`)
      wanted.push(...(matching === 'first' ? found.slice(0, 1) : found))
    })
    const log = events.map((event, n) => Buffer.from(`${JSON.stringify(auditEvent(n, { ...event }))}\n`))
    for (const line of log) reader.readLine(line, 0, line.length, why => t.fail(why))
    writeFileSync(`${dir}/rules.yaml`, text)
    const words = ['-r', `${dir}/rules.yaml`, '-e', '-', '-o', `rule_matching=${matching}`]
    const { out } = await startFalco(words, { input: () => log }).done
    t.equal(alertsIn(out).alerts, wanted.join(' '))
  }
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(CONDITIONS, { minLength: 1 }),
      fc.array(anyEvent, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('first', 'all'),
      alike
    ),
    { numRuns: 25 }
  )
})

const VALUES: Readonly<Record<string, string>> = {
  regex: '"[a-z]+(a|b)*"',
  glob: '*a*',
  iglob: 'A*?',
  pmatch: '(/api, /etc/*)'
}
const MEANT = OPERATORS.filter(({ name }) => !name.startsWith('b'))
const OF_LISTS = [
  'exists',
  'in (get, pods, "0", true, c, docker.io/a/b)',
  'intersects (get, pods, "0", true, c, dev, /etc)'
]

// each field with one operator, and each operator with several fields
const rulesOfEverything = (): string => {
  const fields = k8sAuditSource().classes.flatMap(each => each.fields)
  const rules = fields.map((field, index) => {
    const argument =
      field.argument === 'key' ? '[/user/username]' : field.argument === 'index' && index % 2 === 0 ? '[0]' : ''
    const left = `${field.name}${field.isArgumentRequired === true || field.argument === 'index' ? argument : ''}`
    const condition = `${left} exists and (${left} ${comparisonFor(field, index)} or evt.num > 0)`
    return ruleOf(`r${index}`, condition).replace('%evt.num', `%evt.num %${left}`)
  })
  return rules.join('')
}

const comparisonFor = (
  { type, isList }: { readonly type: string; readonly isList: boolean },
  index: number
): string => {
  if (isList) return OF_LISTS[index % OF_LISTS.length] ?? ''
  if (type === 'ABSTIME' || type === 'BOOL') return 'exists'
  if (type !== 'CHARBUF') return ['>= 1', 'exists', '!= 3', 'in (1, 2)'][index % 4] ?? ''
  const operator = MEANT[index % MEANT.length]
  if (!operator || operator.kind === 'unary') return 'exists'
  if (operator.kind === 'number') return `${operator.name} 300`
  if (operator.kind === 'list') return `${operator.name} ${VALUES[operator.name] ?? '(get, pods, "0")'}`
  return `${operator.name} ${VALUES[operator.name] ?? 'a'}`
}

const diceOf = (seed: number) => {
  let state = seed
  const below = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
  return { below, oneOf: (texts: readonly string[]): string => texts[below(texts.length)] ?? '' }
}

// prettier-ignore
const CONTAINER = {
  name: 'c', image: 'docker.io/a/b:1', command: ['/bin/sh'], args: ['-c'], ports: [{ hostPort: 80 }],
  securityContext: { privileged: true, runAsUser: 0, runAsGroup: 0, readOnlyRootFilesystem: false, allowPrivilegeEscalation: true, capabilities: { add: ['SYS_ADMIN'] }, procMount: 'Unmasked' }
}
// prettier-ignore
const POD = JSON.stringify({
  metadata: { name: 'n' },
  spec: {
    hostNetwork: true, hostPID: true, hostIPC: true, securityContext: { runAsUser: 0, runAsGroup: 0, fsGroup: 1, supplementalGroups: [1] },
    containers: [CONTAINER, CONTAINER], initContainers: [CONTAINER], ephemeralContainers: [CONTAINER],
    volumes: [{ hostPath: { path: '/etc' } }, { flexVolume: { driver: 'd' } }]
  }
})
// prettier-ignore
const OTHERS = [
  { metadata: { name: 'n' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'], nonResourceURLs: ['/a'] }] },
  { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'User', name: 'a' }, { kind: 'Group', name: 'b' }, { kind: 'ServiceAccount', name: 'c', namespace: 'd' }] },
  { metadata: { name: 'n' }, data: { k: 'password' } },
  { spec: { type: 'NodePort', ports: [{ port: 1 }], tls: [] }, status: 'Failure' }
].map(body => JSON.stringify(body))
// prettier-ignore
const ODD = [
  'null',
  'true',
  '0',
  '-1.5e300',
  '""',
  '"a\\u0000\\ud800\\n"',
  '"é😀"',
  '[]',
  '{}',
  '[[[]]]',
  '[null,1,"a",{}]',
  '{"":{"":[]}}',
  '{"a":1,"a":2}',
  `"${'ab'.repeat(200)}"`,
  `${'['.repeat(60)}${']'.repeat(60)}`
]
// prettier-ignore
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  kind: ['"Event"', '"Event"', '"Event"', '"EventList"'],
  stageTimestamp: [
    '"2026-11-22T10:00:00.000001Z"',
    '"2026-11-22T10:00:00+01:00"',
    '"9999-12-31T23:59:59.999999999Z"',
    '"0001-01-01T00:00:00Z"'
  ],
  auditID: ['"a-b"'],
  stage: ['"ResponseComplete"'],
  annotations: ['{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed","cluster_name":"a"}', '{"authentication.openshift.io/decision":"allow","authentication.openshift.io/username":"a","validation.policy.admission.k8s.io/validation_failure":"f","pod-security.kubernetes.io/audit-violations":"v"}'],
  user: ['{"username":"alice","groups":["dev","pods"]}'],
  impersonatedUser: ['{"username":"bob"}'],
  verb: ['"get"', '"create"'],
  requestURI: ['"/api/v1/pods?command=a&container=b%20c&command=d"', '"/%zz"', '"//[::1"'],
  objectRef: ['{"resource":"pods","namespace":"kube-system","name":"a","subresource":"exec"}', '{"resource":"pods"}', '{"resource":"configmaps"}'],
  requestObject: [POD, ...OTHERS],
  responseObject: OTHERS,
  responseStatus: ['{"code":200,"reason":"a"}'],
  sourceIPs: ['["::1"]'],
  userAgent: ['"kubectl"'],
  items: ['[]']
}
const NAMES = Object.keys(MEMBERS)

const lineOf = ({ below, oneOf }: ReturnType<typeof diceOf>): Buffer => {
  const kind = below(16)
  if (kind === 0) return Buffer.from(oneOf(ODD))
  const event = `{${NAMES.filter(name => below(10) > 0 && (name !== 'items' || kind === 1))
    .map(name => `"${name}":${below(8) === 0 ? oneOf(ODD) : oneOf(MEMBERS[name] ?? [])}`)
    .join(',')}}`
  const bytes = Buffer.from(
    kind === 2 ? `{"kind":"EventList","items":[${event},${oneOf(ODD)}]}` : kind === 3 ? `[${event}]` : event
  )
  // as a faulty disk or a faulty hand leaves it
  for (let edits = kind === 4 ? 1 + below(3) : 0; edits > 0; edits -= 1) bytes[below(bytes.length)] = below(256)
  return kind === 5 ? bytes.subarray(0, below(bytes.length)) : bytes
}

const RUNS = process.env.AUDITPATCH_LONG === undefined ? 5000 : 1_000_000

t.test(`${RUNS} random events and rules of every field and operator`, async t => {
  const { memo, rules } = loadedOf(rulesOfEverything())
  // each event is for some of the rules alone, which is enough and takes less time
  const judges = [0, 1, 2, 3, 4, 5, 6, 7].map(part =>
    ruleEngine(
      rules.filter((_, index) => index % 8 === part),
      memo,
      { ...configurationOf(DEFAULT_TREE), matching: 'all' }
    )
  )
  const options = { ...configurationOf(DEFAULT_TREE), hostname: 'node' }
  const dice = diceOf(20_261_123)
  const met = new Set<string>()
  const reasons = new Map<string, number>()
  let [taken, alerts] = [0, 0]
  const reader = auditEventReader(event => {
    taken += 1
    judges[taken % 8]?.(event, rule => {
      met.add(rule.name)
      alerts += 1
      if (alerts % 128 > 0) return
      JSON.parse(alertLine(rule, event, event, { ...options, isJson: true }))
      const text = alertLine(rule, event, event, options)
      if (/[\0-\x1f\x7f-\x9f]/.test(text)) t.fail(text)
    })
  })
  for (let run = 0; run < RUNS; run += 1) {
    const line = lineOf(dice)
    reader.readValue(line, 0, line.length, why => {
      const reason = why.slice(0, 12)
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    })
  }
  const refused = [...reasons.values()].reduce((sum, count) => sum + count, 0)
  t.ok(taken > RUNS / 3, `${taken} were judged`)
  t.ok(refused > RUNS / 10, `${refused} were refused`)
  t.ok(met.size > rules.length * 0.9, `${met.size} of ${rules.length} rules alerted`)
  t.comment(`${alerts} alerts; refused: ${JSON.stringify([...reasons])}`)
})
