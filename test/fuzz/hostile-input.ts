import { breakText, wrapText } from '../oracle/break-text.ts'
import { HEAVY_TEXTS } from './heavy-texts.ts'
import { hostileBytes } from './hostile-bytes.ts'
import { putBlock, putLine, replaceValue } from './hostile-places.ts'
import { BLOCKS, LINES, VALUES } from './hostile-texts.ts'
import type { Dice } from './kind.ts'

/** The input changed by one who means harm: once to three times, rarely with a part of megabytes or of thousands of levels. */
export const hostileInput = (dice: Dice, sound: Buffer, isLight: boolean): Buffer => {
  const isHeavy = dice.chance(4)
  if (isHeavy && !isLight) return heavyInput(dice, sound)
  let text = sound.toString('utf8')
  for (let count = dice.pick(3); count >= 0; count -= 1) text = changed(dice, text)
  const bytes = Buffer.from(text)
  return dice.chance(20) ? hostileBytes(dice, bytes) : bytes
}

const changed = (dice: Dice, text: string): string => {
  const kind = dice.pick(100)
  if (kind < 22) return replaceValue(dice, text, dice.one(VALUES))
  if (kind < 40) return putLine(dice, text, dice.one(LINES))
  if (kind < 50) return putBlock(dice, text, dice.one(BLOCKS))
  if (kind < 65) return wrapText(dice, text)
  if (kind < 90) return breakText(dice, text)
  if (kind < 94) return text.slice(0, dice.pick(text.length + 1))
  return dice.one(BLOCKS)
}

const heavyInput = (dice: Dice, sound: Buffer): Buffer => {
  const part = dice.one(HEAVY_TEXTS)(dice)
  const text = sound.toString('utf8')
  const kind = dice.pick(6)
  if (kind === 0) return Buffer.from(part)
  if (kind === 1) return Buffer.from(`${text}\nx:\n${part.includes('\n') ? part : `  ${part}`}\n`)
  if (kind === 2) return Buffer.from(replaceValue(dice, text, part))
  if (kind === 3) return Buffer.from(putLine(dice, text, part))
  if (kind === 4) return Buffer.from(putBlock(dice, text, part))
  return Buffer.from(dice.chance(50) ? text + part : part + text)
}
