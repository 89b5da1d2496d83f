import { auditFlag, nearestFlag } from '../audit/flags.ts'
import { isAtLeast, type KubernetesVersion, NEWEST } from '../audit/version.ts'
import type { NodeFacts } from '../facts/node.ts'
import type { Finding } from '../finding.ts'
import { flagFaults } from '../plan/flag-faults.ts'
import type { Flag, Word } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { goQuote } from '../text/go-quote.ts'
import { formatPath } from '../text/locate.ts'
import { nearestWord } from '../text/nearest.ts'
import { validationTexts } from './audit-validation.ts'
import { atWord, type Said, startFault } from './fault.ts'
import { aggregate } from './go-errors.ts'
import { FLAGS_KNOWN_SINCE, goneSince, serverFlag, serverFlags, wasThere } from './server-flags.ts'
import { serverValueFaults } from './server-values.ts'
import type { StartFault } from './start-fault.ts'
import { parseError } from './value-errors.ts'

const ENDS = 'kube-apiserver ends at its start'
const PARSED = new Set(['unknown-flag', 'removed-flag', 'bad-flag-word', 'flag-without-value', 'typographic-dash'])

interface WordFault {
  readonly word: Word
  readonly said: Said
}

/** Words of the command line at which its parser stops, in their order: unknown flags, values that cannot be read. */
export const parseGate = ({ manifest: { pod } }: NodeFacts, version: KubernetesVersion): StartFault[] => {
  if (!pod) return []
  const found = [
    ...auditFaults(pod, version).flatMap(finding => auditWord(pod, finding, version)),
    ...pod.command.flags.flatMap(flag => otherFlag(flag, version))
  ]
  const order = pod.command.words
  return found
    .sort((a, b) => order.indexOf(a.word) - order.indexOf(b.word))
    .map(({ word, said }) => startFault('flags', said, atWord(pod, word)))
}

const auditFaults = (pod: Pod, version: KubernetesVersion): Finding[] => flagFaults(pod, [], version)

const wordOf = (pod: Pod, { field }: Finding): Word | undefined =>
  pod.command.words.find(word => formatPath([...word.list, word.index]) === field)

const auditWord = (pod: Pod, finding: Finding, version: KubernetesVersion): WordFault[] => {
  const word = wordOf(pod, finding)
  const flag = pod.command.flags.find(each => each.words[0] === word)
  if (!word || !isParsed(finding, word, flag)) return []
  const said = {
    code: finding.code,
    message: `${finding.message}: ${ENDS}`,
    printed: `Error: ${parserWords(word, flag, finding, version)}`,
    remediation: remedyOf(finding, flag)
  }
  return [{ word, said }]
}

// what begins with no hyphen is a word to the parser, and told after all flags; so are values that break a rule
const isParsed = ({ code }: Finding, { text }: Word, flag: Flag | undefined): boolean => {
  if (code === 'typographic-dash') return text.startsWith('-')
  if (code !== 'bad-flag-value') return PARSED.has(code)
  const known = flag && auditFlag(flag.name)
  return flag !== undefined && known !== undefined && parseError(known.type, known.name, flag.value ?? '') !== undefined
}

const parserWords = (word: Word, flag: Flag | undefined, { code }: Finding, version: KubernetesVersion): string => {
  const { text } = word
  const name = text.replace(/^--/, '').replace(/=[\s\S]*$/, '')
  if (code === 'flag-without-value') return `flag needs an argument: --${name}`
  const known = flag && auditFlag(flag.name)
  if (code === 'bad-flag-value' && flag && known)
    return parseError(known.type, known.name, flag.value ?? '') ?? `invalid argument ${goQuote(flag.value ?? '')}`
  if (/^--(?:[-=]|$)/.test(text)) return `bad flag syntax: ${text}`
  if (text.startsWith('--')) return `unknown flag: --${name}`
  return `unknown shorthand flag: ${shorthand(text.slice(1), version)} in ${text}`
}

// pflag takes the first byte for the flag's name, and since 1.0.6 (Kubernetes 1.34) the first byte of that as UTF-8
const shorthand = (text: string, version: KubernetesVersion): string => {
  const first = text.codePointAt(0) ?? 0
  if (first < 0x80) return `'${String.fromCodePoint(first)}'`
  const [byte = 0] = new TextEncoder().encode(text)
  const [again = 0] = new TextEncoder().encode(String.fromCharCode(byte))
  return `'${String.fromCharCode(isAtLeast(version, 34) ? again : byte)}'`
}

const remedyOf = ({ code, message }: Finding, flag: Flag | undefined): string => {
  switch (code) {
    case 'unknown-flag': {
      const [, meant] = /is (--\S+) meant\?/.exec(message) ?? []
      return meant === undefined ? 'take the flag out' : `write ${meant}`
    }
    case 'removed-flag':
      return 'take the flag out'
    case 'flag-without-value':
      return `write --${flag?.name ?? 'FLAG'}=VALUE`
    case 'typographic-dash':
      return 'type two hyphens (--) in the place of the dash'
    case 'bad-flag-word':
      return 'write --FLAG=VALUE, with two hyphens and no blank'
    default:
      return 'mend the value'
  }
}

