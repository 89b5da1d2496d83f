import { isDeepStrictEqual } from 'node:util'
import type { Any } from './plain-pods.ts'
import { isOdd, type Maker } from './random-forms.ts'

/** A document in YAML, in styles that the maker's dice choose: block and flow, quotes, indentation, comments, blanks. */
export const writeWorkload = (value: Any, maker: Maker): string => {
  const { dice, oddity } = maker
  const pen: Pen = {
    maker,
    step: dice.one([2, 2, 2, 4]),
    isIndented: dice.chance(50),
    comments: dice.one([0, 0, 0, oddity]),
    flows: maker.without.has('flow') ? 0 : dice.one([0, 0, oddity, 60]),
    anchors: [],
    isBehindScalar: false
  }
  return block(pen, value, '').replace(/^ *\n/, '')
}

/** A document as JSON in one of the usual forms. */
export const writeJson = (value: Any, { dice }: Maker): string => JSON.stringify(value, null, dice.one([0, 2, 4, 1]))

interface Pen {
  readonly maker: Maker
  readonly step: number
  /** Whether the dashes of a list in a mapping are indented. */
  readonly isIndented: boolean
  /** How often, in percent, a comment is written at a place. */
  readonly comments: number
  /** How often, in percent, a collection is written in flow style. */
  readonly flows: number
  readonly anchors: { readonly name: string; readonly value: Any }[]
  /** Whether a block scalar was written last, behind which a comment may be part of it. */
  isBehindScalar: boolean
}

const COMMENTS = ['# why', '#', '# - name: x', '# securityContext: {}', '# it\'s "so"', '#!/bin/sh', '# ä: [1, {']

const isCollection = (value: unknown): boolean => typeof value === 'object' && value !== null
const isEmpty = (value: Any): boolean => isCollection(value) && Object.keys(value).length === 0

const remark = (pen: Pen): string =>
  pen.maker.dice.chance(pen.comments) ? `${pen.maker.dice.one([' ', '  ', '    '])}${pen.maker.dice.one(COMMENTS)}` : ''

// own lines of comments or blanks before an entry at this indentation
const linesBefore = (pen: Pen, indent: string): string => {
  const { dice } = pen.maker
  if (!dice.chance(pen.comments / 2)) return ''
  const margin = pen.isBehindScalar ? dice.one(['', indent]) : dice.one(['', indent, `${indent}  `, `${indent}      `])
  return dice.one([`\n${margin}${dice.one(COMMENTS)}`, pen.isBehindScalar ? '' : '\n'])
}

// what stands behind `key:` or `-`, with the space or line break before it
const block = (pen: Pen, value: Any, indent: string): string => {
  const { dice } = pen.maker
  if (!isCollection(value)) return scalar(pen, value, indent)
  const { mark, alias } = anchored(pen, value)
  if (alias !== undefined) return ` *${alias}${remark(pen)}`
  if (isEmpty(value) || (indent !== '' && dice.chance(pen.flows))) {
    pen.isBehindScalar = false
    return `${mark} ${flow(pen, value, indent)}${remark(pen)}`
  }
  const head = `${mark}${remark(pen)}`
  return head + (Array.isArray(value) ? listLines(pen, value, indent) : mappingLines(pen, value, indent))
}

