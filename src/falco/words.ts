import type { Modifier } from './condition.ts'

/** On which values an operator works, and what stands on its right (libsinsp/filter/parser.cpp of falcosecurity/libs 0.25). */
export type OperatorKind = 'unary' | 'number' | 'text' | 'list'

/** The operators in the order in which the parser tries them; `isWord` wants a blank behind it. */
export const OPERATORS = [
  { name: 'exists', kind: 'unary' },
  { name: '<=', kind: 'number' },
  { name: '<', kind: 'number' },
  { name: '>=', kind: 'number' },
  { name: '>', kind: 'number' },
  { name: '==', kind: 'text' },
  { name: '=', kind: 'text' },
  { name: '!=', kind: 'text' },
  { name: 'glob', kind: 'text', isWord: true },
  { name: 'iglob', kind: 'text', isWord: true },
  { name: 'contains', kind: 'text', isWord: true },
  { name: 'icontains', kind: 'text', isWord: true },
  { name: 'bcontains', kind: 'text', isWord: true },
  { name: 'startswith', kind: 'text', isWord: true },
  { name: 'bstartswith', kind: 'text', isWord: true },
  { name: 'endswith', kind: 'text', isWord: true },
  { name: 'regex', kind: 'text', isWord: true },
  { name: 'intersects', kind: 'list' },
  { name: 'in', kind: 'list' },
  { name: 'pmatch', kind: 'list' }
] as const satisfies readonly { name: string; kind: OperatorKind; isWord?: boolean }[]

export type OperatorName = (typeof OPERATORS)[number]['name']

/** What may stand between an operator on text and a list. */
export const MODIFIERS = ['oneof', 'anyof', 'allof'] as const satisfies readonly Modifier[]

/** The transformers of both sides; `val`, which only makes a field of a word, is for the right side alone. */
export const TRANSFORMERS = ['tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'] as const

export type TransformerName = (typeof TRANSFORMERS)[number]
