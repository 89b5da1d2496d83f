import { REDACTED, shown, SHOWN, type Harmless } from './kubeconfig-keys.ts'

/**
 * A text that could not be read as YAML, with only those lines left that are plain and known to be harmless by
 * themselves. From a bracket or a quotation mark on nothing is certain any more, and all is hidden.
 */
export const redactLines = (text: string): string => {
  let below: number | undefined
  let lost = false
  return text
    .split(/(\r\n|\n|\r)/)
    .map((line, index) => {
      if (index % 2 === 1 || line.trim() === '') return line
      const indent = /^\uFEFF? */.exec(line)?.[0].length ?? 0
      if (!lost && below !== undefined && indent <= below) below = undefined
      if (lost || below !== undefined) return hideLine(line)
      const kept = lineShown(line)
      if (kept === line) return line
      if (/^\s*#/.test(line)) return kept
      below = indent
      lost = /["'{}[\]&*!`%@\t?]/.test(line.replace(/#.*$/s, '')) || !/^\s*(- +)*[A-Za-z-]+:/.test(line)
      return kept
    })
    .join('')
}

/** A YAML text with its comments made harmless: ordinary words stay, what may be a value is hidden. */
export const redactComments = (text: string): string =>
  text
    .split(/(\r\n|\n|\r)/)
    .map((line, index) => (index % 2 === 1 ? line : commentHidden(line)))
    .join('')

const hideLine = (line: string): string => `${/^\s*/.exec(line)?.[0] ?? ''}${REDACTED}`

const lineShown = (line: string): string => {
  if (/^\s*#/.test(line)) return line.replace(/#.*$/s, `# ${REDACTED}`)
  const match = /^(\s*(?:- +)*)([A-Za-z-]+):(?: +(\S.*))?$/s.exec(line)
  if (!match) return hideLine(line)
  const [, lead = '', key = '', value] = match
  const kind = kindOf(key)
  if (value === undefined) return kind !== undefined || isParent(key) ? line : hideLine(line)
  if (kind === undefined) return isSecretName(key) ? `${lead}${key}: ${REDACTED}` : hideLine(line)
  const text = shown(kind, value)
  return text === value ? line : `${lead}${key}: ${text}`
}

// `user` holds a name in a context and everything in an entry of users
const kindOf = (key: string): Harmless | undefined => {
  if (key === 'user') return undefined
  return SHOWN.find(row => row.path === key || row.path.endsWith(`.${key}`))?.kind
}

const isParent = (key: string): boolean => SHOWN.some(row => row.path.split('.').slice(0, -1).includes(key))

const isSecretName = (key: string): boolean =>
  ['user', 'token', 'password', 'username', 'client-key-data', 'client-certificate-data'].includes(key)

const commentHidden = (line: string): string => {
  const match = /^(|.*?\s)#(.*)$/s.exec(line)
  if (!match) return line
  const [, before = '', comment = ''] = match
  if (/pass|pw|token|secret|cred|key|bearer|basic|auth|user/i.test(comment)) return `${before}# ${REDACTED}`
  const assigned = /^([^:=]*[:=])\s*\S/s.exec(comment)
  const body = assigned ? `${assigned[1]} ${REDACTED}` : comment
  return `${before}#${body.replace(/\S+/g, word => (isOrdinary(word) ? word : REDACTED))}`
}

const isOrdinary = (word: string): boolean =>
  word === REDACTED || /^[("']*([A-Z]?[a-z'-]{0,20}|[A-Z]{1,6}|\d{1,3})[)"'.,;:=!?#]*$/.test(word)
