import type { ExplainedCause, FailureExplanation } from '../startup/explain.ts'
import { codeFrame, linesOf } from './code-frame.ts'
import { harmless, type Paint, wrapText } from './paint.ts'
import type { ShownTexts } from './shown-texts.ts'

const STATES = {
  up: 'kube-apiserver is up and healthy.',
  running: 'kube-apiserver runs, but is not known to be healthy.',
  down: 'kube-apiserver is down.',
  unknown: 'Whether kube-apiserver runs cannot be told: there are no logs of it here.'
} as const satisfies Record<FailureExplanation['state'], string>

// of a disk alone nobody knows what runs now
const AS_LOGGED = {
  up: 'As far as its logs tell, kube-apiserver is up and healthy.',
  running: 'As far as its logs tell, kube-apiserver runs, but not for long.',
  down: STATES.down,
  unknown: STATES.unknown
} as const satisfies Record<FailureExplanation['state'], string>

/** Why kube-apiserver does not run, on one screen: the cause, the line that proves it, its place, and what repairs it. */
export const failureLines = (
  { state, live, cause, others, looked }: FailureExplanation,
  texts: ShownTexts,
  further: readonly string[],
  paint: Paint,
  width: number
): string[] => {
  const color = state === 'up' ? paint.green : paint.red
  return [
    color(live ? STATES[state] : AS_LOGGED[state]),
    ...(cause
      ? causeLines(cause, texts, paint, width)
      : state === 'up'
        ? []
        : unknownLines(looked, further, paint, width)),
    ...otherLines(others, state, paint, width),
    ...(cause ? ['', ...labelled('next', nextOf(cause), paint, width)] : [])
  ]
}

const causeLines = (cause: ExplainedCause, texts: ShownTexts, paint: Paint, width: number): string[] => [
  '',
  ...wrapText(harmless(`${sentence(cause.title)}.`), width).map(paint.bold),
  paint.dim(`[${cause.code}, ${cause.confidence}]`),
  ...(cause.why === cause.title ? [] : wrapText(harmless(sentence(cause.why)), width)),
  ...cause.evidence.flatMap(({ where, line }) => ['', paint.dim(harmless(where)), ...shownLine(line, width)]),
  ...frameOf(cause, texts, paint, width),
  '',
  ...labelled('fix', cause.fix, paint, width)
]

// names of programs are written small
const sentence = (text: string): string =>
  /^(kube-|etcd|auditpatch)/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)

/** How many lines of the screen a line of a log may take, and how many of them are of its beginning. */
const MOST_ROWS = 7
const FIRST_ROWS = 2

// what is wrong stands mostly at the end
const shownLine = (line: string, width: number): string[] => {
  // of an object that is named in full its beginning is enough
  const short = line.replace(/'(\{.{60}).{60,}\}\s*(?:\\n)?'/, "'$1…}'")
  const rows = rowsOf(harmless(short).replaceAll('\t', ' '), width - 2)
  const shown =
    rows.length > MOST_ROWS ? [...rows.slice(0, FIRST_ROWS), '…', ...rows.slice(FIRST_ROWS + 1 - MOST_ROWS)] : rows
  return shown.map(row => `  ${row}`)
}

// a word of a log may be longer than the screen is wide
const rowsOf = (text: string, room: number): string[] => {
  const rows: string[] = []
  let rest = text
  while (rest.length > room) {
    const blank = rest.lastIndexOf(' ', room)
    const cut = blank > room / 2 ? blank : room
    rows.push(rest.slice(0, cut))
    rest = rest.slice(cut).replace(/^ /, '')
  }
  return [...rows, rest]
}

const frameOf = ({ file, line, column }: ExplainedCause, texts: ShownTexts, paint: Paint, width: number): string[] => {
  if (file === undefined) return []
  const place = `${file}${line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}`
  const text = texts.get(file)
  const frame = text === undefined || line === undefined ? [] : codeFrame(linesOf(text), { line, column }, paint, width)
  return ['', paint.dim(harmless(place)), ...frame]
}

const labelled = (label: string, text: string, paint: Paint, width: number): string[] => {
  const indent = ' '.repeat(6)
  const rows = wrapText(harmless(text), width - indent.length)
  return rows.map((row, index) => `${index === 0 ? paint.bold(label.padEnd(indent.length)) : indent}${row}`)
}

const nextOf = ({ code, fix, confidence }: ExplainedCause): string => {
  if (code === 'kubelet-not-running') return 'auditpatch explain-failure, once more, when the kubelet runs'
  if (code === 'restarting' || code === 'backing-off') return 'auditpatch explain-failure, once more, in a minute'
  if (confidence === 'past')
    return 'if it was repaired, wait: the kubelet starts kube-apiserver again within 5 minutes, at once when the manifest changes'
  return /^auditpatch (apply|plan)/.test(fix)
    ? 'auditpatch plan (shows the repair, writes nothing), then auditpatch apply'
    : 'repair it; the kubelet tries again within 5 minutes, at once when the manifest changes'
}

const otherLines = (
  others: readonly ExplainedCause[],
  state: FailureExplanation['state'],
  paint: Paint,
  width: number
): string[] => {
  if (others.length === 0) return []
  const heading = state === 'up' ? 'What had kept it down, or will at its next start:' : 'Also found:'
  return [
    '',
    heading,
    ...others.flatMap(({ title, code, evidence, fix }) => {
      const where = evidence[0]?.where
      const rows = wrapText(harmless(`${title} [${code}]${where === undefined ? '' : ` (${where})`}`), width - 2, '  ')
      return [
        ...rows.map(row => `  ${row}`),
        ...(state === 'up' ? wrapText(harmless(fix), width - 4).map(row => paint.dim(`    ${row}`)) : [])
      ]
    })
  ]
}

const unknownLines = (looked: readonly string[], further: readonly string[], paint: Paint, width: number): string[] => [
  '',
  ...wrapText(
    harmless(`No cause was found in the manifest, the files that it names, and ${looked.join(', ')}.`),
    width
  ),
  '',
  paint.bold('Look further:'),
  ...further.map(command => `  ${command}`)
]
