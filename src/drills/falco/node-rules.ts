import { configurationOf, DEFAULT_TREE, selectRules } from '../../falco/configuration.ts'
import { mergedTrees, readTree } from '../../falco/configuration-tree.ts'
import type { EventSource } from '../../falco/event-source.ts'
import { type FieldMemo, fieldMemo } from '../../falco/field-memo.ts'
import { type LoadedRules, loadRules, type RulesContent } from '../../falco/load-rules.ts'
import type { Rule } from '../../falco/rule.ts'
import { AuditError } from '../../errors.ts'
import type { FileTree } from '../../host/file-tree.ts'
import { below, type HostPath, hostPath, join } from '../../paths.ts'
import type { Shortfall } from '../drill.ts'
import type { Seen } from '../seen.ts'
import { FALCO_YAML, LOCAL_FILE } from './default-rules.ts'
import { rememberLast } from './remember-last.ts'

/** What is read of a node to load its rules. */
export type RulesOnNode = Pick<Seen, 'text' | 'names'>

/** The rules that Falco has loaded on a node. */
export interface NodeRules<E> {
  readonly rules: readonly Rule<E>[]
  readonly memo: FieldMemo<E>
}

// in the order of falco.yaml
const nodeRules = <E>(node: RulesOnNode, source: EventSource<E>): NodeRules<E> | Shortfall => {
  const text = node.text(FALCO_YAML)
  if (text === null) return { code: 'no-configuration', found: `${FALCO_YAML} is not there`, file: FALCO_YAML }
  try {
    const { rulesFiles, selections } = configurationOf(mergedTrees(DEFAULT_TREE, readTree(text, FALCO_YAML)))
    const memo = fieldMemo(source)
    const files = rulesFiles.flatMap(path => filesAt(node, hostPath(path)))
    const loaded = loadRules(files, { memos: [memo] })
    return faultOf(loaded) ?? { rules: selectRules(loaded.rules, selections), memo }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return { code: 'configuration-unreadable', found: error.message, file: FALCO_YAML, ...error.position }
  }
}

// what is not there, and what is no YAML by its name, Falco passes over (userspace/falco/configuration.cpp)
const filesAt = (node: RulesOnNode, path: HostPath): RulesContent[] => {
  const content = node.text(path)
  const files = content === null ? node.names(path).map(name => join(path, name)) : [path]
  return [...files].sort().flatMap(name => {
    const text = /\.ya?ml$/.test(name) ? node.text(name) : null
    return text === null ? [] : [{ name, content: text }]
  })
}

const faultOf = ({ results, pluginFault }: LoadedRules<never>): Shortfall | undefined => {
  const [fault] = results.flatMap(({ errors }) => errors)
  if (!fault) {
    if (pluginFault === undefined) return undefined
    return { code: 'rules-refused', found: `Falco does not start: ${pluginFault}` }
  }
  const { context, code, message } = fault
  const [file] = context.locations
  const place = context.locations.findLast(({ itemType }) => itemType !== 'condition expression')
  return {
    code: 'rules-refused',
    found: `Falco does not start: ${code}: ${message}`,
    ...(file ? { file: file.name } : {}),
    ...(place ? { line: place.position.line + 1, column: place.position.column + 1 } : {})
  }
}

/** What can be read of the node of a drill as it begins. */
export const atStart = (tree: FileTree): RulesOnNode => ({
  text: path => {
    const entry = tree.get(path)
    return entry?.kind === 'file' ? entry.text : null
  },
  names: path =>
    [...tree.keys()].flatMap(each => {
      const name = each.startsWith(`${path}/`) ? below(path, each) : '/'
      return name.includes('/') ? [] : [name]
    })
})

/** Whether a rule that is switched on tells of an event. */
export const tells = <E>({ memo }: NodeRules<E>, { test, isEnabled }: Rule<E>, event: E): boolean => {
  memo.forget()
  return isEnabled && test(event)
}

/** What a rule's alert says of an event. */
export const messageOf = <E>({ memo }: NodeRules<E>, { format }: Rule<E>, event: E): string => {
  memo.forget()
  return format.message(event)
}

/** Loads the rules of nodes, of one and the same only once. */
export type RulesLoader<E> = (node: RulesOnNode) => NodeRules<E> | Shortfall

/** A loader for the rules of a source. */
export const rulesLoader = <E>(source: EventSource<E>): RulesLoader<E> => rememberLast(node => nodeRules(node, source))

/** The rule of a name, or why there is none. */
export const ruleNamed = <E>({ rules }: NodeRules<E>, name: string): Rule<E> | Shortfall => {
  const file = LOCAL_FILE
  const rule = rules.find(each => each.name === name)
  if (rule?.isEnabled) return rule
  if (rule) return { code: 'rule-off', found: `the rule ${JSON.stringify(name)} is switched off`, file }
  const like = rules.find(each => each.name.toLowerCase().trim() === name.toLowerCase())
  return like
    ? { code: 'rule-name', found: `the rule is called ${JSON.stringify(like.name)}, not ${JSON.stringify(name)}`, file }
    : { code: 'no-rule', found: `Falco has no rule ${JSON.stringify(name)} for this source of events`, file }
}
