import { parse, stringify } from 'yaml'
import type { Exercise } from '../../src/drills/drill.ts'
import { type Answer, edited } from './answer.ts'

export const LOCAL = '/etc/falco/falco_rules.local.yaml'
export const DEFAULT = '/etc/falco/falco_rules.yaml'
export const FALCO = '/etc/falco/falco.yaml'

/** An item of a rules file, as answers change it. */
export type Item = Record<string, unknown>

/** An answer in which the text of the own rules reads differently. */
export const inLocal = (change: (text: string) => string): Answer['edit'] => edited(LOCAL, change)

/** An answer in which the last item of the own rules, or that of a name, is another. */
export const inItem = (change: (item: Item, items: Item[]) => void, name?: string): Answer['edit'] =>
  inLocal(text => {
    // the test reads back what the drill wrote
    const items = parse(text) as Item[]
    const item = name === undefined ? items.at(-1) : items.find(each => each['rule'] === name || each['list'] === name)
    if (!item) throw new Error('there is no such item')
    change(item, items)
    return stringify(items, { lineWidth: 0 })
  })

/** An answer in which the condition of the last of the own rules is another. */
export const withCondition = (condition: (was: string) => string): Answer['edit'] =>
  inItem(item => {
    item['condition'] = condition(String(item['condition']))
  })

/** The text of a file of the node as the exercise begins. */
export const startText = ({ start }: Exercise, path: string): string => {
  const entry = [...start].find(([each]) => each === path)?.[1]
  if (entry?.kind !== 'file') throw new Error(`${path} is no file`)
  return entry.text
}

/** A rule of the package, by its name. */
export const packageRule = (exercise: Exercise, name: string): Item => {
  const found = (parse(startText(exercise, DEFAULT)) as Item[]).find(each => each['rule'] === name)
  if (!found) throw new Error(`the package has no rule ${name}`)
  return found
}

/** The words between quotes in the task, of which the first is the name of a rule. */
export const quotedIn = ({ task }: Exercise): string[] =>
  task.flatMap(part => (typeof part === 'string' ? [...part.matchAll(/"([^"]+)"/g)].map(match => match[1] ?? '') : []))
