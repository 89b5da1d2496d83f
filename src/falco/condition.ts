/** A place in the text of a condition; line and column count from 1, as Falco's parser does. */
export interface Place {
  readonly offset: number
  readonly line: number
  readonly column: number
}

/** A condition as its text says it (falcosecurity/libs userspace/libsinsp/filter/ast.h). */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly children: readonly Condition[]; readonly place: Place }
  | { readonly kind: 'not'; readonly child: Condition; readonly place: Place }
  | Identifier
  | { readonly kind: 'exists'; readonly left: Operand; readonly place: Place }
  | Check

/** The name of a macro. */
export interface Identifier {
  readonly kind: 'identifier'
  readonly name: string
  readonly place: Place
}

/** A comparison; with a modifier the right side is a list, or the name of one. */
export interface Check {
  readonly kind: 'check'
  readonly left: Operand
  readonly operator: string
  readonly modifier?: Modifier
  readonly right: RightSide
  readonly place: Place
}

/** How many elements of the right side must satisfy an operator: exactly one, at least one, all. */
export type Modifier = 'oneof' | 'anyof' | 'allof'

export type Operand = FieldOperand | Transformed

/** A field with the argument that stands in brackets behind it; an empty one is none. */
export interface FieldOperand {
  readonly kind: 'field'
  readonly name: string
  readonly argument: string
  readonly place: Place
}

/** A transformer and what stands in its parentheses: `tolower(ka.verb)`, `join("-", (ka.verb, ka.uri))`. */
export interface Transformed {
  readonly kind: 'transformed'
  readonly transformer: string
  readonly inputs: readonly TransformerInput[]
  readonly place: Place
}

export type TransformerInput =
  Operand | ValueText | { readonly kind: 'inputs'; readonly inputs: readonly TransformerInput[]; readonly place: Place }

export interface ValueText {
  readonly kind: 'value'
  readonly text: string
  readonly place: Place
}

export type RightSide =
  ValueText | { readonly kind: 'list'; readonly values: readonly string[]; readonly place: Place } | Transformed
