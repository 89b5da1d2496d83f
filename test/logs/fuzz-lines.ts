import { type Dice, diceFrom } from '../oracle/dice.ts'
import { CHANGES } from './fuzz-changes.ts'
import { type Members, PLAIN, type Style, writeJson } from './fuzz-json.ts'
import { logLines } from './generate-log.ts'

/** A line that is hard to read, with its line break. */
export interface FuzzLine {
  readonly bytes: Buffer
  /** What was done to it. */
  readonly name: string
  /** True where it is damaged in the middle, which is told only by who reads every byte. */
  readonly isStrict: boolean
}

/** Endless lines that are hard to read, made of those of a generated log. */
export function* fuzzLines(seed: number): Generator<FuzzLine> {
  const dice = diceFrom(seed)
  const log = logLines(seed)
  for (;;) {
    const { value } = log.next()
    if (typeof value === 'string') yield fuzzed(value.slice(0, -1), dice)
  }
}

/** A line cut at each of its bytes. */
export const everyCut = (line: Buffer): Buffer[] =>
  Array.from({ length: line.length }, (_, end) => Buffer.concat([line.subarray(0, end), Buffer.from('\n')]))

const fuzzed = (line: string, dice: Dice): FuzzLine => {
  const kind = dice.pick(100)
  const bytes = (text: string, name: string): FuzzLine => ({ bytes: Buffer.from(text), name, isStrict: false })
  if (kind < 10) return bytes(`${line}\n`, 'as it was')
  if (kind < 70) return changed(line, dice)
  if (kind < 80) return cut(line, dice)
  if (kind < 85) return flipped(line, dice)
  if (kind < 90) return listed(line, dice)
  if (kind < 92)
    return bytes(`${line}${dice.one(['x', ' ', '}', ',', ' null', '\u0000', '\t\r', ']'])}\n`, 'more behind')
  if (kind < 94)
    return bytes(
      `${dice.one(['\ufeff', 'x', ' ', '2026-11-22 stdout F ', ',', '[', '\u0000'.repeat(4096)])}${line}\n`,
      'more before'
    )
  if (kind < 96)
    return bytes(
      dice.one(['\n', '\r\n', ' \n', '\t\n', 'null\n', '{}\n', '[]\n', '""\n', '0\n', '{\n']),
      'next to nothing'
    )
  if (kind < 98) return bytes(`${line}\r\n`, 'CRLF')
  return kind < 99 || !dice.chance(5) ? garbage(dice) : long(line, dice)
}

const entriesOf = (line: string): Members['members'] => Object.entries(JSON.parse(line) as object) // as: it was written as one

const styleFrom = (dice: Dice): Style => ({
  blanks: dice.chance(15) ? dice.one([2, 20, 60]) : 0,
  escapes: dice.chance(25) ? dice.one([1, 10, 100]) : 0
})

const change = (line: string, dice: Dice): { members: Members; names: string[] } => {
  const names = dice.several(Object.keys(CHANGES), 1, 3)
  const members = names.reduce((entries, name) => CHANGES[name]?.(entries, dice) ?? entries, entriesOf(line))
  return { members: { members }, names }
}

const changed = (line: string, dice: Dice): FuzzLine => {
  const { members, names } = change(line, dice)
  const isAsItWas = dice.chance(15)
  const style = styleFrom(dice)
  const text = writeJson(isAsItWas ? { members: entriesOf(line) } : members, style, dice)
  const bytes = Buffer.from(`${text}\n`)
  // no text at all any more
  const spoilt = dice.chance(3) && style.escapes === 0 ? spoil(bytes, dice) : bytes
  return { bytes: spoilt, name: `${names.join()} ${style.blanks}/${style.escapes}`, isStrict: false }
}

/** A byte that is no UTF-8 in the user's name or the agent's. */
const spoil = (bytes: Buffer, dice: Dice): Buffer => {
  const place = bytes.indexOf(dice.one(['"username":"', '"userAgent":"', '"requestURI":"']))
  if (place === -1) return bytes
  const start = bytes.indexOf(0x3a, place) + 2
  return Buffer.concat([
    bytes.subarray(0, start),
    Buffer.from([dice.one([0x80, 0xff, 0xc3, 0xe2])]),
    bytes.subarray(start)
  ])
}

