import fc from 'fast-check'
import t from 'tap'
import { alertCounts } from '../../src/falco/alert-counts.ts'
import { alertLine, type AlertOptions } from '../../src/falco/alert.ts'
import { configurationOf, DEFAULT_TREE, selectRules } from '../../src/falco/configuration.ts'
import { type ConfigurationTree, mergedTrees, readTree, withSetting } from '../../src/falco/configuration-tree.ts'
import { localClock, nanosecondsText } from '../../src/falco/event-time.ts'
import { fieldMemo } from '../../src/falco/field-memo.ts'
import { loadRules } from '../../src/falco/load-rules.ts'
import { PRIORITIES, type Priority, priorityNamed } from '../../src/falco/priorities.ts'
import { requiredValues } from '../../src/falco/required-values.ts'
import { parseCondition } from '../../src/falco/parse-condition.ts'
import { ruleEngine } from '../../src/falco/rule-engine.ts'
import { type FlatEvent, flatSource } from './fake-source.ts'

const rule = (name: string, condition: string, more = ''): string =>
  `- rule: ${name}\n  desc: about ${name}\n  condition: ${JSON.stringify(condition)}\n  output: ${name} of %f.text\n  priority: WARNING\n  source: flat\n${more}`

const load = (text: string) => {
  const memo = fieldMemo(flatSource)
  const loaded = loadRules([{ name: 'rules.yaml', content: text }], { memos: [memo] })
  if (!loaded.isSuccessful) throw new Error(JSON.stringify(loaded.results))
  return { memo, rules: loaded.rules }
}

const debug = PRIORITIES[7]

t.test('which rules alert', async t => {
  const { memo, rules } = load(
    [
      rule('b', 'f.text = x'),
      rule('a', 'f.text in (x, y)'),
      rule('off', 'f.text exists', '  enabled: false\n'),
      rule('any', 'f.number > 1', '  tags: [t1, t2]\n')
    ].join('')
  )
  const found = (matching: 'first' | 'all', event: FlatEvent, least: Priority = debug): string[] => {
    const names: string[] = []
    ruleEngine(rules, memo, { matching, leastPriority: least })(event, ({ name }) => names.push(name))
    return names
  }
  t.same(found('first', { 'f.text': 'x', 'f.number': 5 }), ['b'], 'the first that was defined')
  t.same(found('all', { 'f.text': 'x', 'f.number': 5 }), ['b', 'a', 'any'])
  t.same(found('all', { 'f.text': 'z', 'f.number': 5 }), ['any'])
  t.same(found('all', { 'f.number': 5 }), ['any'])
  t.same(found('all', { 'f.text': 'y' }), ['a'])
  t.same(found('all', { 'f.text': 'x' }, PRIORITIES[3]), [], 'what is less grave is not asked')
  const selected = (selections: Parameters<typeof selectRules>[1]): string[] =>
    selectRules(rules, selections)
      .filter(({ isEnabled }) => isEnabled)
      .map(({ name }) => name)
  t.same(
    selected([
      { isEnabled: false, rule: '*' },
      { isEnabled: true, tag: 't2' }
    ]),
    ['any']
  )
  t.same(selected([{ isEnabled: true, rule: 'o*' }]), ['b', 'a', 'off', 'any'])
  t.same(selected([{ isEnabled: false, tag: 't1' }]), ['b', 'a'])
})

t.test('what a condition requires', async t => {
  const required = (text: string): Record<string, string[]> => {
    const { condition } = parseCondition(text)
    return condition
      ? Object.fromEntries([...requiredValues(condition)].map(([field, values]) => [field, [...values]]))
      : {}
  }
  const rows: readonly (readonly [string, Record<string, string[]>])[] = [
    ['f.text = x and f.other in (a, b)', { 'f.text': ['x'], 'f.other': ['a', 'b'] }],
    ['f.text = x or f.text = y', { 'f.text': ['x', 'y'] }],
    ['f.text = x or f.other = y', {}],
    ['not f.text = x', {}],
    ['f.text = "x\\x00y"', { 'f.text': ['x'] }],
    [Array.from({ length: 20_000 }, (_, index) => `f.text = x${index}`).join(' or '), {}],
    ['f.text != x', {}],
    ['f.text in (a, b) and f.text = a', { 'f.text': ['a'] }],
    ['f.text = oneof (a, b)', {}],
    ['tolower(f.text) = a', {}],
    ['f.list[0] in (a)', {}],
    ['f.text = val(f.other)', {}]
  ]
  for (const [text, want] of rows) t.same(required(text), want, text)
})

