import { isDeepStrictEqual } from 'node:util'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import fc from 'fast-check'
import t from 'tap'
import { Lexer, parse } from 'yaml'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import { AuditError } from '../src/errors.ts'
import { dialectOptions } from '../src/text/dialect.ts'
import { editSource, valueOf } from '../src/text/edit.ts'
import { splice } from '../src/text/splice.ts'
import { formatPath, type Path } from '../src/text/locate.ts'
import { plainTokens } from '../src/text/lex.ts'
import { decodeText, MAX_BYTES, parseSource, positionAt, positionTable } from '../src/text/source.ts'
import { unifiedDiff } from '../src/text/unified-diff.ts'
import { applyOperations, type Operation, type Value } from '../src/text/value.ts'
import { isPlainSafe, writeScalar } from '../src/text/write-value.ts'
import { choices, type Dice, diceOf } from './fixtures/manifest/dice.ts'
import { lineSoup } from './fixtures/manifest/line-soup.ts'
import { type Data, writeRandom } from './fixtures/manifest/write-random.ts'

const RUNS = Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 150)

const refusal = (run: () => unknown): string => {
  try {
    run()
    return 'none'
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    const { code, position } = error
    return position ? `${code} ${position.line}:${position.column}` : code
  }
}

const read = (text: string): unknown => valueOf(parseSource(text, 'a.yaml', 'kubernetes'))

t.test('what cannot be read is refused with its place', async t => {
  const nine = (name: string): string => `[${Array(9).fill(`*${name}`).join(', ')}]`
  const bomb = 'bcdefgh'.split('').map((name, index) => `${name}: &${name} ${nine('abcdefgh'[index] ?? '')}\n`)
  const rows = [
    { name: 'a tab for indentation', in: 'a:\n\tb: 1\n', want: 'BROKEN_YAML 2:1' },
    { name: 'a tab on the last line', in: 'a: b\n\n \t', want: 'BROKEN_YAML 3:2' },
    { name: 'an open list', in: 'a: [b\n', want: 'BROKEN_YAML 2:1' },
    { name: 'an open quote', in: "b: ''\na: '''", want: 'BROKEN_YAML 2:4' },
    { name: 'a word and an open quote', in: "a: 'b''", want: 'BROKEN_YAML 1:4' },
    { name: 'an open quote with an escaped one', in: 'a: "b\\"', want: 'BROKEN_YAML 1:4' },
    { name: 'an open quote in a list', in: 'a: ["b\\\\\\"', want: 'BROKEN_YAML 1:11' },
    { name: 'a quote and an escape', in: 'a: "b\\\\"', want: 'none' },
    { name: 'escaped quotes', in: "a: ''''", want: 'none' },
    { name: 'a wrong indentation', in: 'a:\n- b\n c: d\n', want: 'BROKEN_YAML 2:3' },
    { name: 'a control character', in: 'a: "b\x01"\n', want: 'BROKEN_YAML 1:6' },
    { name: 'a control character in a comment', in: '# \x07\na: b\n', want: 'BROKEN_YAML 1:3' },
    { name: 'delete', in: 'a: b\x7f\n', want: 'BROKEN_YAML 1:5' },
    { name: 'a C1 control character', in: '# \x90\n', want: 'BROKEN_YAML 1:3' },
    { name: 'a lone carriage return', in: 'a: b # c\rd: e\n', want: 'BROKEN_YAML 1:9' },
    { name: 'a line separator', in: 'a: "b\u2028c"\n', want: 'BROKEN_YAML 1:6' },
    { name: 'a next line character', in: '# \x85a: b\n', want: 'BROKEN_YAML 1:3' },
    { name: 'a key twice', in: 'a: 1\nb: 2\na: 3\n', want: 'DUPLICATE_KEY 3:1' },
    { name: 'a key twice, once quoted', in: 'x: {a: 1, "a": 2}\n', want: 'DUPLICATE_KEY 1:11' },
    { name: 'a template in a mapping', in: 'a: {{ b }}\n', want: 'TEMPLATE 1:4' },
    { name: 'a template in quotes', in: 'a: "{{ b }}"\n', want: 'TEMPLATE 1:5' },
    { name: 'template statements', in: '{% if a %}\nb: c\n{% endif %}\n', want: 'TEMPLATE 1:1' },
    { name: 'embedded Ruby', in: 'a: <%= b %>\n', want: 'TEMPLATE 1:4' },
    { name: 'a variable that breaks the YAML', in: 'a: b\n${c}\nd: e\n', want: 'TEMPLATE 2:1' },
    { name: 'a template in a comment', in: '# {{ a }}\nb: c # <%= d %>\n', want: 'none' },
    { name: 'markers in a script', in: 'a: |\n  {{ b }} {% c %} <%= d %> ${e}\n', want: 'none' },
    { name: 'a template behind a script', in: 'a: |\n  {{ b }}\nc: {{ d }}\n', want: 'TEMPLATE 3:4' },
    { name: 'an alias to nothing', in: 'a: b\nc: *d\n', want: 'ALIAS 2:4' },
    { name: 'an alias inside of what it stands for', in: 'a: &a {b: [*a]}\n', want: 'ALIAS 1:12' },
    { name: 'a mapping inside of itself', in: '&a a: &b\n  c: *b\n', want: 'ALIAS 2:6' },
    { name: 'an alias for a key', in: 'a: &a b\n*a : c\n', want: 'ALIAS 2:1' },
    { name: 'a list for a key', in: 'a: b\n? [c]\n: d\n', want: 'BROKEN_YAML 2:3' },
    { name: 'a key that is a mapping, and more', in: `${'? '.repeat(400)}a\n`, want: 'BROKEN_YAML 1:3' },
    { name: 'a key twice behind a fault', in: 'a: b: c\nd: 1\nd: 2\n', want: 'BROKEN_YAML 1:4' },
    { name: 'a key twice before a fault', in: 'd: 1\nd: 2\na: b: c\n', want: 'DUPLICATE_KEY 2:1' },
    { name: 'a word for merging as a value', in: 'a: !!merge <<\n', want: 'none' },
    { name: 'aliases that multiply', in: `a: &a x\n${bomb.join('')}`, want: 'ALIAS 2:8' },
    { name: 'a byte order mark takes no column', in: '\uFEFFa: {{ b }}\n', want: 'TEMPLATE 1:4' },
    { name: 'a fault in a later document', in: 'a: b\n---\nc: [\n', want: 'none' },
    { name: 'nothing', in: '', want: 'none' }
  ]
  for (const { name, in: text, want } of rows)
    t.equal(
      refusal(() => read(text)),
      want,
      name
    )
})

