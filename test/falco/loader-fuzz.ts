import t from 'tap'
import { describeRules } from '../../src/falco/describe-rules.ts'
import { falcoDescriptionLines } from '../../src/render/falco-description.ts'
import { validationJson, validationText } from '../../src/render/falco-validation.ts'
import { load } from './load.ts'
import { REFUSED, TAKEN } from './loader-rows.ts'

const runs = process.env.AUDITPATCH_LONG === '1' ? 10_000 : 300

// the same rules each time: a failure can be tried again
const random = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const textsOf = (rows: readonly { readonly in: string | readonly string[] }[]): string[] =>
  rows.flatMap(({ in: given }) => given).filter(text => text.length < 2000)
const [good, bad] = [textsOf(TAKEN), textsOf(REFUSED)]
const BITS = [
  ...[
    '- ',
    '\n',
    '  ',
    ': ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '~',
    '\t',
    '|\n',
    '>\n',
    '---\n',
    '\0',
    '\uFEFF',
    'é',
    '\ud800'
  ],
  ...[
    'and ',
    'or ',
    'not ',
    '(',
    ')',
    '=',
    ' in (',
    ',',
    '%',
    'l',
    'm',
    'evt.type',
    'proc.name',
    '<NA>',
    '\\',
    '[0]',
    'oneof'
  ],
  ...[
    'append: true\n',
    'override: {condition: append}\n',
    'exceptions: [{name: e}]\n',
    'enabled: x\n',
    '- macro: m\n',
    '- list: l\n',
    '- rule: r\n'
  ],
  ...['__proto__', 'constructor', '9'.repeat(400), 'x'.repeat(3000)]
]

t.test(`${runs} mutated rules files: each is taken or refused`, async t => {
  const below = random(7)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T // as: the lists have elements
  let taken = 0
  let failure: unknown
  for (let run = 0; run < runs && failure === undefined; run += 1) {
    let text = pick(below(8) === 0 ? bad : good) + (below(2) === 0 ? pick(good) : '')
    for (let count = run % 4; count > 0; count -= 1) {
      const at = below(text.length + 1)
      text = text.slice(0, at) + (below(3) === 0 ? '' : pick(BITS)) + text.slice(at + (below(2) === 0 ? below(12) : 0))
    }
    try {
      const loaded = load([text], { goesOn: true })
      const contents = new Map([['a.yaml', text]])
      if (loaded.isSuccessful) taken += 1
      for (const rule of loaded.rules) rule.test(null)
      validationText(loaded.results, contents)
      const json = JSON.stringify(validationJson(loaded.results, contents, describeRules(loaded)))
      falcoDescriptionLines(describeRules(loaded).rules)
      const isTold = loaded.results.every(({ isSuccessful, errors }) => isSuccessful === (errors.length === 0))
      if (!isTold || json === '') failure = { text, results: loaded.results }
    } catch (error) {
      failure = { text, error }
    }
  }
  t.equal(failure, undefined, 'no text makes it throw')
  t.ok(taken > runs / 20 && taken < runs * 0.95, `${taken} of ${runs} are taken`)
})
