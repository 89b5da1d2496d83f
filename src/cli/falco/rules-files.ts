import { join } from 'node:path'
import { AuditError } from '../../errors.ts'
import { ruleTemplate } from '../../falco/rule-templates.ts'
import { localKind, localNames, readLocalFile } from '../../host/local-files.ts'
import { decodeText, MAX_BYTES } from '../../text/source.ts'

/** A file with rules. */
export interface RulesFile {
  readonly name: string
  readonly content: string
}

const TEMPLATE = 'template:'
const IS_YAML = /\.ya?ml$/

/**
 * The rules files that are named: files, and of directories what is YAML, in their order (userspace/falco/configuration.cpp).
 * `onSkipped` is told of a file that is none by its name, which Falco leaves out. Throws NOT_FOUND, CANNOT_READ, TOO_LARGE
 * and NOT_UTF8, and USAGE where nothing is left.
 */
export const rulesFiles = (paths: readonly string[], onSkipped: (path: string) => void): RulesFile[] => {
  const files = paths.flatMap(path => {
    const kind = path.startsWith(TEMPLATE) ? 'file' : localKind(path)
    if (kind === 'directory')
      return localNames(path)
        .filter(name => IS_YAML.test(name) && isRead(join(path, name)))
        .map(name => rulesFile(join(path, name)))
    if (kind !== null && !path.startsWith(TEMPLATE) && !IS_YAML.test(path)) {
      onSkipped(path)
      return []
    }
    return [rulesFile(path)]
  })
  if (files.length > 0) return files
  throw new AuditError('USAGE', `-r: no file with rules (*.yaml, *.yml) is among ${paths.join(', ')}`)
}

// a pipe would be waited for; a link that leads nowhere is told of when it is read
const isRead = (path: string): boolean => [null, 'file'].includes(localKind(path))

/** A file with rules, or rules of our own by `template:NAME`. Throws as reading does, and USAGE for an unknown template. */
export const rulesFile = (path: string): RulesFile => ({
  name: path,
  content: path.startsWith(TEMPLATE)
    ? ruleTemplate(path.slice(TEMPLATE.length))
    : decodeText(readLocalFile(path, MAX_BYTES), path)
})