t.test('tags that no data of Kubernetes has are but words', async t => {
  const text = 'a: !!binary aGk=\nb: !!set {c}\nd: !!timestamp 2001-12-14\ne: !!omap [f: 1]\ng: !!merge <<\n'
  t.same(read(text), { a: 'aGk=', b: { c: null }, d: '2001-12-14', e: [{ f: 1 }], g: '<<' })
  const source = parseSource(`${text}l:\n- x\n`, 'a.yaml', 'kubernetes')
  const edited = editSource(source, [{ kind: 'insert-item', path: ['l'], index: 1, value: 'z' }])
  t.equal(edited.text, `${text}l:\n- x\n- z\n`)
})

t.test('what goes below a key with a tag or an anchor stands below it', async t => {
  for (const property of ['!!str', '&k', '&k !!str', '!!str &k']) {
    const text = `a:\n    ${property} k: b\n`
    const source = parseSource(text, 'a.yaml', 'kubernetes')
    const add: Operation = { kind: 'add-key', path: ['a'], key: 'new', value: 'x' }
    t.equal(editSource(source, [add]).text, `${text}    new: x\n`, property)
  }
})

t.test('what is added behind a value that is a tag alone stands behind the tag', async t => {
  const rows = [
    { in: '{"a": {"b": !!str}}', want: '{"a": {"b": !!str, "new": "x"}}' },
    { in: '{"a": {\n  "b": !!str\n}}', want: '{"a": {\n  "b": !!str,\n  "new": "x"\n}}' },
    { in: '{"a": {"b": &k !!null }}', want: '{"a": {"b": &k !!null, "new": "x" }}' },
    { in: 'a:\n  b:\n    !!str\n', want: 'a:\n  b:\n    !!str\n  new: x\n' }
  ]
  for (const { in: text, want } of rows) {
    const source = parseSource(text, 'a.yaml', 'kubernetes')
    t.equal(editSource(source, [{ kind: 'add-key', path: ['a'], key: 'new', value: 'x' }]).text, want)
  }
})

t.test('a key is not added in front of a comment that the parser would not take there', async t => {
  const rows = [
    { in: 'a: {\n  z: # 0\n# 1\n  }\n', want: 'BAD_MANIFEST 3:1' },
    { in: 'a: {\n  z:\n# 1\n# 2\n  }\n', want: 'BAD_MANIFEST 3:1' },
    { in: 'a: {\n  z: # 0\n # 1\n  }\n', want: 'none' }
  ]
  for (const { in: text, want } of rows) {
    const source = parseSource(text, 'a.yaml', 'kubernetes')
    t.equal(
      refusal(() => editSource(source, [{ kind: 'add-key', path: ['a'], key: 'new', value: 'x' }])),
      want
    )
  }
})

