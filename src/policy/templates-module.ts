import { sha256 } from '../sha256.ts'
import { NEWEST } from '../audit/version.ts'
import { decodePolicy } from './decode.ts'
import type { Policy } from './policy.ts'

/** A template as a file: its name without `.yaml`, and its text. */
export interface TemplateFile {
  readonly name: string
  readonly text: string
}

/**
 * The source of `templates.generated.ts`: each template's text, as its summary the first line of its comment, what it says as
 * JSON and its sha256, so that no run need read it. Throws for a text that is no policy without a fault.
 */
export const renderTemplatesModule = (files: readonly TemplateFile[]): string => {
  const entries = [...files]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, text }) => {
      const key = /^[a-z]+$/.test(name) ? name : `'${name}'`
      return `  ${key}: {\n${summaryLine(summaryOf(text))}\n    decoded:\n      ${quote(JSON.stringify(decoded(name, text)))},\n    sha256: '${sha256(text)}',\n    text: \`${escapeTemplate(text)}\`\n  }`
    })
  return `/** The audit policies that come with auditpatch. Generated from templates/policies; not to be edited. */
export const POLICY_TEMPLATES = {
${entries.join(',\n')}
} as const
`
}

const decoded = (name: string, text: string): Policy => {
  const { policy, findings } = decodePolicy(text, name, NEWEST)
  if (!policy || findings.length > 0) throw new Error(`the template ${name}: ${findings[0]?.message ?? 'no policy'}`)
  return policy
}

const summaryOf = (text: string): string => (/^#[ \t]*(.+?)[ \t.]*\r?$/m.exec(text)?.[1] ?? '').trim()

// laid out as the formatter would, so that it finds nothing to change
const summaryLine = (summary: string): string => {
  const line = `    summary: ${quote(summary)},`
  return line.length <= 120 ? line : `    summary:\n      ${quote(summary)},`
}

const quote = (text: string): string => {
  const escaped = text.replaceAll('\\', '\\\\')
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`
}

// a bare carriage return in a template literal would be read as a line feed
const escapeTemplate = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\r', '\\r')