const cut = (line: string, dice: Dice): FuzzLine => {
  const bytes = Buffer.from(line)
  const part = bytes.subarray(0, dice.pick(bytes.length + 1))
  // as where a server died, and the next one wrote on, or where a line break was lost
  const then = dice.chance(15) ? `${line}\n` : '\n'
  if (part.length === bytes.length && then === '\n')
    return { bytes: Buffer.from(`${line}\n`), name: 'cut behind its end', isStrict: false }
  const isInHead = part.length < bytes.indexOf('"user":')
  return { bytes: Buffer.concat([part, Buffer.from(then)]), name: 'cut', isStrict: then !== '\n' && !isInHead }
}

/** One byte is another: anywhere, or where every reader looks: in the names before the user and behind the bodies. */
const flipped = (line: string, dice: Dice): FuzzLine => {
  const bytes = Buffer.from(`${line}\n`)
  const isStrict = dice.chance(40)
  const looked = [
    [0, bytes.indexOf('"auditID":"') + 10],
    [bytes.indexOf('"stage":"'), bytes.indexOf('"requestURI":"') + 13],
    [bytes.indexOf('","verb":"'), bytes.indexOf('"user":') + 7],
    [bytes.lastIndexOf(',"requestReceivedTimestamp":"'), bytes.lastIndexOf(',"requestReceivedTimestamp":"') + 28]
  ] as const
  const [from, until] = isStrict ? [0, bytes.length - 1] : dice.one(looked)
  const place = from + dice.pick(until - from)
  bytes[place] = dice.one([...[0x22, 0x5c, 0x7b, 0x7d, 0x2c, 0x3a, 0x00, 0x1f, 0x20, 0xff, 0x5d], 32 + dice.pick(95)])
  return { bytes, name: `byte ${place}`, isStrict }
}

const listed = (line: string, dice: Dice): FuzzLine => {
  const items = Array.from({ length: dice.pick(4) }, (): unknown =>
    dice.chance(15)
      ? dice.one<unknown>([null, 0, 'x', {}, [], { verb: 'get' }])
      : dice.chance(50)
        ? { members: entriesOf(line).filter(([key]) => key !== 'kind' && key !== 'apiVersion') }
        : change(line, dice).members
  )
  const list: Members['members'] = [
    ['kind', 'EventList'],
    ['apiVersion', 'audit.k8s.io/v1'],
    ['metadata', {}],
    ['items', dice.chance(5) ? dice.one<unknown>([null, {}, 'x']) : items]
  ]
  const isArray = dice.chance(30)
  const value = isArray ? items : { members: dice.chance(20) ? dice.shuffled(list) : list }
  return {
    bytes: Buffer.from(`${writeJson(value, styleFrom(dice), dice)}\n`),
    name: isArray ? 'array' : 'list',
    isStrict: false
  }
}

const garbage = (dice: Dice): FuzzLine => {
  const text = Buffer.from('I1122 00:04:29.786524       1 controller.go:615] quota admission added {"verb":"get"}\n')
  const noise = Buffer.from([
    ...Array.from({ length: dice.pick(300) }, () => dice.pick(256)).filter(byte => byte !== 10),
    10
  ])
  return { bytes: dice.chance(30) ? text : noise, name: 'garbage', isStrict: false }
}

const long = (line: string, dice: Dice): FuzzLine => {
  const size = dice.one([70_000, 1_100_000, 3_000_000])
  const key = dice.one(['requestObject', 'responseObject', 'requestURI', 'userAgent', 'annotations'])
  const filler = `${dice.one(['a', 'é', '\\', '"', '{', '}'])}`.repeat(size / 2)
  const value = key === 'requestURI' || key === 'userAgent' ? `/${filler}` : { filler }
  const members = entriesOf(line).map(([own, old]) => [own, own === key ? value : old] as const)
  const whole = members.some(([own]) => own === key) ? members : [...members, [key, value] as const]
  return { bytes: Buffer.from(`${writeJson({ members: whole }, PLAIN, dice)}\n`), name: `long ${key}`, isStrict: false }
}
