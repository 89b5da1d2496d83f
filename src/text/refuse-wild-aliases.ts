import { type Alias, isNode, type Node, visit } from 'yaml'
import { AuditError } from '../errors.ts'
import { positionAt, type Source } from './source.ts'

/** More aliases than any text has; for each of them the parser looks at every anchor in front of it. */
const MOST = 1000

/** Throws ALIAS for an alias inside of what it stands for, whose data has no end, and for more than a thousand of them. */
export const refuseWildAliases = (source: Source): void => {
  if (!/\*/.test(source.text)) return
  const refuse = (alias: Alias, message: string): never => {
    const position = positionAt(source.text, alias.range?.[0] ?? 0)
    throw new AuditError('ALIAS', message, { path: source.file, position })
  }
  let count = 0
  visit(source.document, {
    Alias: (_, alias, path) => {
      count += 1
      if (count > MOST) refuse(alias, `more than ${MOST} aliases`)
      const isInside = path.some(each => isNode(each) && anchorOf(each) === alias.source)
      if (isInside) refuse(alias, `the alias *${alias.source} stands inside of what it stands for`)
    }
  })
}

const anchorOf = (node: Node): string | undefined => ('anchor' in node ? node.anchor : undefined)