t.test('a table of positions gives those of positionAt', async t => {
  for (const text of ['', 'a', '\n', 'a\nbc\n\nd', '\uFEFFa\r\nb', '\uFEFF\n\n'])
    for (let offset = 0, at = positionTable(text); offset <= text.length + 1; offset += 1)
      t.same(at(offset), positionAt(text, offset), `${JSON.stringify(text)} ${offset}`)
})

t.test('what comes in front of the first item of a list in brackets leaves its line as it is', async t => {
  const rows = [
    { in: 'a: [\n   x,\n    y,\n    z\n  ]\n', want: 'a: [\n   new,\n   x,\n    y,\n    z\n  ]\n' },
    { in: '{"a": [\n\t"x",\n# y\n\t"z"\n]}\n', want: '{"a": [\n\t"new",\n\t"x",\n# y\n\t"z"\n]}\n' },
    { in: 'a: [x, y]\n', want: 'a: [new, x, y]\n' }
  ]
  for (const { in: text, want } of rows) {
    const source = parseSource(text, 'a.yaml', 'kubernetes')
    const added = editSource(source, [{ kind: 'insert-item', path: ['a'], index: 0, value: 'new' }])
    t.equal(added.text, want)
    t.equal(editSource(added, [{ kind: 'remove-item', path: ['a'], index: 0 }]).text, text)
  }
})

t.test('an item behind a block scalar that ends a text goes with the line break that came with it', async t => {
  for (const eol of ['\n', '\r\n']) {
    const text = ['a:', '- |-', '  text'].join(eol)
    const source = parseSource(text, 'a.yaml', 'kubernetes')
    const added = editSource(source, [{ kind: 'insert-item', path: ['a'], index: 1, value: 'new' }])
    t.equal(added.text, `${text}${eol}- new`)
    t.equal(editSource(added, [{ kind: 'remove-item', path: ['a'], index: 1 }]).text, text)
  }
})

t.test('an item that takes the place of the last one leaves a block scalar in front of it as it was', async t => {
  const operations: Operation[] = [
    { kind: 'remove-item', path: ['a'], index: 1 },
    { kind: 'insert-item', path: ['a'], index: 2, value: 'new' }
  ]
  for (const [header, rest] of [
    ['|+', '\n'],
    ['|+', '\n\n'],
    ['|', '\n    # deep\n'],
    ['>-', '\n\nb: c\n'],
    ['|+', '']
  ]) {
    const source = parseSource(`a:\n- ${header}\n  text\n- old${rest}`, 'a.yaml', 'kubernetes')
    t.equal(editSource(source, operations).text, `a:\n- ${header}\n  text\n- new${rest}`, `${header} ${rest}`)
  }
})

t.test('a block scalar stays as it was, however many lines behind it go', async t => {
  const gone = (...indexes: readonly number[]): Operation[] =>
    indexes.map(index => ({ kind: 'remove-item' as const, path: ['a'], index }))
  const rows = [
    {
      name: 'a comment behind two',
      in: 'a:\n- |-\n  x\n- 1\n- 2\n  # c\n- 3\n',
      of: gone(1, 2),
      want: 'a:\n- |-\n  x\n- 3\n'
    },
    {
      name: 'one behind each',
      in: 'a:\n- |\n  x\n- 1\n  # c\n- 2\n  # d\nb: 1\n',
      of: gone(2, 1),
      want: 'a:\n- |\n  x\nb: 1\n'
    },
    {
      name: 'one that ends it',
      in: 'a:\n- |\n  x\n- 1\n# c\n- 2\n  # d\n',
      of: gone(1, 2),
      want: 'a:\n- |\n  x\n# c\n  # d\n'
    },
    {
      name: 'one behind what stays',
      in: 'a:\n- |\n  x\n- 1\n- 2\n- 3\n  # c\n',
      of: gone(1, 2),
      want: 'a:\n- |\n  x\n- 3\n  # c\n'
    },
    {
      name: 'a blank line behind one whose blank lines count',
      in: 'a:\n- |+\n  x\n- 1\n\n- 2\n',
      of: gone(1),
      want: 'a:\n- |+\n  x\n- 2\n'
    },
    {
      name: 'a blank line behind one whose blank lines do not',
      in: 'a:\n- |\n  x\n- 1\n\n- 2\n',
      of: gone(1),
      want: 'a:\n- |\n  x\n\n- 2\n'
    },
    {
      name: 'one behind lines that begin with spaces',
      in: 'a:\n- |2\n    x\n- 1\n- 2\n  # c\n- 3\n',
      of: gone(1, 2),
      want: 'a:\n- |2\n    x\n- 3\n'
    },
    { name: 'to the end of the text', in: 'a:\n- |\n  x\n- 1\n- 2', of: gone(1, 2), want: 'a:\n- |\n  x\n' },
    { name: 'the same, stripped', in: 'a:\n- |-\n  x\n- 1\n- 2', of: gone(1, 2), want: 'a:\n- |-\n  x' },
    {
      name: 'one behind an item that is added',
      in: 'a:\n- |\n  x\n- 1\n- 2\n  # c\n',
      of: [...gone(1, 2), { kind: 'insert-item', path: ['a'], index: 3, value: 'new' } satisfies Operation],
      want: 'a:\n- |\n  x\n- new\n  # c\n'
    },
    {
      name: 'one behind another that takes its place',
      in: 'a:\n- |\n  x\n- 1\n  # c\n',
      of: [...gone(1), { kind: 'replace', path: ['a', 0], value: 'plain' } satisfies Operation],
      want: 'a:\n- plain\n  # c\n'
    }
  ]
  for (const eol of ['\n', '\r\n'])
    for (const { name, in: text, of, want } of rows) {
      const source = parseSource(text.replaceAll('\n', eol), 'a.yaml', 'kubernetes')
      t.equal(editSource(source, of).text, want.replaceAll('\n', eol), name)
    }
})