t.test('rules that are sorted by what they require find what rules one by one find', async t => {
  const word = fc.constantFrom('a', 'b', 'c')
  const atom = fc.oneof(
    fc
      .tuple(fc.constantFrom('f.text', 'f.other'), fc.constantFrom('=', '!=', 'startswith'), word)
      .map(parts => parts.join(' ')),
    fc
      .tuple(fc.constantFrom('f.text', 'f.other'), fc.array(word, { maxLength: 2 }))
      .map(([f, words]) => `${f} in (${words.join(', ')})`),
    fc.constantFrom('f.number > 1', 'f.text exists', 'f.list intersects (a)')
  )
  const { condition } = fc.letrec<{ condition: string }>(tie => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc
        .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
        .map(([one, word, other]) => `(${one} ${word} ${other})`),
      tie('condition').map(text => `not (${text})`)
    )
  }))
  const event: fc.Arbitrary<FlatEvent> = fc.record(
    {
      'f.text': word,
      'f.other': word,
      'f.number': fc.nat(3),
      'f.list': fc.array(word, { minLength: 1, maxLength: 2 })
    },
    { requiredKeys: [] }
  )
  fc.assert(
    fc.property(
      fc.array(condition, { minLength: 1, maxLength: 6 }),
      fc.array(event, { minLength: 1, maxLength: 8 }),
      (conditions, events) => {
        const { memo, rules } = load(conditions.map((text, index) => rule(`r${index}`, text)).join(''))
        const judge = ruleEngine(rules, memo, { matching: 'all', leastPriority: debug })
        return events.every(each => {
          const found: string[] = []
          judge(each, ({ name }) => found.push(name))
          memo.forget()
          const plain = rules.filter(({ test }) => test(each)).map(({ name }) => name)
          return found.join() === plain.join()
        })
      }
    ),
    { numRuns: process.env.AUDITPATCH_LONG ? 5000 : 150 }
  )
  t.pass('for random rules and events')
})

const TEXT: AlertOptions = {
  isJson: false,
  includeOutput: true,
  includeTags: true,
  includeMessage: false,
  includeOutputFields: true,
  isIso8601: false,
  hostname: 'cp-1'
}

t.test('alerts', async t => {
  const memo = fieldMemo(flatSource)
  const content = `- rule: R "1"
  desc: d
  condition: f.text exists
  output: "t=%f.text l=%f.list n=%f.number o=%f.other time=%f.time"
  priority: INFO
  source: flat
  tags: [b, a, b]
`
  const fields = [
    { key: 'f.number', format: '%f.number', isRaw: true },
    { key: 'where', format: 'at %f.list', isRaw: false },
    { key: 'flag', format: '%f.flag', isRaw: true }
  ]
  const extraOutputs = [
    { fields, tags: ['a'] },
    { fields: [{ key: 'none', format: 'x', isRaw: false }], rule: 'other' }
  ]
  const { rules } = loadRules([{ name: 'r.yaml', content }], { memos: [memo], extraOutputs })
  const [only] = rules
  if (!only) throw new Error('the rule was not loaded')
  const event: FlatEvent = { 'f.text': 'né\n\u001b[2J', 'f.list': ['a', 'b'], 'f.number': 5, 'f.flag': 'false' }
  const at = { seconds: 1_563_471_226, nanoseconds: 1_920_000 }
  const line = (options: Partial<AlertOptions>): string => {
    memo.forget()
    return alertLine(only, event, at, { ...TEXT, ...options })
  }
  t.equal(
    line({}),
    `${localClock(at)}: Informational t=né\\n\\u001b[2J l=(a,b) n=5 o=<NA> time=<NA>`,
    'on one line, and nothing draws on the terminal'
  )
  t.match(localClock(at), /^\d\d:\d\d:46\.001920000$/)
  t.match(line({ isIso8601: true }), /^2019-07-18T17:33:46\.001920000\+0000: Informational /)
  t.equal(nanosecondsText(at), '1563471226001920000')
  const json = line({ isJson: true })
  t.same(JSON.parse(json), {
    hostname: 'cp-1',
    output: `${localClock(at)}: Informational t=né\n\u001b[2J l=(a,b) n=5 o=<NA> time=<NA>`,
    output_fields: {
      'evt.time': 1563471226001920000,
      'f.list': ['a', 'b'],
      'f.number': 5,
      'f.other': null,
      'f.text': 'né\n\u001b[2J',
      'f.time': 5,
      flag: false,
      where: 'at (a,b)'
    },
    priority: 'Informational',
    rule: 'R "1"',
    source: 'flat',
    tags: ['a', 'b'],
    time: '2019-07-18T17:33:46.001920000Z'
  })
  t.match(json, /"evt\.time":1563471226001920000,/, 'to the nanosecond')
  const keys = (text: string): string[] => Object.keys(JSON.parse(text) as object) // as: it is an object
  t.same(keys(json), keys(json).sort(), 'keys are in their order')
  t.same(
    keys(
      line({ isJson: true, includeOutput: false, includeTags: false, includeOutputFields: false, includeMessage: true })
    ),
    ['hostname', 'message', 'priority', 'rule', 'source', 'time']
  )
})

