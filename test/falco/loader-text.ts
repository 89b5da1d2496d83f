import t from 'tap'
import { describeRule, describeRules } from '../../src/falco/describe-rules.ts'
import { falcoDescriptionLines } from '../../src/render/falco-description.ts'
import { loadResultSummary, loadResultText, validationJson, validationText } from '../../src/render/falco-validation.ts'
import { load } from './load.ts'
import { audit, rule } from './loader-rows.ts'

const contentsOf = (...texts: readonly string[]): Map<string, string> =>
  new Map(texts.map((text, index) => [`${'abc'[index]}.yaml`, text]))

t.test('what --validate prints', async t => {
  const broken = rule('evt.type = a and proc.nothing = b')
  const doubtful = '- other: x\n'
  const contents = contentsOf(rule('evt.type = a'), doubtful, broken)
  const { results } = load([...contents.values()], { goesOn: true })
  t.equal(
    validationText(results, contents),
    `a.yaml: Ok
b.yaml: Ok, with warnings
c.yaml: Invalid
1 Errors:
In rules content: (c.yaml:0:0)
    rule 'r': (c.yaml:0:2)
    rule condition: (c.yaml:2:13)
    condition expression: ("evt.type = a and ...":3:31)
------
evt.type = a and proc.nothing = b
                                ^
------
LOAD_ERR_COMPILE_CONDITION (Error compiling condition): filter_check called with nonexistent field proc.nothing
`
  )
  const [, warned, refused] = results
  if (!warned || !refused) return t.fail('three files have three results')
  t.equal(
    loadResultText(warned, contents),
    `b.yaml: Ok, with warnings
1 Warnings:
In rules content: (b.yaml:0:0)
    rules content item: (b.yaml:0:2)
------
- other: x
  ^
------
LOAD_UNKNOWN_ITEM (Unknown rules file item): Unknown top level item
`
  )
  t.equal(
    loadResultSummary(refused),
    'c.yaml: Invalid\n 1 errors: [LOAD_ERR_COMPILE_CONDITION (Error compiling condition)]'
  )
  t.equal(
    loadResultSummary(warned),
    'b.yaml: Ok, with warnings\n 1 warnings: [LOAD_UNKNOWN_ITEM (Unknown rules file item)]'
  )
})

t.test('errors and warnings of one file, and a configuration taken for rules', async t => {
  const both = '- other: x\n- list: l\n'
  const text = load([both]).results.map(result => loadResultText(result, contentsOf(both)))
  t.match(text[0], /: Invalid\n1 Errors:\n[^]*key 'items'\n\n1 Warnings:\n[^]*Unknown top level item\n$/)
  const config = 'rules_files: []\n'
  t.match(
    validationText(load([config]).results, contentsOf(config)),
    /\nHint: --validate .*`auditpatch falco -c a.yaml --dry-run`/
  )
})

t.test('snippets', async t => {
  const snippet = (text: string): unknown => {
    const { results } = load([text])
    const json = validationJson(results, contentsOf(text)) as {
      falco_load_results: { errors: { context: { snippet: string } }[] }[]
    }
    return json.falco_load_results[0]?.errors[0]?.context.snippet
  }
  t.equal(snippet('- list: l\n  items:\n'), '  items:\n       ^\n', 'what stands behind the end')
  const long = `${'a'.repeat(200)}, [b], ${'c'.repeat(200)}`
  const lines = String(snippet(`- list: l\n  items: [${long}]\n`)).split('\n')
  t.equal(lines[0]?.length, 161, 'a long line is cut on both sides')
  t.match(lines[0], /^\.\.\.a+, \[b\], c+\.\.\.$/)
  t.equal(lines[1], `${' '.repeat(80)}^`)
  t.equal(snippet('\uFEFF- list: l\n  items: bcd\n'), '  items: bcd\n         ^\n', 'a byte order mark')
})

t.test('what --validate prints as JSON', async t => {
  const text = '- rule: r\n  enabled: maybe\n'
  const { results } = load([text])
  t.same(validationJson(results, contentsOf(text), {}), {
    falco_load_results: [
      {
        errors: [
          {
            code: 'LOAD_ERR_YAML_VALIDATE',
            codedesc: 'Error validating internal structure of YAML file',
            context: {
              locations: [
                {
                  item_name: '',
                  item_type: 'rules content',
                  position: { column: 0, line: 0, name: 'a.yaml', offset: 0 }
                },
                { item_name: 'r', item_type: 'rule', position: { column: 2, line: 0, name: 'a.yaml', offset: 2 } },
                {
                  item_name: 'enabled',
                  item_type: 'value for',
                  position: { column: 11, line: 1, name: 'a.yaml', offset: 21 }
                }
              ],
              snippet: '  enabled: maybe\n           ^\n'
            },
            message: "Can't decode YAML scalar value"
          }
        ],
        name: 'a.yaml',
        successful: false,
        warnings: []
      }
    ]
  })
})

