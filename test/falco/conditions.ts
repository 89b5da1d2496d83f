import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { compileCondition } from '../../src/falco/compile-condition.ts'
import { conditionScale } from '../../src/falco/condition-weight.ts'
import { fieldMemo } from '../../src/falco/field-memo.ts'
import { compileFormat } from '../../src/falco/output-format.ts'
import { parseCondition } from '../../src/falco/parse-condition.ts'
import { printCondition } from '../../src/falco/print-condition.ts'
import { fnmatcher } from '../../src/text/fnmatch.ts'
import { type FlatEvent, flatSource } from './fake-source.ts'

const shared = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/falco')

const judged = (text: string, event: FlatEvent): boolean | string => {
  const { condition, fault } = parseCondition(text)
  if (!condition) return fault.message
  const memo = fieldMemo(flatSource)
  const compiled = compileCondition(condition, memo)
  return compiled.test ? compiled.test(event) : compiled.fault.message
}

t.test('what a condition says of an event', async t => {
  const event: FlatEvent = {
    'f.text': 'Kube-System',
    'f.other': 'kube-system',
    'f.number': 9,
    'f.flag': 'true',
    'f.list': ['a', 'b'],
    'f.others': ['b', 'a'],
    'f.list[1]': ['b'],
    'f.key[/a b]': 'x',
    'f.text.longer': '/etc/kubernetes//pki/ca.key'
  }
  const rows: readonly (readonly [string, boolean | string])[] = [
    ['f.text = Kube-System', true],
    ['f.text == "Kube-System"', true],
    ['f.text != Kube-System', false],
    ['f.text = kube-system', false],
    // what is not there is nothing, and only not and exists see it
    ['f.key[absent] = x', false],
    ['f.key[absent] != x', false],
    ['not f.key[absent] = x', true],
    ['f.key[absent] in ()', false],
    ['f.key[absent] exists', false],
    ['f.key["/a b"] = x', true],
    ['f.text exists', true],
    ['f.text contains -Sys', true],
    ['f.text contains -sys', false],
    ['f.text icontains -sYS', true],
    ['f.text startswith Kube', true],
    ['f.text endswith System', true],
    ['f.text glob Kube*', true],
    ['f.text glob kube*', false],
    ['f.text iglob kube*', true],
    ['f.text regex K.*m', true],
    [`f.text regex '${'a'.repeat(20_001)}'`, 'invalid regex pattern: pattern too large - compile failed'],
    ['f.text regex "((a{900}){9}){9}"', 'invalid regex pattern: pattern too large - compile failed'],
    [`${'tolower('.repeat(99)}f.text${')'.repeat(99)} = kube-system`, true],
    [`${'tolower('.repeat(50_000)}f.text`, 'exceeded max depth limit of 100'],
    [`f.text = ${'tolower('.repeat(50_000)}f.text`, 'exceeded max depth limit of 100'],
    // the whole text, not a part
    ['f.text regex Kube', false],
    ["f.text regex '[A-Z][a-z]+-System'", true],
    ["f.text regex '\\\\d+'", 'invalid regex pattern: invalid escape sequence: \\d'],
    ["f.text regex '(?i)kube'", 'invalid regex pattern: no argument for repetition operator: ?'],
    ["f.text regex '('", 'invalid regex pattern: missing closing ): `(`'],
    // strings are ordered by their bytes
    ['f.text < 3', false],
    ['f.text >= 100', true],
    ['f.number < ten', 'expected a number value'],
    ['f.number < 10', true],
    ['f.number >= 9', true],
    ['f.number = 0x9', true],
    ['f.number = nine', 'nine is not a valid number'],
    ['f.number contains 9', "'contains' operator not supported for numeric filters"],
    ['f.number in (8, 9)', true],
    ['f.flag = true', true],
    ['f.flag = yes', 'filter error: unrecognized boolean value yes'],
    ['f.flag > true', 'expected a number value'],
    ['f.list in (a, b, c)', true],
    ['f.list in (a)', false],
    ['f.list intersects (a)', true],
    ['f.list intersects (c)', false],
    ['f.list[1] in (b)', true],
    ['f.list = a', "'=' operator not supported list filters"],
    ['f.list contains a', "'contains' operator not supported list filters"],
    ['f.list pmatch (a)', "'pmatch' operator not supported list filters"],
    ['f.text bcontains 4b', "'bcontains' operator not supported for string filters"],
    ['f.text in (x, Kube-System)', true],
    ['f.text intersects (x, Kube-System)', true],
    ['f.text.longer pmatch (/etc/kubernetes)', true],
    ['f.text.longer pmatch (/etc/kube)', false],
    ['f.text.longer pmatch (/etc/*/pki)', true],
    ['f.text.longer pmatch (/var, /etc)', true],
    ['f.text startswith anyof (kube, Kube)', true],
    ['f.text startswith oneof (K, Kube)', false],
    ['f.text startswith oneof (k, Kube)', true],
    ['f.text contains allof (K, y)', true],
    ['f.text contains allof (K, z)', false],
    ['f.text != allof (a, b)', true],
    ['f.text = anyof ()', false],
    ['tolower(f.text) = kube-system', true],
    ['toupper(f.text) = KUBE-SYSTEM', true],
    ['tolower(f.text) = val(f.other)', true],
    ['f.text = val(f.other)', false],
    ['f.text = tolower(f.other)', false],
    ['f.list in val(f.others)', true],
    ['f.text in val(f.list)', false],
    [
      'f.text = val(f.number)',
      "left and right-hand side fields have different types: 'f.text' (CHARBUF), 'f.number' (UINT64)"
    ],
    ['f.text regex val(f.other)', "operator 'REGEX' doesn't support right-hand side fields"],
    ['len(f.list) = 2', true],
    ['len(f.text) > 10', true],
    ['len(f.key[absent]) = 0', true],
    ['basename(f.text.longer) = ca.key', true],
    ['b64(f.text) exists', false],
    ['toupper(f.list) intersects (B)', true],
    ['join("-", (f.other, f.text)) = kube-system-Kube-System', true],
    ['join("-", (f.other, f.key[absent])) exists', false],
    ['concat(f.other, ".", "x") = kube-system.x', true],
    ['getopt(f.text, "ab") exists', false],
    ['tolower(f.number) = 9', "field type 'UINT64' is not supported by 'tolower' transformer"],
    ['f.none = 1', 'filter_check called with nonexistent field f.none'],
    ['f.none[x] = 1', 'filter_check called with nonexistent field f.none[x]'],
    ['f.key = 1', "filter 'f.key': f.key requires an argument but none provided"],
    ['f.text[0] = 1', "filter 'f.text[0]': f.text does not allow nor require an argument but one is provided: 0"],
    ['f.list[x] in (a)', 'filter f.list[x] f.list has an invalid index argument not composed only by digits: x'],
    ['f.list[01] in (a)', 'filter f.list[01] f.list has an invalid index argument starting with 0: 01'],
    ['f.text exists and not f.number = 1', true],
    ['f.number = 1 or f.number = 9 and f.text = x', false],
    ['(f.number = 1 or f.number = 9) and f.text exists', true],
    ['not not f.text exists', true],
    ['macro', "Undefined macro 'macro' used in filter."]
  ]
  for (const [text, want] of rows) {
    const found = judged(text, event)
    if (want === 'expected a number value') t.match(String(found), /^expected a number value or a field/, text)
    else t.equal(found, want, text)
  }
})

