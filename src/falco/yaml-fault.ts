import type { Mark, YamlDocuments } from '../text/yaml-documents.ts'

type Fault = NonNullable<YamlDocuments['fault']>

/** What Falco's own reader says of faults of YAML, for what ours does; some it only finds at the end of the text. */
const WORDS: readonly { readonly ours: RegExp; readonly theirs: string; readonly isAtEnd?: true }[] = [
  { ours: /^a : with a blank behind it/, theirs: 'illegal map value' },
  { ours: /^a : is wanted behind a key|^a key is wanted/, theirs: 'end of map not found' },
  { ours: /^a - is wanted/, theirs: 'end of sequence not found' },
  { ours: /^a , or \]/, theirs: 'end of sequence flow not found' },
  { ours: /^a , or \}/, theirs: 'end of map flow not found' },
  { ours: /^the closing/, theirs: 'illegal EOF in scalar', isAtEnd: true },
  { ours: /^a document begins or ends inside/, theirs: 'illegal document indicator in scalar' },
  { ours: /^a tab stands/, theirs: 'illegal tab when looking for indentation' },
  { ours: /^a list cannot begin/, theirs: 'illegal block entry' },
  { ours: /^a key cannot stand/, theirs: 'illegal map key' },
  { ours: /^the text of a block scalar/, theirs: 'unexpected character in block scalar' },
  { ours: /cannot stand here/, theirs: 'unknown token' }
]

/** A fault of YAML as Falco tells it (yaml-cpp include/yaml-cpp/exceptions.h); one it has no words for in ours. */
export const yamlFault = ({ message, mark }: Fault, text: string): { message: string; mark: Mark } => {
  const anchor = /^no anchor &(.*) stands before$/.exec(message)?.[1]
  const row = WORDS.find(({ ours }) => ours.test(message))
  const at = row?.isAtEnd ? endOf(text) : mark
  const words = anchor === undefined ? (row?.theirs ?? message) : `the referenced anchor is not defined: ${anchor}`
  return { message: `yaml-cpp: error at line ${at.line + 1}, column ${at.column + 1}: ${words}`, mark: at }
}

const endOf = (text: string): Mark => ({
  offset: text.length,
  line: text.split('\n').length - 1,
  column: text.length - (text.lastIndexOf('\n') + 1)
})
