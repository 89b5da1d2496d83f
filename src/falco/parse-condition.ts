import type {
  Check,
  Condition,
  FieldOperand,
  Modifier,
  Operand,
  Place,
  RightSide,
  Transformed,
  TransformerInput,
  ValueText
} from './condition.ts'
import { conditionLexer, type Lexer } from './condition-lexer.ts'
import { MODIFIERS, OPERATORS, type OperatorKind, TRANSFORMERS } from './words.ts'

/** A condition, or why it is none and where the parser stood. */
export type ParsedCondition =
  | { readonly condition: Condition; readonly fault?: undefined }
  | { readonly condition?: undefined; readonly fault: { readonly message: string; readonly place: Place } }

// a rule may nest as deep: rule_loader_compiler.cpp of falcosecurity/falco sets this limit
const DEEPEST = 1000
// none is known to nest more than a few
const DEEPEST_TRANSFORMER = 100

/**
 * Reads a condition as Falco's own parser does, with its words where it refuses one (falcosecurity/libs
 * userspace/libsinsp/filter/parser.cpp 0.25). Macros are names, lists must have been put into the text before.
 */
export const parseCondition = (text: string): ParsedCondition => {
  const lexer = conditionLexer(text)
  try {
    if (text === '') lexer.fail('filter input string is empty')
    const condition = parser(lexer).alternatives()
    if (!lexer.isAtEnd()) lexer.fail(`unexpected token after '${lexer.token()}', expecting 'or', 'and'`)
    return { condition }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { fault: { message: error.message, place: lexer.place() } }
  }
}

interface Parser {
  readonly alternatives: () => Condition
}

const parser = (lexer: Lexer): Parser => {
  let depth = 0
  const sides = sidesOf(lexer)

  const inParentheses = (): Condition => {
    depth += 1
    if (depth >= DEEPEST) lexer.fail(`exceeded max depth limit of ${DEEPEST}`)
    const condition = alternatives()
    if (!lexer.take(')')) lexer.fail("expected a ')' token")
    depth -= 1
    return condition
  }
  const joined = (kind: 'and' | 'or', next: () => Condition): Condition => {
    lexer.blanks()
    const place = lexer.place()
    const children = [next()]
    lexer.blanks()
    while (lexer.take(kind)) {
      if (lexer.blanks()) children.push(next())
      else if (lexer.take('(')) children.push(inParentheses())
      else lexer.fail(`expected blank or '(' after '${kind}'`)
      lexer.blanks()
    }
    const [first] = children
    return children.length === 1 && first ? first : { kind, children, place }
  }
  const alternatives = (): Condition => joined('or', conjunction)
  const conjunction = (): Condition => joined('and', negation)
  const negation = (): Condition => {
    lexer.blanks()
    const place = lexer.place()
    let isNot = false
    while (lexer.take('not', { isBlankBehind: true })) isNot = !isNot
    const isClosed = lexer.take('not(')
    const child = isClosed ? inParentheses() : check()
    return isClosed !== isNot ? { kind: 'not', child, place } : child
  }
  const check = (): Condition => {
    lexer.blanks()
    const place = lexer.place()
    if (lexer.take('(')) return inParentheses()
    const left = sides.operand()
    if (left !== undefined) return sides.comparison(left, place)
    const name = lexer.identifier()
    return name === undefined
      ? lexer.fail("expected a '(' token, a field check, or an identifier")
      : { kind: 'identifier', name, place }
  }
  return { alternatives }
}

interface Sides {
  readonly operand: () => Operand | undefined
  readonly comparison: (left: Operand, place: Place) => Condition
}

const quoted = (words: readonly string[]): string => words.map(word => `'${word}'`).join(', ')
const WITH_VAL = quoted(['val', ...TRANSFORMERS])

