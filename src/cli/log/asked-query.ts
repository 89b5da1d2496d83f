import { AuditError } from '../../errors.ts'
import { compileQuery, type Query } from '../../logs/query.ts'
import { type FilterName, QUERY_FILTERS } from '../../logs/query-filters.ts'
import type { Where } from '../../logs/where.ts'
import { harmless } from '../../render/paint.ts'
import type { Args } from '../options.ts'
import { countOf, type Session } from '../session.ts'

/** What `log query` is asked for. */
export interface AskedQuery {
  readonly query: Query
  readonly where: Where | undefined
  readonly hasStage: boolean
  readonly limit: number | undefined
  readonly tail: number | undefined
  readonly isCount: boolean
  readonly isFollowed: boolean
}

/** Reads the options of `log query`, and says on stderr what may never be found. Throws USAGE. */
export const askedQuery = async (args: Args, session: Session, now: number): Promise<AskedQuery> => {
  refuseTogether(args)
  const filters = Object.fromEntries(
    (Object.keys(QUERY_FILTERS) as FilterName[]).map(name => [name, args.list(name)]) // as: the keys of a literal
  )
  const expressions = args.list('where')
  // the evaluator is loaded for those who ask for it
  const where = expressions.length === 0 ? undefined : (await import('../../logs/where.ts')).compileWhere(expressions)
  const query = compileQuery(filters, now, where?.matches)
  for (const doubt of query.doubts) session.talk(harmless(`warning: ${doubt}`))
  return {
    query,
    where,
    hasStage: args.list('stage').length > 0,
    limit: countOf(args, 'limit'),
    tail: countOf(args, 'tail'),
    isCount: args.has('count'),
    isFollowed: args.has('follow')
  }
}

const refuseTogether = (args: Args): void => {
  const isGiven = {
    limit: args.text('limit'),
    tail: args.text('tail'),
    count: args.has('count') || undefined,
    follow: args.has('follow') || undefined
  }
  const apart = [
    ['limit', 'tail'],
    ['count', 'tail'],
    ['count', 'follow']
  ] as const
  for (const [one, other] of apart)
    if (isGiven[one] !== undefined && isGiven[other] !== undefined)
      throw new AuditError('USAGE', `give --${one} or --${other}, not both`)
  if (!args.has('follow')) return
  const [log = '', ...more] = args.positionals
  if (more.length > 0) throw new AuditError('USAGE', `--follow: one log is wanted, found ${args.positionals.length}`)
  if (log === '-')
    throw new AuditError('USAGE', '--follow: a file is wanted, found -; standard input is read to its end anyway')
}