t.test('strings are compared by their bytes, as C does', async t => {
  const rows: readonly (readonly [string, FlatEvent, boolean])[] = [
    ['len(f.text) = 4', { 'f.text': 'né!' }, true],
    ['f.text glob n??!', { 'f.text': 'né!' }, true],
    ['f.text = né!', { 'f.text': 'né!' }, true],
    ['f.text regex n.!', { 'f.text': 'né!' }, true],
    ['f.text iglob "*É"', { 'f.text': 'ABÉ' }, true],
    ['f.text iglob "*É"', { 'f.text': 'é' }, false],
    ['f.text = "é\\xc3\\xa9\\x41"', { 'f.text': 'ééA' }, true],
    ['f.text in ("日本")', { 'f.text': '日本' }, true],
    ['toupper(f.text) = "NéX"', { 'f.text': 'néx' }, true]
  ]
  for (const [text, event, want] of rows) t.equal(judged(text, event), want, text)
})

t.test('the weight of a condition with very many parts', async t => {
  const { condition } = parseCondition('macro')
  const place = { offset: 0, line: 1, column: 1 }
  const children = condition ? Array.from({ length: 300_000 }, () => condition) : []
  t.match(conditionScale()({ kind: 'or', children, place }), { depth: 2 })
})

t.test('where a condition ends, and why', async t => {
  const rows: readonly (readonly [string, string, number, number])[] = [
    ['', 'filter input string is empty', 1, 1],
    ['a and', "expected blank or '(' after 'and'", 1, 6],
    ['a and ', "expected a '(' token, a field check, or an identifier", 1, 7],
    ['f.text = a\nxor b', "unexpected token after 'a', expecting 'or', 'and'", 2, 1],
    ['(a', "expected a ')' token", 1, 3],
    ['a and(b', "expected a ')' token", 1, 8],
    ['a andb', "expected blank or '(' after 'and'", 1, 6]
  ]
  for (const [text, message, line, column] of rows) {
    const { fault } = parseCondition(text)
    t.match(fault, { message, place: { line, column } }, text)
  }
  t.match(parseCondition(`${'('.repeat(5000)}a${')'.repeat(5000)}`).fault, { message: /max depth limit of 1000/ })
  t.ok(parseCondition(`${'('.repeat(990)}a${')'.repeat(990)}`).condition)
  const long = parseCondition(Array.from({ length: 20_000 }, (_, n) => `f.text = a${n}`).join(' or\n'))
  t.equal(long.condition?.kind, 'or')
})