const sidesOf = (lexer: Lexer): Sides => {
  let depth = 0
  const field = (place: Place): FieldOperand | undefined => {
    const name = lexer.fieldName()
    if (name === undefined) return undefined
    if (!lexer.take('[')) return { kind: 'field', name, argument: '', place }
    const argument = lexer.quoted() ?? lexer.bareArgument()
    if (argument === undefined) return lexer.fail('expected a valid field argument: a quoted string or a bare string')
    if (!lexer.take(']')) lexer.fail("expected a ']' token")
    return { kind: 'field', name, argument, place }
  }
  const transformed = (place: Place): Transformed | undefined => {
    const transformer = TRANSFORMERS.find(name => lexer.take(`${name}(`))
    if (transformer === undefined) return undefined
    depth += 1
    if (depth >= DEEPEST_TRANSFORMER) lexer.fail(`exceeded max depth limit of ${DEEPEST_TRANSFORMER}`)
    const inputs: TransformerInput[] = []
    do {
      lexer.blanks()
      inputs.push(input(true))
      lexer.blanks()
    } while (lexer.take(','))
    if (!lexer.take(')')) lexer.fail("expected a ')' token closing the transformer")
    depth -= 1
    return { kind: 'transformed', transformer, inputs, place }
  }
  const input = (mayBeList: boolean): TransformerInput => {
    const place = lexer.place()
    const text = lexer.number() ?? lexer.quoted()
    if (text !== undefined) return { kind: 'value', text, place }
    if (mayBeList && lexer.take('(')) return inputList(place)
    const operand = transformed(place) ?? field(place)
    if (operand) return operand
    return lexer.fail(
      mayBeList
        ? 'expected field transformer argument: field, transformer, quoted string, number, or transformer list'
        : 'expected transformer list argument: field, transformer, quoted string, or number'
    )
  }
  const inputList = (place: Place): TransformerInput => {
    const inputs: TransformerInput[] = []
    lexer.blanks()
    if (lexer.take(')')) return { kind: 'inputs', inputs, place }
    do {
      lexer.blanks()
      inputs.push(input(false))
      lexer.blanks()
    } while (lexer.take(','))
    if (!lexer.take(')')) lexer.fail("expected ')'")
    return { kind: 'inputs', inputs, place }
  }
  const operand = (): Operand | undefined => {
    const place = lexer.place()
    return field(place) ?? transformed(place)
  }

  const rightField = (): Transformed | undefined => {
    lexer.blanks()
    const place = lexer.place()
    if (!lexer.take('val(')) return transformed(place)
    lexer.blanks()
    const inner = field(lexer.place())
    if (!inner) return lexer.fail("expected a field within 'val' transformer")
    lexer.blanks()
    if (!lexer.take(')')) lexer.fail("expected a ')' token closing the transformer")
    return { kind: 'transformed', transformer: 'val', inputs: [inner], place }
  }
  const numberSide = (): RightSide =>
    rightField() ??
    value(lexer.number) ??
    lexer.fail(`expected a number value or a field with a valid transformer: ${WITH_VAL}`)
  const textSide = (): RightSide =>
    rightField() ??
    value(lexer.text) ??
    lexer.fail(`expected a string value or a field with a valid transformer: ${WITH_VAL}`)
  const value = (take: () => string | undefined): ValueText | undefined => {
    lexer.blanks()
    const place = lexer.place()
    const text = take()
    return text === undefined ? undefined : { kind: 'value', text, place }
  }
  const listSide = (): RightSide => {
    lexer.blanks()
    const place = lexer.place()
    if (!lexer.take('('))
      return (
        rightField() ??
        value(lexer.identifier) ??
        lexer.fail(`expected a list, an identifier, or a field with a valid transformer: ${WITH_VAL}`)
      )
    const first = value(lexer.text)
    const values = first ? [first.text] : []
    lexer.blanks()
    while (first && lexer.take(',')) {
      values.push((value(lexer.text) ?? lexer.fail('expected a string value')).text)
      lexer.blanks()
    }
    if (!lexer.take(')')) lexer.fail("expected a ')' token")
    return { kind: 'list', values, place }
  }

  // `= oneof or x` compares with the word oneof, `= oneof (a)` and `= oneof names` with a list
  const modifier = (): Modifier | undefined =>
    MODIFIERS.find(word =>
      lexer.takeIf(word, rest => /^[ \t\b\r\n]+(\(|(?!(?:and|or)(?![a-zA-Z0-9_]))[a-zA-Z])/.test(rest))
    )
  const rightSide = (kind: OperatorKind, hasBlank: boolean): Pick<Check, 'modifier' | 'right'> => {
    if (kind === 'number') return { right: numberSide() }
    if (kind === 'list') return { right: listSide() }
    const found = hasBlank ? modifier() : undefined
    return found === undefined ? { right: textSide() } : { modifier: found, right: listSide() }
  }
  const comparison = (left: Operand, place: Place): Condition => {
    lexer.blanks()
    if (lexer.take('exists')) return { kind: 'exists', left, place }
    const operator = lexer.operator()
    if (operator === undefined)
      return lexer.fail(`expected a valid check operator: one of ${quoted(OPERATORS.map(({ name }) => name))}`)
    const hasBlank = lexer.blanks() || lexer.isBehindBlank()
    return { kind: 'check', left, operator: operator.name, ...rightSide(operator.kind, hasBlank), place }
  }
  return { operand, comparison }
}
