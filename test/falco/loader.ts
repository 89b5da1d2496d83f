import t from 'tap'
import { noRules } from '../../src/falco/collected-rules.ts'
import { compileLists } from '../../src/falco/compile-lists.ts'
import { fullBudget } from '../../src/falco/load-budget.ts'
import { fileContext } from '../../src/falco/load-context.ts'
import { printCondition } from '../../src/falco/print-condition.ts'
import { listSubstitution } from '../../src/falco/substitute-lists.ts'
import { load } from './load.ts'
import { audit, REFUSED, rule, TAKEN } from './loader-rows.ts'

const context = fileContext('a.yaml')

t.test('rules that are refused: the code, the words and the place', async t => {
  for (const { name, in: given, want } of REFUSED) {
    const { results, isSuccessful } = load(typeof given === 'string' ? [given] : given)
    const [error] = results.at(-1)?.errors ?? []
    const { itemType, itemName, position } = error?.context.locations.at(-1) ?? {}
    const place = `${itemType} ${itemName} ${position?.line}:${position?.column}`
    t.same([isSuccessful, error?.code, error?.message, place], [false, ...want], name)
  }
})

t.test('rules that are taken: their conditions, and what is doubtful', async t => {
  for (const { name, in: given, want, warnings = [] } of TAKEN) {
    const { results, rules } = load(typeof given === 'string' ? [given] : given)
    t.same(
      results.flatMap(({ errors }) => errors.map(({ message }) => message)),
      [],
      name
    )
    t.same(
      rules.map(({ condition }) => printCondition(condition)),
      want,
      name
    )
    t.same(
      results
        .at(-1)
        ?.warnings.map(({ code }) => code)
        .sort(),
      [...warnings].sort(),
      `${name}: warnings`
    )
  }
})

t.test('what overrides change', async t => {
  const change = (text: string) => load([rule('evt.type = a', '  tags: [b, a]\n'), `- rule: r\n${text}`]).rules[0]
  t.match(change('  desc: x\n  output: y\n  tags: [c]\n  override: {desc: append, output: append, tags: append}\n'), {
    description: 'd x',
    output: 'o y',
    tags: ['a', 'b', 'c']
  })
  t.match(
    change(
      '  desc: x\n  priority: error\n  enabled: no\n  tags: []\n  override: {desc: replace, priority: replace, enabled: replace, tags: replace}\n'
    ),
    { description: 'x', output: 'o', tags: [], isEnabled: false, priority: { name: 'Error' } }
  )
  t.match(change('  enabled: false\n'), { isEnabled: false, description: 'd' }, 'enabled alone')
})

t.test('outputs that are added, and requirements', async t => {
  const outputs = load([audit('ka.verb = a')], {
    extraOutputs: [
      { format: 'all' },
      { format: 'here %ka.verb', source: 'k8s_audit' },
      { format: 'there', source: 'syscall' },
      { format: 'named', rule: 'r' },
      { format: 'tagged', tags: ['x'] }
    ]
  })
  t.equal(outputs.rules[0]?.output, 'o all here %ka.verb named')
  const wants = (text: string) => load([`- required_plugin_versions: [${text}]\n`])
  t.match(wants('{name: k8saudit, version: 0.1.0}'), { isSuccessful: true, pluginFault: undefined })
  t.match(wants('{name: other, version: 1.0.0, alternatives: [{name: json, version: 0.7.0}]}'), { isSuccessful: true })
  t.match(wants('{name: other, version: 1.0.0, alternatives: [{name: more, version: 2.0.0}]}'), {
    isSuccessful: false,
    pluginFault: 'Plugin requirement not satisfied, must load one of: other (>= 1.0.0), more (>= 2.0.0)'
  })
  t.match(wants('{name: json, version: 0.8.0}'), {
    pluginFault: "Plugin 'json' version '0.7.4' is not compatible with required plugin version '0.8.0'"
  })
  t.same(
    load(['- required_engine_version: 4\n- required_engine_version: 0.31.0\n']).collected.requiredEngineVersion,
    [0, 31, 0]
  )
})

t.test('a file with an error is the last, but for a validation', async t => {
  const files = ['- list: [\n', rule('evt.type = a')]
  t.same(
    load(files).results.map(({ isSuccessful }) => isSuccessful),
    [false]
  )
  t.same(
    load(files, { goesOn: true }).results.map(({ isSuccessful }) => isSuccessful),
    [false, true]
  )
})

t.test('lists are put into text just as Falco does it', async t => {
  const rows = [
    { name: 'alone', items: ['a'], in: 'l', want: 'a ' },
    { name: 'in parentheses', items: ['a'], in: '(l)', want: '( a )' },
    { name: 'blanks around it', items: ['a', 'b'], in: 'x \n\t l  y', want: 'x a, b y' },
    { name: 'twice', items: ['a'], in: 'x l l y', want: 'x a a y' },
    { name: 'twice at the beginning, where Falco misses the second', items: ['a'], in: 'l l x', want: 'a l x' },
    { name: 'parts of words', items: ['a'], in: 'xl lx l.x "l" l-l', want: 'xl lx l.x "l" l-l' },
    { name: 'nothing between words', items: [], in: '(x , l , y)', want: '(x   , y)' },
    { name: 'nothing before a comma', items: [], in: '(l,y)', want: '(  y)' },
    { name: 'its own name in it', items: ['l', 'l x'], in: '(l)', want: '( l, "l x" )' }
  ]
  for (const { name, items, in: given, want } of rows) {
    const budget = fullBudget()
    const collected = { ...noRules(), lists: new Map([['l', { name: 'l', context, items, index: 0, visibility: 0 }]]) }
    t.equal(listSubstitution(compileLists(collected, budget), budget)(given, context), want, name)
  }
})
