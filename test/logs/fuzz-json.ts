import type { Dice } from '../oracle/dice.ts'

/** How a JSON text is written that says the same. */
export interface Style {
  /** White space between the parts, in how many of a hundred places. */
  readonly blanks: number
  /** Characters written as escapes, how many of a hundred. */
  readonly escapes: number
}

/** As the API server writes it, but for what Go escapes. */
export const PLAIN: Style = { blanks: 0, escapes: 0 }

/** A mapping whose members have an order, and may come twice. */
export interface Members {
  readonly members: readonly (readonly [key: string, value: unknown])[]
}

const isMembers = (value: object): value is Members => 'members' in value && Object.keys(value).length === 1

const BLANKS = [' ', '  ', '\t', '\r', ' \t ']

/** A value as JSON in a style. */
export const writeJson = (value: unknown, style: Style, dice: Dice): string => {
  const blank = (): string => (style.blanks > 0 && dice.chance(style.blanks) ? dice.one(BLANKS) : '')
  const write = (each: unknown): string => {
    if (typeof each === 'string') return writeString(each, style, dice)
    if (typeof each !== 'object' || each === null) return JSON.stringify(each)
    if (Array.isArray(each)) return `[${blank()}${each.map(one => write(one) + blank()).join(`,${blank()}`)}]`
    const members = isMembers(each) ? each.members : Object.entries(each)
    const parts = members.map(
      // few writers have escapes in the names of members that they know
      ([key, own]) =>
        `${writeString(key, /^[A-Za-z]+$/.test(key) && dice.chance(90) ? PLAIN : style, dice)}${blank()}:${blank()}${write(own)}${blank()}`
    )
    return `{${blank()}${parts.join(`,${blank()}`)}}`
  }
  return `${blank()}${write(value)}${blank()}`
}

const SHORT: Readonly<Record<string, string>> = { '/': '\\/', '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' }

const writeString = (text: string, { escapes }: Style, dice: Dice): string => {
  if (escapes === 0) return JSON.stringify(text)
  const written = text.split('').map(unit => {
    const isOwn = unit >= ' ' && unit !== '"' && unit !== '\\' && !(unit >= '\ud800' && unit <= '\udfff')
    if (isOwn && !dice.chance(escapes)) return unit
    const short = SHORT[unit]
    if (short !== undefined && dice.chance(50)) return short
    const code = unit.charCodeAt(0).toString(16).padStart(4, '0')
    return `\\u${dice.chance(30) ? code.toUpperCase() : code}`
  })
  return `"${written.join('')}"`
}