t.test('a condition that is printed says the same', async t => {
  const rows: readonly (readonly [string, string])[] = [
    ['a and b or not(c)', '((a and b) or not c)'],
    ['f.key[a]="x y" and f.list in (a,"b c")', '(f.key[a] = "x y" and f.list in (a, "b c"))'],
    ['f.text startswith  oneof (a, b)', 'f.text startswith oneof (a, b)'],
    ['f.text = tolower(f.other)', 'f.text = tolower(f.other)'],
    ['join("-",(f.text,f.other)) != val(f.text)', 'join(-, (f.text, f.other)) != val(f.text)'],
    ["f.text = 'it\\'s \\\\ \"so\"\\n'", 'f.text = "it\'s \\\\ \\"so\\"\\n"']
  ]
  for (const [text, want] of rows) {
    const { condition } = parseCondition(text)
    t.equal(condition && printCondition(condition), want, text)
  }
})

const cases = join(shared, 'parser_cases.jsonl')
const absent = existsSync(cases) ? false : `${cases} is not there`

t.test("Falco's own cases for its parser", { skip: absent }, async t => {
  const lines = readFileSync(cases, 'utf8').split('\n').filter(Boolean)
  let differences = 0
  for (const line of lines) {
    const { expr, expect } = JSON.parse(line) as { expr: string; expect: string } // as: the shape of the table
    const found = parseCondition(expr).condition ? 'accept' : 'reject'
    if (found !== expect) differences += 1
    if (found !== expect) t.fail(`${expr} is ${expect}`)
  }
  t.equal(differences, 0, `${lines.length} conditions`)
})

t.test('no text breaks the parser', async t => {
  const words = fc.constantFrom(
    'and',
    'or',
    'not',
    ' ',
    '(',
    ')',
    'f.text',
    '=',
    'in',
    '"',
    "'",
    '\\',
    'oneof',
    ',',
    'a',
    '[',
    ']',
    '<',
    'val(',
    'join(',
    '\n',
    'exists',
    'é',
    '\0'
  )
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), parts => {
      const { condition, fault } = parseCondition(parts.join(''))
      if (condition) compileCondition(condition, fieldMemo(flatSource))
      return condition !== undefined || fault.message !== ''
    }),
    { numRuns: process.env.AUDITPATCH_LONG ? 100_000 : 2000 }
  )
  t.pass('each is a condition, or told why it is none')
})

t.test('an event cannot make a pattern take long', async t => {
  const text = 'a'.repeat(20_000)
  const rows = [
    "f.text regex '(a*)*(a|aa)+b'",
    'f.text glob *a*a*a*a*a*b',
    "f.text iglob '*a*a*a*a*a*a*b'",
    'f.text pmatch (*a*a*a*a*b)'
  ]
  for (const condition of rows) t.equal(judged(condition, { 'f.text': text }), false, condition)
})

t.test('patterns as those of fnmatch', async t => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['a*c', 'abbc', true],
    ['*', '', true],
    ['?', '', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[^a-c]x', 'dx', true],
    ['[]a]', ']', true],
    ['[[:digit:]-]*', '-5', true],
    ['[a', '[a', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a/*', 'a/b/c', true],
    ['a\\', 'a', false],
    ['[\\]]', ']', true]
  ]
  for (const [pattern, text, want] of rows) t.equal(fnmatcher(pattern)(text), want, `${pattern} and ${text}`)
})

t.test('outputs', async t => {
  const event: FlatEvent = {
    'f.text': 'né',
    'f.list': ['a', 'b'],
    'f.number': 5,
    'f.key[a b]': 'x',
    'f.text.longer': 'L'
  }
  const shown = (output: string): string => {
    const { format, fault } = compileFormat(output, fieldMemo(flatSource))
    return format ? format.message(event) : fault
  }
  const rows: readonly (readonly [string, string])[] = [
    ['who=%f.text, %f.list', 'who=né, (a,b)'],
    ['*%f.other', '<NA>'],
    ['%f.text.longer.x', 'L.x'],
    ['%5f.number|', '5    |'],
    ['%toupper(f.text)!', 'Né!'],
    ['%len(f.list)', '2'],
    [`${'%f.number'.repeat(3)}[0]`, 'invalid formatting token f.number%f.number%f.number[0]'],
    [`${'%f.list'.repeat(3)} [0]`, '(a,b)(a,b)(a,b) [0]'],
    [`%${'toupper('.repeat(50_000)}f.text`, 'exceeded max depth limit of 100'],
    ['%tolower(f.none)', 'invalid formatting token f.none)'],
    ['100%', 'invalid formatting syntax: formatting cannot end with a %'],
    ['%10', 'invalid formatting syntax: formatting cannot end with a number'],
    ['%none of it', 'invalid formatting token none of it'],
    ['', 'empty formatting token'],
    ['%f.text[0]', "filter 'f.text[0]': f.text does not allow nor require an argument but one is provided: 0"],
    ['%f.text,[0]', 'invalid formatting token f.text,[0]'],
    ['%f.key', "filter 'f.key': f.key requires an argument but none provided"]
  ]
  for (const [output, want] of rows) t.equal(shown(output), want, output)
  const { format } = compileFormat('%f.text %f.list[0] x', fieldMemo(flatSource))
  t.same(
    format?.fields.map(({ token }) => token),
    ['f.text', 'f.list[0]']
  )
})
