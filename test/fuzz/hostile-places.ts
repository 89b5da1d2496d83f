import type { Dice } from './kind.ts'

/** The text with another value behind one of its colons, dashes or commas. */
export const replaceValue = (dice: Dice, text: string, value: string): string => {
  const places = [...text.matchAll(/(?:: ?|- |, ?|\[ ?|=)(?=\S)/g)]
  if (places.length === 0) return text + value
  const { index, 0: before } = dice.one(places)
  const start = index + before.length
  const end = /["'\],}\n\r]|$/.exec(text.slice(start + 1))?.index ?? 0
  // a value in quotes goes with them, or stays in them
  const isQuoted = /["']/.test(text[start] ?? '') && dice.chance(50)
  return (
    text.slice(0, isQuoted ? start + 1 : start) +
    value +
    text.slice(start + 1 + end + (isQuoted ? 0 : tail(text, start)))
  )
}

const tail = (text: string, start: number): number => (/["']/.test(text[start] ?? '') ? 1 : 0)

/** The text with another line, indented as the one behind it. */
export const putLine = (dice: Dice, text: string, line: string): string => {
  const lines = text.split('\n')
  const row = dice.pick(lines.length)
  const indent = /^ *(?:- )?/.exec(lines[row] ?? '')?.[0].replace('-', ' ') ?? ''
  return [...lines.slice(0, row), indent + line, ...lines.slice(row)].join('\n')
}

/** The text with several lines put in, as they are or indented as the one behind them. */
export const putBlock = (dice: Dice, text: string, block: string): string => {
  const lines = text.split('\n')
  const row = dice.one([0, lines.length - 1, dice.pick(lines.length)])
  // to indent millions of lines takes the memory of this process, not that of what is tried
  const isIndented = dice.chance(50) && block.length < 1_000_000
  const indent = isIndented ? (/^ */.exec(lines[row] ?? '')?.[0] ?? '') : ''
  const put = indent === '' ? block : block.replace(/^/gm, indent)
  return [...lines.slice(0, row), put, ...lines.slice(row)].join('\n')
}