t.test('statistics', async t => {
  const counts = alertCounts([{ name: 'B' }, { name: 'A' }, { name: 'none' }])
  const [info, critical] = [priorityNamed('informational'), priorityNamed('CRITICAL')]
  if (!info || !critical) throw new Error('a priority is not there')
  counts.count({ name: 'A', priority: info })
  counts.count({ name: 'B', priority: critical })
  counts.count({ name: 'A', priority: info })
  t.same(counts.lines(), [
    'Events detected: 3',
    'Rule counts by severity:',
    '   CRITICAL: 1',
    '   INFO: 2',
    'Triggered rules by rule name:',
    '   B: 1',
    '   A: 2'
  ])
})

t.test('the configuration', async t => {
  const from = (yaml: string, ...settings: string[]) =>
    configurationOf(settings.reduce(withSetting, mergedTrees(DEFAULT_TREE, readTree(yaml, 'falco.yaml'))))
  t.match(from(''), {
    matching: 'first',
    isJson: false,
    leastPriority: { name: 'Debug' },
    toStdout: true,
    plugin: {
      maxEventSize: 262144,
      webhookMaxBatchSize: 12582912,
      sslCertificate: '/etc/falco/falco.pem',
      isCorrected: false
    }
  })
  t.match(
    from(
      `# a comment
rules_files: [/etc/falco/rules.d]
rules:
  - disable: {rule: "*"}
  - enable: {tag: k8s}
priority: Warning
rule_matching: all
json_output: true
file_output: {enabled: yes, filename: /tmp/x}
http_output: {enabled: true, url: http://x}
append_output:
  - match: {source: k8s_audit, tags: [a]}
    extra_output: on %evt.num
    extra_fields: [ka.verb, {who: "%ka.user.name!"}]
  - suggested_output: true
plugins:
  - {name: json, init_config: ""}
  - name: k8saudit
    library_path: libk8saudit.so
    init_config: '{"maxEventSize": 10}'
    open_params: http://:9765/k8s-audit
`
    ),
    {
      rulesFiles: ['/etc/falco/rules.d'],
      selections: [
        { isEnabled: false, rule: '*' },
        { isEnabled: true, tag: 'k8s' }
      ],
      leastPriority: { name: 'Warning' },
      matching: 'all',
      isJson: true,
      file: '/tmp/x',
      outputsNotHere: ['http_output'],
      appended: [
        {
          format: 'on %evt.num',
          fields: [
            { key: 'ka.verb', format: '%ka.verb', isRaw: true },
            { key: 'who', format: '%ka.user.name!', isRaw: false }
          ],
          source: 'k8s_audit',
          tags: ['a']
        }
      ],
      plugin: { maxEventSize: 10, openParams: 'http://:9765/k8s-audit' }
    }
  )
  t.match(
    from(
      'priority: error\n',
      'priority=notice',
      'plugins[0].open_params=/var/log/audit.log',
      'plugins[0].init_config.maxEventSize=77',
      'rules[].disable.rule=*',
      'rules[].enable.tag=network',
      'k8saudit.correct_quirks=true'
    ),
    {
      leastPriority: { name: 'Notice' },
      selections: [
        { isEnabled: false, rule: '*' },
        { isEnabled: true, tag: 'network' }
      ],
      plugin: { openParams: '/var/log/audit.log', maxEventSize: 77, isCorrected: true }
    }
  )
  const rows: readonly (readonly [string, string[], RegExp])[] = [
    ['priority: grave', [], /^priority: emergency, .* is wanted, found "grave"/],
    ['rule_matching: some', [], /^rule_matching: first or all is wanted/],
    ['json_output: perhaps', [], /^json_output: true or false is wanted, found "perhaps"/],
    ['- a', [], /a mapping of settings is wanted/],
    ['rules: [{forget: {rule: x}}]', [], /^rules\[0\]: enable or disable is wanted/],
    ['rules: [{enable: {}}]', [], /rule or tag is wanted/],
    ['plugins: [{name: k8saudit, init_config: {maxEventSize: -1}}]', [], /a whole number of bytes is wanted/],
    ['', ['json_output'], /key=value is wanted/],
    ['', ['a..b=1'], /key=value is wanted/],
    ['', ['=1'], /key=value is wanted/],
    ['', [`${'a.'.repeat(20_000)}a=1`], /key=value is wanted/],
    ['priority: &a [*a]', [], /alias \*a stands inside of what it stands for/],
    ['', [`json_output=${'x'.repeat(999)}`], /found "x{199}\.\.\.$/]
  ]
  for (const [yaml, settings, want] of rows)
    t.throws(() => from(yaml, ...settings), { message: want }, yaml + settings.join())
  const tree: ConfigurationTree = withSetting({}, '__proto__.polluted=1')
  t.notOk('polluted' in Object.prototype, 'a key is nothing but a key')
  t.ok(Object.hasOwn(tree, '__proto__'))
})