t.test('a line of a tab goes where it would be no YAML any more, and is told where it is in the way', t => {
  const last: Operation = { kind: 'remove-item', path: ['a'], index: 1 }
  const rows: readonly { in: string; of: readonly Operation[]; want: string }[] = [
    { in: 'a:\n- x\n\t\n- y', of: [last], want: 'a:\n- x' },
    { in: 'a:\n- x\n\n  \t\n\n- y', of: [last], want: 'a:\n- x' },
    { in: 'a:\n- x\n\t\n- y\n', of: [last], want: 'a:\n- x\n\t\n' },
    { in: 'a:\n- x\n\n- y', of: [last], want: 'a:\n- x\n' },
    { in: 'a:\n # c\n\t\n - x', of: [{ ...last, index: 0 }], want: 'a: []\n # c' },
    {
      in: 'a:\n- x\n\t\n- y',
      of: [last, { kind: 'insert-item', path: ['a'], index: 1, value: 'z' }],
      want: 'a:\n- x\n- z'
    },
    { in: 'a:\n- |-\n  x\n- y\n\t\n- z\n', of: [last], want: 'a:\n- |-\n  x\n- z\n' },
    {
      in: 'a:\n k: !!str\n l: ~\n\t\n m: x\n',
      of: [{ kind: 'remove-key', path: ['a'], key: 'l' }],
      want: 'BAD_MANIFEST 4:1'
    }
  ]
  for (const { in: text, of, want } of rows) {
    let found = ''
    const told = refusal(() => {
      found = editSource(parseSource(text, 'a.yaml', 'kubernetes'), of).text
    })
    t.equal(told === 'none' ? found : told, want, JSON.stringify(text))
  }
  t.end()
})

t.test('whatever lines stand behind a block scalar, items can be added there, and go without a trace', t => {
  const lines = ['  x', '    y', '# c', '  # c', '   # d', '', '  ', '     ', ' ']
  const some = ['', ...lines.map(line => `${line}\n`)]
  for (const header of ['|', '|-', '|+', '>', '>+', '|2', '|2-', '|1+']) {
    const texts = some.flatMap(own => some.map(behind => `a:\n- ${header}\n${own}- old\n${behind}`))
    const tried = texts.flatMap(text => [text, text.slice(0, -1), text.replaceAll('\n', '\r\n')]).map(triedBehind)
    t.same(
      tried.filter(each => !['done', 'BAD_MANIFEST', 'BROKEN_YAML'].includes(each)),
      [],
      header
    )
    t.ok(tried.filter(each => each === 'done').length > tried.length / 2, `${header}: most can be edited`)
  }
  t.end()
})

// that an edit means what was planned is looked at by editSource itself
const triedBehind = (text: string): string => {
  const remove = (index: number): Operation => ({ kind: 'remove-item', path: ['a'], index })
  const insert = (index: number): Operation => ({ kind: 'insert-item', path: ['a'], index, value: 'new' })
  try {
    const source = parseSource(text, 'a.yaml', 'kubernetes')
    editSource(source, [remove(1)])
    editSource(source, [remove(1), insert(2)])
    const back = [1, 2].map(index => editSource(editSource(source, [insert(index)]), [remove(index)]).text)
    return back.every(each => each === text) ? 'done' : `other bytes: ${JSON.stringify(text)}`
  } catch (error) {
    const code = error instanceof AuditError ? error.code : String(error)
    return ['BAD_MANIFEST', 'BROKEN_YAML'].includes(code) ? code : `${code}: ${JSON.stringify(text)}`
  }
}

