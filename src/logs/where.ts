import { Environment, EvaluationError, ParseError, type ASTNode, type ParseResult } from '@marcbachmann/cel-js'
import { AuditError } from '../errors.ts'
import { isRecord, type Unknown } from '../text/guard.ts'
import { regularExpression } from '../text/regular-expression.ts'
import type { LogEvent } from './log-event.ts'
import { messageOf, placeIn, refused, summaryOf } from './where-refusal.ts'
import { variablesOf, WHERE_NAMES, WHERE_VARIABLES, type WhereVariable } from './where-variables.ts'

/** Expressions over events. */
export interface Where {
  /** True where one of the expressions is; an error in all that are not true is no match. Throws TOO_COMPLEX. */
  readonly matches: (event: LogEvent) => boolean
  /** Of the events so far: how many were judged, how many of them were an error, and the first one. */
  readonly errors: () => { readonly judged: number; readonly failed: number; readonly first: string }
}

// of loops on one event: as many take about a second
const MOST_STEPS = 1_000_000
const MOST_PATTERNS = 100

/**
 * Compiles expressions in CEL, as Kubernetes has it for policies: every top-level field of an event is a variable, `event`
 * is all of it, and a regular expression is one of Go's. Times are compared to the millisecond. Throws USAGE with the column.
 */
export const compileWhere = (expressions: readonly string[]): Where => {
  const tests = expressions.map(compile)
  let [judged, failed] = [0, 0]
  let first = ''
  return {
    matches: event => {
      judged += 1
      const value = event.value()
      let error: string | undefined
      for (const test of tests) {
        const result = test(value)
        if (result === true) return true
        if (typeof result === 'string') error ??= result
      }
      if (error === undefined) return false
      failed += 1
      if (failed === 1) first = error
      return false
    },
    errors: () => ({ judged, failed, first })
  }
}

/** True, false, or what is wrong with the expression on this event. */
type Judge = (event: Unknown) => boolean | string

const compile = (expression: string): Judge => {
  const run = parse(expression)
  const { ast } = run
  const nodes = nodesOf(ast)
  const used: readonly WhereVariable[] = WHERE_NAMES.filter(name =>
    nodes.some(node => node.op === 'id' && node.args === name)
  )
  const budget = withBudget(nodes)
  for (const node of nodes) useLinearTime(node, expression)
  const checked = run.check()
  if (!checked.valid) throw refused(expression, checked.error)
  if (checked.type !== 'bool' && checked.type !== 'dyn')
    throw new AuditError('USAGE', `--where: a condition (bool) is wanted, found a ${checked.type}: ${expression}`)
  return event => {
    budget.renew()
    try {
      const result: unknown = run(variablesOf(event, used))
      if (budget.isSpent()) throw tooManySteps(expression)
      return typeof result === 'boolean' ? result : 'a condition (true or false) is wanted'
    } catch (error) {
      if (budget.isSpent()) throw tooManySteps(expression)
      if (error instanceof EvaluationError || error instanceof RangeError) return summaryOf(error)
      throw error
    }
  }
}

const environment = (): Environment => {
  const patterns = new Map<string, (text: string) => boolean>()
  const matches = (text: string, pattern: string): boolean => {
    let test = patterns.get(pattern)
    if (!test) {
      test = compiledPattern(pattern)
      // those of a text in an event have no end
      if (patterns.size >= MOST_PATTERNS) patterns.clear()
      patterns.set(pattern, test)
    }
    return test(text)
  }
  const env = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
    .registerFunction(`string.${LINEAR}(string): bool`, matches, SYNCHRONOUS)
    .registerFunction('matches(string, string): bool', matches, SYNCHRONOUS)
  for (const name of WHERE_NAMES) env.registerVariable(name, WHERE_VARIABLES[name].type)
  return env
}

// the library's own takes JavaScript's regular expressions, which know no (?i) and can take for ever
const LINEAR = 'matchesInLinearTime'

const SYNCHRONOUS = { async: false }

const compiledPattern = (pattern: string): ((text: string) => boolean) => {
  try {
    return regularExpression(pattern)
  } catch (cause) {
    throw new EvaluationError(cause instanceof Error ? cause.message : `no regular expression: ${pattern}`)
  }
}

const parse = (expression: string): ParseResult => {
  try {
    return environment().parse(expression)
  } catch (error) {
    if (error instanceof ParseError) throw refused(expression, error)
    throw error
  }
}

const useLinearTime = (node: ASTNode, expression: string): void => {
  if (node.op !== 'rcall' || node.args[0] !== 'matches') return
  node.args[0] = LINEAR
  const [pattern] = node.args[2]
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return
  try {
    regularExpression(pattern.args)
  } catch (cause) {
    throw new AuditError('USAGE', `--where${placeIn(expression, pattern.start)}: ${messageOf(cause)}`, { cause })
  }
}

interface Budget {
  readonly renew: () => void
  readonly isSpent: () => boolean
}

// the library has no limit for what an expression costs: each round of a loop asks its condition, and so is counted
const withBudget = (nodes: readonly ASTNode[]): Budget => {
  let left = MOST_STEPS
  for (const node of nodes) {
    const loop = loopOf(node)
    if (!loop) continue
    const own = loop.condition
    const condition = (found: unknown): unknown => {
      left -= 1
      if (left < 0) throw new EvaluationError('too many steps')
      return typeof own === 'function' ? own(found) : true
    }
    Object.assign(loop, { condition })
  }
  return { renew: () => void (left = MOST_STEPS), isSpent: () => left < 0 }
}

// what a macro was expanded to; the types of the library do not show it
const loopOf = (node: ASTNode): Unknown | undefined => {
  const meta = 'meta' in node && isRecord(node.meta) ? node.meta : {}
  const args = isRecord(meta.alternate) ? meta.alternate.args : undefined
  return isRecord(args) && 'iterable' in args ? args : undefined
}

const tooManySteps = (expression: string): AuditError =>
  new AuditError('TOO_COMPLEX', `--where takes more than ${MOST_STEPS} steps on one event: ${expression}`, {
    next: 'write it without a loop inside a loop'
  })

const nodesOf = (root: unknown): ASTNode[] => {
  const found: ASTNode[] = []
  const open = [root]
  while (open.length > 0) {
    const each = open.pop()
    if (Array.isArray(each)) open.push(...each)
    else if (isRecord(each) && 'op' in each && 'args' in each) {
      found.push(each as unknown as ASTNode) // as: what has both is a node of the tree
      open.push(each.args)
    }
  }
  return found
}
