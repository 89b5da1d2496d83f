/** How words are set off on a terminal; without colours every function gives its text back. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

const wrap =
  (start: number, end: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001b[${start}m${text}\u001b[${end}m`

const same = (text: string): string => text

/** The colours of the terminal's own palette, which its owner chose to be readable on light or dark ground. */
export const paintFor = (hasColor: boolean): Paint =>
  hasColor
    ? {
        bold: wrap(1, 22),
        dim: wrap(2, 22),
        red: wrap(31, 39),
        green: wrap(32, 39),
        yellow: wrap(33, 39),
        cyan: wrap(36, 39)
      }
    : { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same }

/**
 * A text from outside (a manifest, a log, a file's name) made harmless for a terminal. Shown as `\x1b` or `\u200b` is what could
 * move the cursor or rewrite the screen, break a line, turn its direction, or make two names look the same by being
 * invisible. Line breaks and tabs stay.
 */
export const harmless = (text: string): string =>
  text.replace(HARMFUL, character => {
    const code = character.codePointAt(0) ?? 0
    const digits = code.toString(16)
    if (code < 0x100) return `\\x${digits.padStart(2, '0')}`
    return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`
  })

/** The same for a text that was painted: of what could act on a terminal only the colours of a {@link Paint} stay. */
export const harmlessPainted = (text: string): string =>
  text
    .split(PAINTED)
    .map((part, index) => (index % 2 === 1 ? part : harmless(part)))
    .join('')

// eslint-disable-next-line no-control-regex
const PAINTED = /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/

/** JSON with the same characters escaped as JSON has it: it says the same, and is harmless for a terminal. */
export const harmlessJson = (json: string): string =>
  json.replace(HARMFUL, character =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
    ).join('')
  )

// by their numbers: what \p{...} stands for grows with each release of Node
const HARMFUL =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/** Text broken at blanks into lines of a width, the later ones indented. */
export const wrapText = (text: string, width: number, indent = ''): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent + word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A text from outside made harmless for one line of a terminal: line breaks and tabs are shown too. */
export const oneLine = (text: string): string => harmless(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')