t.test('a hundred thousand keys, faults or aliases are read in the time of reading', async t => {
  const many = (line: (at: number) => string): string => Array.from({ length: 40_000 }, (_, at) => line(at)).join('\n')
  const rows = [
    { name: 'keys', in: many(at => `k${at}: v`), want: 'none' },
    { name: 'aliases that are faults', in: `a: b\n${many(() => '*a')}`, want: 'BROKEN_YAML 2:1' },
    { name: 'words that are faults', in: `a: b\n${many(() => 'x')}`, want: 'BROKEN_YAML 2:1' },
    { name: 'aliases that lead nowhere', in: many(at => `k${at}: *a`), want: 'ALIAS 1001:8' },
    {
      name: 'an alias each of an anchor',
      in: many(at => `k${at}: &a${at} v\nl${at}: *a${at}`).slice(0, 400_000),
      want: 'ALIAS 2002:8'
    }
  ]
  for (const { name, in: text, want } of rows)
    t.equal(
      refusal(() => read(text)),
      want,
      name
    )
})

t.test('nesting beyond all sense ends soon', async t => {
  const deep = 100_000
  const rows = [
    { name: 'open lists', in: '['.repeat(deep), want: 'TOO_DEEP 1:501' },
    { name: 'lists', in: '['.repeat(deep) + ']'.repeat(deep), want: 'TOO_DEEP 1:501' },
    { name: 'mappings', in: '{a: '.repeat(deep), want: 'TOO_DEEP 1:2001' },
    { name: 'dashes', in: '- '.repeat(deep), want: 'TOO_DEEP 1:1' },
    {
      name: 'indentation',
      in: Array.from({ length: 4000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      want: /^TOO_(DEEP|LARGE)/
    },
    { name: 'more items than a parser is given', in: `a:\n${'- - - -\n'.repeat(60_000)}`, want: 'TOO_LARGE' },
    { name: 'as many dashes in a block of text', in: `a: |\n${'  - - - -\n'.repeat(50_000)}`, want: 'none' },
    { name: 'many brackets in a string', in: `a: "${'['.repeat(deep)}"\n`, want: 'none' },
    { name: 'many small lists', in: `a: [${'[], '.repeat(2000)}]\n`, want: 'none' }
  ]
  for (const { name, in: text, want } of rows) {
    // of the processor: what others do on the machine is not measured
    const start = process.cpuUsage()
    const found = refusal(() => read(text))
    if (typeof want === 'string') t.equal(found, want, name)
    else t.match(found, want, name)
    const { user, system } = process.cpuUsage(start)
    t.ok(user + system < 4e6, `${name}: in time, ${(user + system) / 1e6} s of the processor`)
  }
})

t.test('bytes that are no text', async t => {
  t.equal(
    refusal(() => decodeText(new Uint8Array([0x61, 0xff]), 'a')),
    'NOT_UTF8'
  )
  t.equal(
    refusal(() => decodeText(new Uint8Array(MAX_BYTES + 1), 'a')),
    'TOO_LARGE'
  )
  t.equal(decodeText(new TextEncoder().encode('\uFEFFé'), 'a'), '\uFEFFé')
  t.equal(decodeText(new Uint8Array(MAX_BYTES).fill(0x20), 'a').length, MAX_BYTES)
})

t.test('plain scalars are read as Kubernetes reads them', async t => {
  const rows: readonly [string, unknown][] = [
    ['yes', true],
    ['Off', false],
    ['y', true],
    ['nO', 'nO'],
    ['010', 8],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['-5', -5],
    ['08', 8],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['22:22', '22:22'],
    ['2020-01-01', '2020-01-01'],
    ['~', null],
    ['', null],
    ['Null', null],
    ['nULL', 'nULL'],
    ['.inf', Infinity],
    ['1e999', '1e999'],
    ['-1e999', '-1e999'],
    ['"yes"', 'yes'],
    ["'010'", '010']
  ]
  for (const [text, want] of rows) t.same(read(`a: ${text}\n`), { a: want }, text === '' ? 'nothing' : text)
  t.same(parse('a: yes', dialectOptions('plain')), { a: 'yes' })
})

t.test('small things', async t => {
  t.equal(formatPath(['spec', 'containers', 0, 'command', 3]), 'spec.containers[0].command[3]')
  t.equal(formatPath(['']), '[""]', 'a key without a character has a name too')
  t.equal(formatPath(['a', '', 'b']), 'a[""].b')
  t.same(positionAt('ab\r\ncd', 5), { line: 2, column: 2 })
  t.same(positionAt('\uFEFFab', 1), { line: 1, column: 1 })
  t.equal(splice('abc', [{ start: 1, end: 2, text: 'X' }]), 'aXc')
  t.equal(
    refusal(() =>
      splice('abc', [
        { start: 0, end: 2, text: '' },
        { start: 1, end: 3, text: '' }
      ])
    ),
    'IMPOSSIBLE'
  )
  t.equal(unifiedDiff('/a', 'x\n', 'x\n'), '')
  // a file that is all new, or all gone, is written without a comparison, and as the comparison would
  const texts = fc.array(fc.constantFrom('a', '+', '-', '\\', ' ', '\n', '\r\n', '\r', 'é'), { minLength: 1 })
  fc.assert(
    fc.property(texts, parts => {
      const text = parts.join('')
      const options = { context: 3, headerOptions: FILE_HEADERS_ONLY }
      const made = createTwoFilesPatch('/dev/null', 'b/x', '', text, undefined, undefined, options)
      const gone = createTwoFilesPatch('a/x', '/dev/null', text, '', undefined, undefined, options)
      return unifiedDiff('/x', null, text) === made && unifiedDiff('/x', text, null) === gone
    })
  )
  t.match(unifiedDiff('/a', null, 'x\n'), /^--- \/dev\/null\n\+\+\+ b\/a\n@@ -0,0 \+1,1 @@\n\+x\n$/)
})

t.test('written scalars are read back as they were', async t => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('yes', '~', '0x1', '-', '--a=b', 'a: b', 'a #b', '1e3', '', ' ', 'a:'),
    // what no text may hold, and what only one of the YAML versions takes for a line break
    fc.constantFrom('a\x7fb', '\x85', 'a\u2028b\u2029', '\ufeffa', '\ufffe', '\r\n', '\x9f', '\0')
  )
  fc.assert(
    fc.property(
      text,
      fc.constantFrom('plain' as const, 'single' as const, 'double' as const),
      fc.boolean(),
      (value, quote, flow) => {
        const written = writeScalar(value, quote, flow)
        t.same(read(flow ? `[${written}]\n` : `- ${written}\n`), [value])
        if (isPlainSafe(value, flow))
          t.same(parse(flow ? `[${value}]` : value, { version: '1.1' }), flow ? [value] : value)
      }
    ),
    { numRuns: RUNS, seed: 3 }
  )
})

