import { AuditError } from '../../errors.ts'
import { readLocalFile, readWhole } from '../../host/local-files.ts'
import type { KnownPolicy, NamedText } from '../../plan/enable.ts'
import type { Policy } from '../../policy/policy.ts'
import { POLICY_TEMPLATES } from '../../policy/templates.generated.ts'
import { decodeGoText, MAX_BYTES } from '../../text/source.ts'
import type { Io } from '../io.ts'

const PREFIX = 'template:'

interface Template {
  readonly summary: string
  readonly text: string
  /** What the text says, as JSON. */
  readonly decoded: string
  readonly sha256: string
}

/** What comes along as `template:NAME`. */
export const TEMPLATES: Readonly<Record<string, Template>> = POLICY_TEMPLATES

/** The template of a name, with or without `template:` in front. Throws USAGE where there is none. */
export const templateOf = (given: string, option = ''): Template => {
  const name = given.startsWith(PREFIX) ? given.slice(PREFIX.length) : given
  const template = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined
  if (template) return template
  throw new AuditError(
    'USAGE',
    `${option}there is no template "${name}"; there are ${Object.keys(TEMPLATES).join(', ')}`
  )
}

/** A template as a policy that need not be read. */
export const knownPolicy = (name: string, { text, decoded, sha256 }: Template): KnownPolicy => ({
  name,
  text,
  sha256,
  decoded: () => JSON.parse(decoded) as Policy // as: the build writes it from a Policy
})

/** A text from FILE, `template:NAME` or, for `-`, standard input. Throws what reading a file throws, and NOT_UTF8. */
export const readPolicyText = (given: string, io: Io): NamedText => {
  if (given.startsWith(PREFIX)) return { name: given, text: templateOf(given).text }
  if (given !== '-')
    return {
      name: given,
      text: decodeGoText(
        orTemplate(given, () => readLocalFile(given, MAX_BYTES)),
        given
      )
    }
  if (io.isInTerminal) throw new AuditError('USAGE', 'a file is wanted, or standard input by a pipe')
  return { name: STDIN, text: decodeGoText(readWhole(io.input(), STDIN, MAX_BYTES), STDIN) }
}

/** What reading a file gives; where there is none but a template of that name, the error says so. */
export const orTemplate = <T>(given: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    const isTemplate = error instanceof AuditError && error.code === 'NOT_FOUND' && Object.hasOwn(TEMPLATES, given)
    if (!isTemplate) throw error
    throw new AuditError('NOT_FOUND', error.message, {
      path: given,
      cause: error.cause,
      next: `give ${PREFIX}${given} for the policy that comes along, or check the path`
    })
  }
}

const STDIN = 'standard input'