const listLines = (pen: Pen, items: readonly Any[], indent: string): string =>
  items
    .map(item => {
      const before = linesBefore(pen, indent)
      const gap = ' '.repeat(pen.maker.dice.one([1, 1, 1, 3]))
      const inner = block(pen, item, `${indent} ${gap}`)
      // a mapping begins on the line of the dash, unless a comment or an anchor stands there
      const isJoined = inner.startsWith(`\n${indent} ${gap}`) && /^\n *[^ #\n]/.test(inner) && !pen.maker.dice.chance(4)
      return `${before}\n${indent}-${isJoined ? gap + inner.slice(1).trimStart() : inner}`
    })
    .join('')

const mappingLines = (pen: Pen, value: Any, indent: string): string => {
  const merged = mergeable(pen, value)
  const rest = Object.entries(value).filter(([key]) => merged === undefined || !Object.hasOwn(merged.value, key))
  const lines = rest
    .map(([key, each]) => {
      const before = linesBefore(pen, indent)
      const deeper = Array.isArray(each) && !pen.isIndented ? indent : indent + ' '.repeat(pen.step)
      return `${before}\n${indent}${keyText(pen, key)}:${block(pen, each, deeper)}`
    })
    .join('')
  if (merged === undefined) return lines
  pen.isBehindScalar = false
  return `${lines}\n${indent}<<: *${merged.name}`
}

// an anchored mapping, all of whose entries this one has too
const mergeable = ({ anchors, maker }: Pen, value: Any): Pen['anchors'][number] | undefined =>
  anchors.find(
    ({ value: known }) =>
      !Array.isArray(known) &&
      known !== value &&
      Object.entries(known).every(([key, each]) => isDeepStrictEqual(value[key], each)) &&
      maker.dice.chance(50)
  )

const anchored = (pen: Pen, value: Any): { mark: string; alias?: string } => {
  if (isEmpty(value) || pen.maker.without.has('anchors')) return { mark: '' }
  const known = pen.anchors.find(each => isDeepStrictEqual(each.value, value))
  if (known && pen.maker.dice.chance(50)) return { mark: '', alias: known.name }
  if (!isOdd(pen.maker, 'anchors') || !pen.maker.dice.chance(30)) return { mark: '' }
  const name = `a${pen.anchors.length}`
  pen.anchors.push({ name, value })
  return { mark: ` &${name}` }
}

const flow = (pen: Pen, value: Any, indent: string): string => {
  const { dice } = pen.maker
  if (!isCollection(value)) return flowScalar(pen, value)
  if (dice.chance(15)) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const parts = Object.entries(value).map(
    ([key, each]) => `${isList ? '' : `${keyText(pen, key)}: `}${flow(pen, each, `${indent}  `)}`
  )
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return dice.chance(85) ? open + close : `${open} ${close}`
  const trailing = dice.chance(15) ? ',' : ''
  if (dice.chance(15)) {
    const lines = parts.map((part, index) => {
      const comma = index < parts.length - 1 ? ',' : trailing
      return `\n${indent}    ${part}${comma}${remark(pen)}`
    })
    return `${open}${remark(pen)}${lines.join('')}\n${indent}  ${close}`
  }
  const space = dice.one(['', ' '])
  return `${open}${space}${parts.join(dice.one([', ', ', ', ',  ']))}${trailing}${space}${close}`
}

const PLAIN = /^(?!(?:y|yes|no|n|on|off|true|false|null|~|)$)[A-Za-z/][-\w/.:@$()]*(?<!:)$/i
const PLAIN_WORDS = /^[a-z][-\w/. ]*[a-z]$/i

const scalar = (pen: Pen, value: Any, indent: string): string => {
  const { dice } = pen.maker
  pen.isBehindScalar = false
  if (value === null) return dice.one([' null', ' ~', '', '', ' ']) + remark(pen)
  const isLong = typeof value === 'string' && value.length > 5 && !/^\s|\s$/.test(value)
  if (isLong && isOdd(pen.maker, 'block-scalars') && dice.chance(30)) {
    pen.isBehindScalar = true
    return ` ${value.includes('\n') ? '|-' : dice.one(['|-', '>-'])}${value
      .split('\n')
      .map((line: string) => `\n${indent === '' ? '  ' : indent} ${line}`)
      .join('')}`
  }
  const gap = dice.chance(pen.comments / 4) ? '   ' : ' '
  const text = typeof value === 'string' ? quoted(pen, value, PLAIN) : odd(pen, value)
  return `${gap}${text}${remark(pen)}${dice.chance(pen.comments / 8) ? '  ' : ''}`
}

const flowScalar = (pen: Pen, value: Any): string =>
  typeof value === 'string' ? quoted(pen, value, /^(?!.*[:$()])/) : odd(pen, value)

const odd = (pen: Pen, value: Any): string => {
  const { dice } = pen.maker
  const isPlain = !isOdd(pen.maker, 'odd-scalars')
  if (isPlain || value === null) return String(value)
  if (value === true) return dice.one(['True', 'TRUE', 'yes', 'on', 'Yes'])
  if (value === false) return dice.one(['False', 'FALSE', 'no', 'off', 'No'])
  if (value === 0) return dice.one(['0x0', '00', '0', '0b0'])
  return dice.one([`0x${value.toString(16)}`, `0${value.toString(8)}`])
}

const quoted = ({ maker: { dice } }: Pen, text: string, also: RegExp): string => {
  const isPlain = PLAIN.test(text) || (PLAIN_WORDS.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text))
  const kind = dice.pick(100)
  if (isPlain && also.test(text) === (also !== PLAIN || PLAIN.test(text)) && kind < 70) return text
  return kind % 2 === 0 && !text.includes('\n') ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text)
}

const keyText = ({ maker: { dice }, flows }: Pen, key: string): string =>
  flows > 0 && dice.chance(flows / 4) ? dice.one([`"${key}"`, `'${key}'`]) : key