const leaf = (dice: Dice): Data => dice.one<Data>(['a', 'x y', '--flag=1', 'yes', '1', '', 'a: b', '/p', 1, true, null])

const randomData = (dice: Dice, depth: number): Data => {
  const kind = depth === 0 ? 0 : dice.pick(4)
  if (kind === 1) return Array.from({ length: dice.pick(4) }, () => randomData(dice, depth - 1))
  if (kind > 1) return randomMap(dice, depth)
  return leaf(dice)
}

const randomMap = (dice: Dice, depth: number): { [key: string]: Data } =>
  Object.fromEntries(
    dice.some(['a', 'b', 'c', 'key', 'z', 'x-y'], 50).map(key => [key, randomData(dice, depth - 1)] as const)
  )

interface Place {
  readonly path: Path
  readonly value: Data
}

const placesIn = (value: Data, path: Path): Place[] => {
  const below = Array.isArray(value)
    ? value.flatMap((item: Data, index) => placesIn(item, [...path, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))
      : []
  return [{ path, value }, ...below]
}

const operationAt = ({ path, value }: Place, dice: Dice): Operation[] => {
  if (Array.isArray(value)) {
    const inserts = dice.some(
      Array.from({ length: value.length + 1 }, (_, index) => index),
      30
    )
    const removed = dice.some(
      Array.from({ length: value.length }, (_, index) => index),
      25
    )
    return [
      ...inserts.map(index => ({ kind: 'insert-item' as const, path, index, value: randomData(dice, 2) as Value })),
      ...removed.map(index => ({ kind: 'remove-item' as const, path, index }))
    ]
  }
  if (typeof value === 'object' && value !== null) {
    const adding = ['a', 'd', 'zz'].filter(key => !Object.hasOwn(value, key) || value[key as never] === null)
    const removed = dice.some(Object.keys(value), 20)
    // a mapping that loses every key is removed as a whole by its owner
    const isEmptied = removed.length === Object.keys(value).length
    return [
      ...dice
        .some(adding, 25)
        .flatMap(key =>
          Object.keys(value).length === 0
            ? []
            : [{ kind: 'add-key' as const, path, key, value: [randomData(dice, 1)] as Value }]
        ),
      ...(isEmptied ? [] : removed.map(key => ({ kind: 'remove-key' as const, path, key })))
    ]
  }
  return typeof value === 'string' && dice.chance(15) && path.length > 0
    ? [{ kind: 'replace', path, value: dice.one(['new', 'x: y', 'no', "it's", 'a, b']) }]
    : []
}

// no operation within what another one takes away or fills
const independent = (operations: readonly Operation[]): Operation[] => {
  const gone = operations.flatMap(operation =>
    operation.kind === 'remove-item'
      ? [[...operation.path, operation.index]]
      : operation.kind === 'remove-key' || operation.kind === 'add-key'
        ? [[...operation.path, operation.key]]
        : []
  )
  const isWithin = (path: Path): boolean => gone.some(each => isDeepStrictEqual(each, path.slice(0, each.length)))
  const keys = new Set<string>()
  return operations.filter(operation => {
    if (isWithin(operation.path)) return false
    if (operation.kind !== 'add-key' && operation.kind !== 'remove-key') return true
    const key = JSON.stringify([operation.path, operation.key])
    return keys.has(key) ? false : (keys.add(key), true)
  })
}

// the first line of a manifest is no audit setting
const isOffTheFirstLine = (operation: Operation): boolean =>
  !(operation.kind === 'remove-key' && operation.key === 'head')

t.test('edits mean what they say and leave the rest', async t => {
  for (const seed of [5, 6]) {
    const count = { done: 0, refused: 0 }
    fc.assert(
      fc.property(choices, numbers => {
        const dice = diceOf(numbers)
        const data = { head: 'v1', ...randomMap(dice, 4), last: leaf(dice) }
        const text = writeRandom(data, dice)
        const source = parseSource(text, 'a.yaml', 'kubernetes')
        const before = valueOf(source)
        const operations = independent(
          placesIn(before as Data, [])
            .flatMap(place => operationAt(place, dice))
            .filter(isOffTheFirstLine)
        )
        let after = ''
        try {
          after = editSource(source, operations).text
        } catch (error) {
          if (!(error instanceof AuditError) || error.code !== 'BAD_MANIFEST') throw error
          count.refused += 1
          return
        }
        count.done += 1
        const found: unknown = valueOf(parseSource(after, 'b.yaml', 'kubernetes'))
        if (!isDeepStrictEqual(found, applyOperations(before, operations))) throw new Error('another meaning')
        const isInsertion = operations.every(({ kind }) => kind === 'insert-item')
        const lines = (all: string): string[] => all.split(/\r?\n/).filter(line => /^\s*#/.test(line))
        if (isInsertion && lines(after).join('\n') !== lines(text).join('\n')) throw new Error('a comment was lost')
      }),
      { numRuns: RUNS, seed }
    )
    t.ok(count.done > count.refused * 4, `seed ${seed}: ${count.done} edited, ${count.refused} refused`)
  }
})

t.test('what is added between odd lines goes without a trace, and what goes leaves the rest', async t => {
  const count = { done: 0, refused: 0, noYaml: 0 }
  fc.assert(
    fc.property(choices, numbers => {
      const dice = diceOf(numbers)
      const text = lineSoup(dice)
      try {
        const source = parseSource(text, 'a.yaml', 'kubernetes')
        const { a } = Object(valueOf(source))
        const keys = Object.keys(Object(a))
        const isList = Array.isArray(a)
        const value = dice.one<Value>(['v', 'yes', { p: 'q', r: ['s'] }, ['u']])
        const index = dice.pick(keys.length + 1)
        const [adding, removing] = oneAdded(isList, index, value)
        const back = editSource(editSource(source, [adding]), [removing]).text
        if (back !== text) throw new Error(`other bytes: ${JSON.stringify(back)}`)
        // without any entry a mapping is null
        const gone = dice.some([...keys.entries()].slice(isList ? 0 : 1), 50)
        const removals = gone.map(([at, key]): Operation =>
          isList ? { kind: 'remove-item', path: ['a'], index: at } : { kind: 'remove-key', path: ['a'], key }
        )
        editSource(source, removals)
        editSource(source, [...removals, adding])
        count.done += 1
      } catch (error) {
        if (!(error instanceof AuditError) || !['BROKEN_YAML', 'BAD_MANIFEST', 'ALIAS'].includes(error.code))
          throw error
        count[error.code === 'BROKEN_YAML' ? 'noYaml' : 'refused'] += 1
      }
    }),
    { numRuns: 4 * RUNS, seed: 8 }
  )
  t.ok(count.done > 2 * RUNS, JSON.stringify(count))
})

const oneAdded = (isList: boolean, index: number, value: Value): readonly [Operation, Operation] =>
  isList
    ? [
        { kind: 'insert-item', path: ['a'], index, value },
        { kind: 'remove-item', path: ['a'], index }
      ]
    : [
        { kind: 'add-key', path: ['a'], key: 'new', value },
        { kind: 'remove-key', path: ['a'], key: 'new' }
      ]

t.test('anchors, aliases and rare forms are refused where they are touched', async t => {
  const add: Operation = { kind: 'insert-item', path: ['a', 'b'], index: 1, value: 'new' }
  const remove: Operation = { kind: 'remove-item', path: ['a', 'b'], index: 0 }
  const key: Operation = { kind: 'add-key', path: ['a'], key: 'new', value: ['x'] }
  const rows: readonly { name: string; in: string; operation: Operation; want: string }[] = [
    { name: 'an anchor on the list', in: 'a:\n  b: &x [c]\n', operation: add, want: 'ALIAS 2:9' },
    { name: 'an anchor above', in: 'a: &x\n  b: [c]\n', operation: add, want: 'ALIAS 2:3' },
    { name: 'an alias for the list', in: 'x: &x [c]\na:\n  b: *x\n', operation: add, want: 'ALIAS 3:6' },
    { name: 'a merge key above', in: 'x: &x {c: d}\na:\n  <<: *x\n  b: [c]\n', operation: add, want: 'ALIAS 3:3' },
    { name: 'a merge key beside', in: 'x: &x {c: d}\na:\n  <<: *x\n', operation: key, want: 'ALIAS 3:3' },
    { name: 'an item with an anchor goes', in: 'a:\n  b:\n  - &x c\n  - d\n', operation: remove, want: 'ALIAS 3:8' },
    { name: 'an alias goes', in: 'x: &x 1\na:\n  b:\n  - *x\n  - d\n', operation: remove, want: 'ALIAS 4:5' },
    { name: 'an anchor in another item', in: 'a:\n  b:\n  - &x c\n', operation: add, want: 'none' },
    { name: 'an alias elsewhere', in: 'x: &x c\na:\n  b: [c]\n  d: *x\n', operation: add, want: 'none' },
    { name: 'a merge key elsewhere', in: 'x: &x {c: d}\ny:\n  <<: *x\na:\n  b: [c]\n', operation: add, want: 'none' },
    { name: 'an anchor below another key', in: 'a:\n  b: &x [c]\n', operation: key, want: 'none' },
    { name: 'an explicit key', in: 'a:\n  ? b\n  : [c]\n', operation: add, want: 'BAD_MANIFEST 2:5' },
    { name: 'an explicit key elsewhere', in: 'x:\n  ? b\n  : [c]\na: {b: [c]}\n', operation: add, want: 'none' },
    { name: 'a tag goes', in: 'a:\n  b: [!!str c, d]\n', operation: remove, want: 'BAD_MANIFEST 2:13' },
    {
      name: 'a list in a list on one line',
      in: 'a:\n  b:\n  - - c\n',
      operation: { kind: 'remove-item', path: ['a', 'b', 0], index: 0 },
      want: 'BAD_MANIFEST 3:5'
    }
  ]
  for (const { name, in: text, operation, want } of rows) {
    t.equal(
      refusal(() => editSource(parseSource(text, 'a.yaml', 'kubernetes'), [operation])),
      want,
      name
    )
  }
})

t.test('plain lines have the tokens that the lexer finds', async t => {
  const lines = fc.constantFrom(
    ...['a: b', '- a: b', '- - x', '  a:', '    c: "q"', '  - --x=y', '- v', 'k:', '  k: {}', '      d: e', '    - z'],
    ...[
      '- "q"',
      '- {}',
      'x: a:b',
      '- -',
      '---',
      '...',
      '# c',
      'a: b # c',
      "'s': t",
      'a: b c',
      '- a:',
      '  - - k: --v',
      ''
    ]
  )
  const parts = fc.constantFrom(...'ab:- \n#"\'{}[],&*!|>?%@`\t./=1~\r\u2028')
  let plain = 0
  const isSame = (text: string): boolean => {
    const tokens = plainTokens(text)
    if (!tokens) return true
    plain += 1
    return isDeepStrictEqual(tokens, [...new Lexer().lex(text)])
  }
  const options = { numRuns: 20 * RUNS }
  fc.assert(
    fc.property(fc.array(lines), all => isSame(all.map(line => `${line}\n`).join(''))),
    options
  )
  fc.assert(
    fc.property(fc.array(parts), all => isSame(`${all.join('')}\n`)),
    options
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(lines, parts)), all => isSame(`${all.join('')}\n`)),
    options
  )
  t.ok(plain > RUNS, `${plain} texts of plain lines`)
  t.ok(isSame(EXAMPLE_MANIFEST) && plainTokens(EXAMPLE_MANIFEST), "kubeadm's manifest is one")
})