// flags outside the audit table
const otherFlag = (flag: Flag, version: KubernetesVersion): WordFault[] => {
  const [word] = flag.words
  const { name } = flag
  if (/^audit-/i.test(name)) return []
  const known = serverFlag(name)
  const gone = goneSince(name, version)
  const typed = word.text.replace(/^--/, '').replace(/=[\s\S]*$/, '')
  const unknown = `Error: unknown flag: --${typed}`
  if (gone !== undefined) {
    const message = `the flag --${name} is gone since Kubernetes 1.${gone}: ${ENDS}`
    return [{ word, said: { code: 'removed-flag', message, printed: unknown, remediation: 'take the flag out' } }]
  }
  if (known) return otherValue(flag, known.type)
  const isKnowable = isAtLeast(version, FLAGS_KNOWN_SINCE) && !isAtLeast(version, NEWEST.minor + 1)
  if (!isKnowable || wasThere(name) || /^log-json-/.test(name)) return []
  const meant = nearestFlag(name) ?? nearestWord(name, [...serverFlags().keys()])
  const message = `unknown flag --${name}${meant === undefined ? '' : ` (is --${meant} meant?)`}: ${ENDS}`
  const remediation = meant === undefined ? 'take the flag out' : `write --${meant}`
  return [{ word, said: { code: 'unknown-flag', message, printed: unknown, remediation } }]
}

const otherValue = (flag: Flag, type: Parameters<typeof parseError>[0]): WordFault[] => {
  const [word] = flag.words
  const { name, value } = flag
  // a boolean takes no second word, which is then a stray one
  if (value === null || value.includes('$(') || (type === 'bool' && flag.words.length === 2)) return []
  const error = parseError(type, name, value)
  if (error === undefined) return []
  const message = `--${name}: ${goQuote(value)} is no ${WHAT[type] ?? 'value'}: ${ENDS}`
  return [
    { word, said: { code: 'bad-flag-value', message, printed: `Error: ${error}`, remediation: 'mend the value' } }
  ]
}

const WHAT: Readonly<Record<string, string>> = {
  bool: 'boolean (true or false)',
  int: 'whole number',
  float: 'number',
  duration: 'duration such as 30s',
  ip: 'IP address'
}

/** Words that are no flags, of which the server takes none; it tells them all at once when every flag is parsed. */
export const strayWordGate = ({ manifest: { pod } }: NodeFacts, version: KubernetesVersion): StartFault[] => {
  if (!pod) return []
  const split = pod.command.flags.filter(
    ({ name, words }) => words.length === 2 && serverFlag(name)?.type === 'bool' && !words[1].text.includes('$(')
  )
  const words = [
    ...auditFaults(pod, version).flatMap((finding): WordFault[] => {
      const word = wordOf(pod, finding)
      const isStray =
        finding.code === 'stray-word' || (finding.code === 'typographic-dash' && word?.text.startsWith('-') === false)
      if (!word || !isStray) return []
      return [{ word, said: strayWord(finding.code, `${finding.message}: ${ENDS}`) }]
    }),
    ...split.flatMap(({ name, words: [, word] }): WordFault[] => {
      if (!word) return []
      const message = `${goQuote(word.text)} is no flag; a boolean takes its value as --${name}=${word.text}: ${ENDS}`
      return [{ word, said: strayWord('stray-word', message) }]
    })
  ]
  const behindEnd = pod.command.stray.findIndex(({ text }) => text === '--')
  const stray = [
    ...pod.command.stray.filter((word, index) => index !== behindEnd && (index > behindEnd || !/^-./.test(word.text))),
    ...split.flatMap(({ words: [, word] }) => word ?? [])
  ]
  const order = pod.command.words
  const all = stray.sort((a, b) => order.indexOf(a) - order.indexOf(b)).map(({ text }) => goQuote(text))
  const printed = `Error: "kube-apiserver" does not take any arguments, got [${all.join(' ')}]`
  return words
    .sort((a, b) => order.indexOf(a.word) - order.indexOf(b.word))
    .map(({ word, said }) => startFault('flags', { ...said, printed }, atWord(pod, word)))
}

const strayWord = (code: string, message: string): Said => ({
  code,
  message,
  printed: '',
  remediation:
    code === 'typographic-dash'
      ? 'type two hyphens (--) in the place of the dash'
      : 'take the word out, or write --FLAG=VALUE'
})

/** Values that break a rule, which the server tells all at once. */
export const validationGate = ({ manifest: { pod } }: NodeFacts, version: KubernetesVersion): StartFault[] => {
  if (!pod) return []
  const own = auditFaults(pod, version).flatMap(finding => {
    const word = wordOf(pod, finding)
    const flag = pod.command.flags.find(each => each.words[0] === word)
    const isRule = finding.code === 'bad-flag-value' && (!word || !isParsed(finding, word, flag))
    const message = `${finding.message}: ${ENDS}`
    return isRule ? [{ code: finding.code, word, message, remediation: 'mend the value' }] : []
  })
  const others = serverValueFaults(pod, version)
  const texts = [
    ...others.filter(({ isBefore }) => isBefore).map(({ text }) => text),
    ...(own.length > 0 ? validationTexts(pod, version) : []),
    ...others.filter(({ isBefore }) => !isBefore).map(({ text }) => text)
  ]
  const printed = aggregate(texts)
  return [
    ...others.map(({ code, word, message, remediation }) =>
      startFault('server', { code, message: `${message}: ${ENDS}`, printed, remediation }, atWord(pod, word))
    ),
    ...own.map(({ word, ...said }) =>
      startFault('flags', { ...said, printed }, word ? atWord(pod, word) : { file: pod.source.file })
    )
  ]
}
