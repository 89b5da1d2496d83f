import type { Dice } from './dice.ts'
import { NASTY } from './scalars.ts'

/** The text in another wrapping, which mostly leaves its meaning: document marks, comments, line ends. */
export const wrapText = (dice: Dice, text: string): string => {
  const wraps: readonly (() => string)[] = [
    () => `---\n${text}`,
    () => `--- # x\n${text}`,
    () => `# x\n---\n${text}`,
    () => `\n\n${text}`,
    () => `  \n${text}`,
    () => `%YAML 1.1\n---\n${text}`,
    () => `%YAML 1.2\n---\n${text}`,
    () => `%TAG !y! tag:x,2000:\n---\n${text}`,
    () => `%FOO x\n---\n${text}`,
    () => `\ufeff${text}`,
    () => `\ufeff---\n${text}`,
    () => `---\n\ufeff${text}`,
    () => `${text}...\n`,
    () => `${text}---\n`,
    () => `${text}---\n${text}`,
    () => `${text}---\nfoo: [\n`,
    () => `${text}...\n---\n- x\n`,
    () => `${text}...\nx\n`,
    () => `---\n---\n${text}`,
    () => `---\n...\n---\n${text}`,
    () => `--- |\n a\n---\n${text}`,
    () => text.replaceAll('\n', '\r\n'),
    () => text.replaceAll('\n', '\r'),
    () => text.replace('\n', '\r\n'),
    () => text.trimEnd(),
    () => text.replaceAll('\n', ' \n'),
    () => text.replaceAll('\n', '\t\n'),
    () => text.replaceAll('\n', '\n\n'),
    () => text.replace(/^/gm, '  '),
    () => text.replaceAll(': ', ':\t'),
    () => text.replaceAll('- ', '-\t'),
    () => text.replace(/^ {2}/gm, '\t'),
    () => `${text}# x`,
    () => `${text}\n  # x\n\n`,
    () => `--- !!map\n${text}`,
    () => `--- &top\n${text}`,
    () => `--- !x\n${text}`,
    () => ` ${text}`,
    () => `{}\n---\n${text}`,
    () => `# {\n${text}`
  ]
  return dice.one(wraps)()
}

/** The text with something cut, put in, exchanged or repeated. */
export const breakText = (dice: Dice, text: string): string => {
  const units = Array.from(text)
  const at = dice.pick(units.length + 1)
  const put = (removed: number, ...added: readonly string[]): string =>
    [...units.slice(0, at), ...added, ...units.slice(at + removed)].join('')
  const lines = text.split('\n')
  const row = dice.pick(lines.length)
  const line = lines[row] ?? ''
  const putLines = (removed: number, ...added: readonly string[]): string =>
    [...lines.slice(0, row), ...added, ...lines.slice(row + removed)].join('\n')
  const changes: readonly (() => string)[] = [
    () => units.slice(0, at).join(''),
    () => put(1),
    () => put(1),
    () => put(1 + dice.pick(12)),
    () => put(0, dice.one(NASTY)),
    () => put(0, dice.one(NASTY)),
    () => put(0, dice.one(NASTY)),
    () => put(1, dice.one(NASTY)),
    () => put(1, dice.one(NASTY)),
    () => put(0, String.fromCodePoint(1 + dice.pick(255))),
    () => put(1, String.fromCodePoint(1 + dice.pick(127))),
    () => putLines(1),
    () => putLines(1, line, line),
    () => putLines(1, ` ${line}`),
    () => putLines(1, line.replace(/^ /, '')),
    () => putLines(1, `  ${line}`),
    () => putLines(1, line.replace(/^ {2}/, '')),
    () => putLines(1, line.replace(/^ +/, '\t')),
    () => putLines(1, line + dice.one([' # x', '#x', ' |', ' >', ' &a', ' ', '\t', ':', ' :', ' {', ' "', '\\'])),
    () => putLines(1, line.replace(/- /, '')),
    () => putLines(1, line.replace(/^( *)/, '$1- ')),
    () => putLines(0, dice.one(lines)),
    () =>
      putLines(
        0,
        dice.one([
          '---',
          '...',
          '--- x',
          '# x',
          ' # x',
          '\t',
          '%x',
          '<<: {}',
          '? a',
          ': a',
          '- a',
          'a',
          '{',
          ']',
          '"',
          '!!map',
          '&a',
          '*a'
        ])
      ),
    () => putLines(2, lines[row + 1] ?? '', line)
  ]
  return dice.one(changes)()
}

/** The text as bytes of which one or two are others, so that it may be no UTF-8. */
export const breakBytes = (dice: Dice, text: string): Uint8Array => {
  if (dice.chance(10)) return Buffer.from(`\ufeff${text}`, 'utf16le')
  if (dice.chance(5)) return Buffer.from(text, 'utf16le')
  if (dice.chance(5)) return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  const bytes = Buffer.from(text)
  for (let count = dice.pick(2); count >= 0; count--) bytes[dice.pick(bytes.length)] = dice.pick(256)
  return bytes
}