t.test('what -L tells', async t => {
  const loaded = load([
    `- required_engine_version: 0.31.0
- required_plugin_versions: [{name: k8saudit, version: 0.7.0, alternatives: [{name: json, version: 0.7.0}]}]
- list: users
  items: [more_users, bob]
- list: more_users
  items: [eve]
- list: users
  items: [more_users]
  append: true
- macro: by_user
  condition: ka.user.name in (users)
- rule: r
  desc: ${'a word or two '.repeat(8)}
  condition: by_user and tolower(ka.verb) = get and not jevt.value[/stage] startswith oneof (a, b)
  output: "%ka.verb on %ka.target.name"
  priority: INFO
  source: k8s_audit
  tags: [b, a]
  exceptions:
    - {name: e, fields: [ka.uri], comps: [startswith], values: [[/x]]}
`
  ])
  t.same(loaded.results[0]?.errors, [])
  const described = describeRules(loaded)
  t.match(described, {
    required_engine_version: '0.31.0',
    required_plugin_versions: [
      { name: 'k8saudit', version: '0.7.0', alternatives: [{ name: 'json', version: '0.7.0' }] }
    ],
    lists: [
      {
        info: { name: 'users', items: ['bob'] },
        details: { items_compiled: ['eve', 'bob', 'eve'], lists: ['more_users'], used: true }
      },
      { info: { name: 'more_users', items: ['eve'] }, details: { items_compiled: ['eve'], lists: [], used: true } }
    ],
    macros: [
      {
        info: { name: 'by_user', condition: 'ka.user.name in (users)' },
        details: {
          condition_compiled: 'ka.user.name in (eve, bob, eve)',
          condition_fields: ['ka.user.name'],
          lists: ['users'],
          macros: [],
          used: true
        }
      }
    ]
  })
  t.same(describeRule(loaded, 'r'), { rules: described.rules })
  t.equal(describeRule(loaded, 's'), undefined)
  t.match(described.rules[0], {
    info: { name: 'r', priority: 'Informational', enabled: true, source: 'k8s_audit', tags: ['a', 'b'] },
    details: {
      condition_compiled:
        '((ka.user.name in (eve, bob, eve) and tolower(ka.verb) = get and not jevt.value[/stage] startswith oneof (a, b)) and not ka.uri startswith /x)',
      condition_fields: ['jevt.value[/stage]', 'ka.uri', 'ka.user.name', 'ka.verb'],
      condition_operators: ['=', 'in', 'startswith'],
      exception_fields: ['ka.uri'],
      exception_names: ['e'],
      exception_operators: ['startswith'],
      lists: [],
      macros: ['by_user'],
      output_compiled: '%ka.verb on %ka.target.name',
      output_fields: ['ka.target.name', 'ka.verb'],
      plugins: ['json', 'k8saudit']
    }
  })
  t.same(falcoDescriptionLines(described.rules), [
    `${'Rule'.padEnd(50)} Description`,
    `${'----'.padEnd(50)} -----------`,
    `${'r'.padEnd(50)} a word or two a word or two a word or two a word or two a `,
    `${' '.repeat(51)}word or two a word or two a word or two a word or two `,
    ''
  ])
})

t.test('a list names earlier ones, or those that came before its last change', async t => {
  const items = (text: string): unknown => load([text]).lists.map(({ items, isUsed }) => [items.join(), isUsed])
  const [first, second] = ['- list: l\n  items: [m]\n', '- list: m\n  items: [a, b]\n']
  t.same(items(first + second), [
    ['m', false],
    ['a,b', false]
  ])
  t.same(items(second + first), [
    ['a,b', true],
    ['a,b', false]
  ])
  t.same(items(first + second + first), [
    ['a,b', false],
    ['a,b', true]
  ])
})

t.test('what no rules tell', async t => {
  t.same(describeRules(load([audit('ka.verb = a').replace('k8s_audit', 'none')])).rules, [])
  t.match(describeRules(load([])), { required_engine_version: '0.0.0', rules: [], macros: [], lists: [] })
})
