import type { Check, Condition, Modifier, Operand, Place } from './condition.ts'
import { byteString, type FieldType } from './event-source.ts'
import type { FieldMemo, SharedTest, Test } from './field-memo.ts'
import { compileOperand, type CompiledOperand } from './operand.ts'
import { MEANINGS, type Operator, wantedFault } from './operators.ts'
import { printCondition } from './print-condition.ts'
import type { OperatorName } from './words.ts'

/** What is wrong with a condition or doubtful in it, in Falco's words, and where in its text. */
export interface ConditionFault {
  readonly message: string
  readonly place: Place
}

/** A condition that can be asked of events. */
export type CompiledCondition<E> =
  | { readonly test: Test<E>; readonly warnings: readonly ConditionFault[]; readonly fault?: undefined }
  | { readonly fault: ConditionFault; readonly test?: undefined }

/**
 * Compiles a condition, whose macros were resolved, to a test of events. What a field lacks makes every comparison false,
 * `!=` too; only `not` and `exists` see it (libsinsp/sinsp_filtercheck.cpp).
 */
export const compileCondition = <E>(condition: Condition, memo: FieldMemo<E>): CompiledCondition<E> => {
  let place = condition.place
  // rules ask the same again and again: is it a pod, was it created, which stage is it
  const shared = (each: Condition): SharedTest<E> => {
    switch (each.kind) {
      case 'and':
      case 'or': {
        const children = each.children.map(shared)
        const tests = children.map(({ test }) => test)
        const key = `${each.kind} ${children.map(({ number }) => number).join()}`
        return memo.shared(key, () => (each.kind === 'and' ? every(tests) : some(tests)))
      }
      case 'not': {
        const { number, test } = shared(each.child)
        return memo.shared(`not ${number}`, () => event => !test(event))
      }
      case 'identifier':
        throw new SyntaxError(`Undefined macro '${each.name}' used in filter.`)
      case 'exists': {
        place = each.place
        const { read } = compileOperand(each.left, memo)
        return memo.shared(printCondition(each), () => event => read(event) !== undefined)
      }
      case 'check':
        place = each.place
        return memo.shared(printCondition(each), () => compileCheck(each, memo))
    }
  }
  try {
    return { test: shared(condition).test, warnings: misreadIn(condition, memo) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { fault: { message: error.message, place } }
  }
}

const every = <E>(tests: readonly Test<E>[]): Test<E> => {
  const [first, second] = tests
  if (tests.length === 2 && first && second) return event => first(event) && second(event)
  return event => {
    for (const test of tests) if (!test(event)) return false
    return true
  }
}

const some = <E>(tests: readonly Test<E>[]): Test<E> => {
  const [first, second] = tests
  if (tests.length === 2 && first && second) return event => first(event) || second(event)
  return event => {
    for (const test of tests) if (test(event)) return true
    return false
  }
}

const compileCheck = <E>(check: Check, memo: FieldMemo<E>): Test<E> => {
  const left = compileOperand(check.left, memo)
  const name = check.operator as OperatorName // as: the parser takes no other
  const operator: Operator = MEANINGS[name]
  refuseType(name, operator, left)
  const { right } = check
  if (right.kind === 'transformed') return withField(name, operator, left, right, memo)
  const texts = right.kind === 'list' ? right.values : [right.text]
  const wanted = texts.map(text => wantedValue(name, left.type, byteString(text)))
  if (isListOperator(name)) return membership(name, left, wanted)
  const tests = wanted.map(operator.comparison)
  const how = check.modifier === undefined ? 'anyof' : check.modifier
  return scalar(left, quantified(how, tests))
}

// who compares with a field forgot val()
const misreadIn = <E>(condition: Condition, memo: FieldMemo<E>): ConditionFault[] => {
  if (condition.kind === 'and' || condition.kind === 'or')
    return condition.children.flatMap(child => misreadIn(child, memo))
  if (condition.kind === 'not') return misreadIn(condition.child, memo)
  if (condition.kind !== 'check' || condition.right.kind === 'transformed') return []
  const { right } = condition
  const texts = right.kind === 'list' ? right.values : [right.text]
  return texts
    .filter(text => memo.field(text) !== undefined)
    .map(text => ({ message: `'${text}' may be a valid field misinterpreted as a string value`, place: right.place }))
}

const isListOperator = (name: OperatorName): boolean => name === 'in' || name === 'intersects'

const refuseType = <E>(name: OperatorName, operator: Operator, { type, isList }: CompiledOperand<E>): void => {
  const refuse = (what: string): never => {
    throw new SyntaxError(`'${name}' operator not supported ${what}`)
  }
  if (isList && !operator.onList) refuse('list filters')
  if (isList) return
  if (type === 'CHARBUF') return operator.onText ? undefined : refuse('for string filters')
  const isEquality = type !== 'BOOL' || /^(==|=|!=|in|intersects)$/.test(name)
  return operator.onNumber && isEquality ? undefined : refuse('for numeric filters')
}

const wantedValue = (name: OperatorName, type: FieldType, text: string): string | number => {
  const fault = wantedFault(name, text)
  if (fault !== undefined) throw new SyntaxError(fault)
  // a C string ends at a NUL
  if (type === 'CHARBUF') return text.split('\0', 1)[0] ?? ''
  if (type === 'BOOL') {
    if (text === 'true' || text === 'false') return text
    throw new SyntaxError(`filter error: unrecognized boolean value ${text}`)
  }
  const value = Number(text)
  if (!/^[+-]?(0[xX][0-9a-fA-F]+|[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?)$/.test(text) || Number.isNaN(value))
    throw new SyntaxError(`${text} is not a valid number`)
  return value
}

// of a list all elements, or one; an element is there or not, patterns are for pmatch alone
const membership = <E>(
  name: OperatorName,
  { read, isList }: CompiledOperand<E>,
  wanted: readonly (string | number)[]
): Test<E> => {
  const set = new Set<unknown>(wanted)
  if (!isList) return event => set.has(read(event))
  const isAll = name === 'in'
  return event => {
    const values = read(event)
    if (typeof values !== 'object') return false
    return isAll ? values.every(value => set.has(value)) : values.some(value => set.has(value))
  }
}

type ValueTest = (value: string | number) => boolean

const quantified = (modifier: Modifier, tests: readonly ValueTest[]): ValueTest => {
  const [only] = tests
  if (tests.length === 1 && only) return only
  if (modifier === 'allof') return value => tests.every(test => test(value))
  if (modifier === 'anyof') return value => tests.some(test => test(value))
  return value => tests.filter(test => test(value)).length === 1
}

const scalar =
  <E>({ read }: CompiledOperand<E>, test: ValueTest): Test<E> =>
  event => {
    const value = read(event)
    return value !== undefined && typeof value !== 'object' && test(value)
  }

const withField = <E>(
  name: OperatorName,
  operator: Operator,
  left: CompiledOperand<E>,
  side: Operand,
  memo: FieldMemo<E>
): Test<E> => {
  if (!operator.takesField)
    throw new SyntaxError(`operator '${name.toUpperCase()}' doesn't support right-hand side fields`)
  const right = compileOperand(side, memo)
  const isSame = left.type === right.type && (left.isList === right.isList || isListOperator(name))
  if (!isSame)
    throw new SyntaxError(
      `left and right-hand side fields have different types: '${left.name}' (${left.type}), '${right.name}' (${right.type})`
    )
  return event => {
    const [value, wanted] = [left.read(event), right.read(event)]
    if (value === undefined || wanted === undefined) return false
    const list = typeof wanted === 'object' ? wanted : [wanted]
    if (isListOperator(name)) return membership(name, { ...left, read: () => value }, list)(event)
    return typeof value !== 'object' && list.length === 1 && operator.comparison(list[0] ?? '')(value)
  }
}
