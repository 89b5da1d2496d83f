import type { Dice } from './dice.ts'
import { isList, isMapping, isRaw, type Key, type Mapping, toJson, type Value } from './value.ts'

/** The value as YAML in styles that the dice choose: flow or block, ways of quoting, anchors, comments, indentation. */
export const toYaml = (value: Value, dice: Dice, oddity: number): string => {
  const pen: Pen = { dice, oddity, step: dice.one([2, 2, 2, 4, 1]), anchors: new Map(), indented: dice.chance(40) }
  return `${block(pen, value, '').replace(/^\n/, '')}\n`
}

interface Pen {
  readonly dice: Dice
  /** How often, in percent, a rare way of writing is taken. */
  readonly oddity: number
  readonly step: number
  readonly anchors: Map<string, string>
  /** Whether the dashes of a list in a mapping are indented. */
  readonly indented: boolean
}

// what stands behind `key:` or `-`, with the space or line break before it
const block = (pen: Pen, value: Value, indent: string): string => {
  const { dice, oddity } = pen
  const anchor = isRaw(value) ? undefined : anchored(pen, value)
  if (anchor?.known === true) return ` *${anchor.name}`
  const mark = anchor === undefined ? '' : ` &${anchor.name}`
  if (isEmpty(value) || (!isScalar(value) && dice.chance(oddity + (isFlat(value) ? 30 : 0)))) {
    return `${mark} ${flow(pen, value)}`
  }
  if (isList(value)) return mark + listLines(pen, value, indent)
  if (isMapping(value)) return mark + mappingLines(pen, value, indent)
  return `${mark} ${scalar(pen, value, indent)}${dice.chance(oddity) ? dice.one([' # x', '  ', ' #']) : ''}`
}

const isScalar = (value: Value): boolean => !isList(value) && !isMapping(value)
const isEmpty = (value: Value): boolean =>
  (isList(value) && value.length === 0) || (isMapping(value) && value.pairs.length === 0)
const isFlat = (value: Value): boolean => isList(value) && value.every(isScalar)

const listLines = (pen: Pen, list: readonly Value[], indent: string): string =>
  list
    .map(item => {
      const inner = block(pen, item, `${indent}  `)
      // a mapping or a list may begin on the line of the dash
      const joined = inner.startsWith('\n') && !pen.dice.chance(pen.oddity) ? ` ${inner.slice(1).trimStart()}` : inner
      return `\n${indent}-${joined}${gap(pen)}`
    })
    .join('')

const mappingLines = (pen: Pen, { pairs }: Mapping, indent: string): string =>
  pairs
    .map(([key, value]) => {
      const deeper = isList(value) && !pen.indented ? indent : indent + ' '.repeat(pen.step)
      return `\n${indent}${keyText(pen, key)}:${block(pen, value, deeper)}${gap(pen)}`
    })
    .join('')

const gap = ({ dice, oddity }: Pen): string =>
  dice.chance(oddity / 3) ? dice.one(['\n', '\n# x: y', '\n    # -']) : ''

const anchored = (pen: Pen, value: Value): { name: string; known: boolean } | undefined => {
  if (value === null || value === '' || isEmpty(value)) return undefined
  const text = toJson(value)
  const known = pen.anchors.get(text)
  if (known !== undefined && pen.dice.chance(60)) return { name: known, known: true }
  if (known !== undefined || !pen.dice.chance(pen.oddity / 4)) return undefined
  const name =
    pen.dice.one(pen.dice.chance(2) ? ['ä', 'a.b', 'a:', '.'] : ['a', 'x1', 'a-b', 'A_', '1']) +
    String(pen.anchors.size)
  pen.anchors.set(text, name)
  return { name, known: false }
}

const flow = (pen: Pen, value: Value): string => {
  if (isScalar(value)) return isRaw(value) ? value.raw : flowScalar(pen, value)
  if (pen.dice.chance(20)) return toJson(value)
  const space = pen.dice.one(['', '', ' ', pen.dice.chance(pen.oddity) ? '\n        ' : ' '])
  const trailing = pen.dice.chance(pen.oddity) && !isEmpty(value) ? ',' : ''
  if (isList(value)) return `[${space}${value.map(each => flow(pen, each)).join(`,${space}`)}${trailing}${space}]`
  if (!isMapping(value)) return ''
  const pairs = value.pairs.map(([key, each]) => `${keyText(pen, key)}: ${flow(pen, each)}`)
  return `{${space}${pairs.join(`, ${space}`)}${trailing}${space}}`
}

const flowScalar = (pen: Pen, value: Value): string =>
  typeof value === 'string' ? quoted(pen, value, PLAIN_IN_FLOW) : String(value)

const scalar = (pen: Pen, value: Value, indent: string): string => {
  if (isRaw(value)) return value.raw
  if (typeof value !== 'string') return String(value)
  if (value !== '' && pen.dice.chance(pen.oddity / 3)) return blockScalar(pen, value, indent)
  return quoted(pen, value, PLAIN)
}

const PLAIN = /^(?!(?:y|yes|no|n|on|off|true|false|null|~|)$)[\w/.][-\w/.:*@]*(?<!:)$/i
const PLAIN_IN_FLOW = /^(?!(?:y|yes|no|n|on|off|true|false|null|~|)$)[a-z/.][-\w/.*@]*$/i

const quoted = ({ dice, oddity }: Pen, text: string, plain: RegExp): string => {
  const kind = dice.pick(100)
  if (plain.test(text) && kind < 60) return text
  // rarely as it is, whatever may come of it
  if (kind < oddity / 3) return text
  if (kind < 75) return `'${text.replaceAll("'", "''")}'`
  return kind < 75 + oddity ? escaped(dice, text) : JSON.stringify(text)
}

const escaped = (dice: Dice, text: string): string =>
  `"${Array.from(text, character => {
    const code = character.codePointAt(0) ?? 0
    if (!dice.chance(30)) return JSON.stringify(character).slice(1, -1)
    if (code < 256 && dice.chance(50)) return `\\x${code.toString(16).padStart(2, '0')}`
    return code > 0xffff || dice.chance(30)
      ? `\\U${code.toString(16).padStart(8, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  }).join('')}"`

const blockScalar = ({ dice }: Pen, text: string, indent: string): string =>
  `${dice.one(['|-', '>-', '|', '|+', '>', '|2-', '|- # x'])}\n${text
    .split('\n')
    .map(line => `${indent}  ${line}`)
    .join('\n')}`

const keyText = ({ dice, oddity }: Pen, key: Key): string => {
  if (isRaw(key)) return key.raw
  if (!dice.chance(oddity / 2)) return key
  return dice.one([`"${key}"`, `'${key}'`, `${key} `, `? ${key}\n`, `!!str ${key}`])
}
