import { parse, stringify } from 'yaml'
import type { Exercise } from '../../../src/drills/drill.ts'
import { type Answer, edited, type Files, inPod, type PodData } from '../answer.ts'
import { rowOf } from '../log-answers.ts'

/** An answer that was written without a look at the others, right or wrong by what Kubernetes makes of it. */
export interface HeldOut extends Answer {
  readonly drill: string
  readonly isRight: boolean
  /** Of a wrong one: why it fails. */
  readonly code?: string
}

/** A right answer. */
export const right = (drill: string, name: string, edit: Answer['edit']): HeldOut => ({
  drill,
  name,
  isRight: true,
  edit
})

/** A wrong answer. */
export const wrong = (drill: string, code: string | null, name: string, edit: Answer['edit']): HeldOut => ({
  drill,
  name,
  isRight: false,
  ...(code === null ? {} : { code }),
  edit
})

/** One rule of a policy, as far as answers change it. */
export interface RuleData {
  level: string
  users?: string[] | null
  userGroups?: string[] | null
  verbs?: string[] | null
  namespaces?: string[] | null
  nonResourceURLs?: string[] | null
  omitStages?: string[] | null
  omitManagedFields?: boolean
  resources?: { group?: string; resources?: string[] | null; resourceNames?: string[] | null }[] | null
}

export interface PolicyData {
  apiVersion: string
  kind: string
  omitStages?: string[]
  omitManagedFields?: boolean
  rules: RuleData[]
}

/** An answer in which the text of the policy reads differently. */
export const inPolicyText =
  (change: (text: string, exercise: Exercise) => string): Answer['edit'] =>
  (files, exercise) =>
    edited(rowOf(exercise, 'audit policy'), text => change(text, exercise))(files)

/** An answer in which the policy is changed, and written anew. */
export const inPolicy = (change: (policy: PolicyData, exercise: Exercise) => PolicyData | undefined): Answer['edit'] =>
  inPolicyText((text, exercise) => {
    // the test reads back what the drill wrote
    const policy = parse(text) as PolicyData
    return stringify(change(policy, exercise) ?? policy, { lineWidth: 0 })
  })

/** An answer in which the rules are others. */
export const inRules = (change: (rules: RuleData[], exercise: Exercise) => RuleData[]): Answer['edit'] =>
  inPolicy((policy, exercise) => ({ ...policy, rules: change(policy.rules, exercise) }))

/** The rule of an index. Throws where there is none. */
export const at = <T>(all: readonly T[], index: number): T => {
  const found = all.at(index)
  if (found === undefined) throw new Error(`there is no item ${index}`)
  return found
}

/** The mount of a pod by its name. Throws where there is none. */
export const mountNamed = (pod: PodData, name: string): PodData['spec']['containers'][0]['volumeMounts'][0] => {
  const found = pod.spec.containers[0].volumeMounts.find(each => each.name === name)
  if (!found) throw new Error(`no mount ${name}`)
  return found
}

/** The place on the node that a volume shows. Throws where there is none. */
export const hostNamed = (pod: PodData, name: string): { path: string; type?: string } => {
  const found = pod.spec.volumes.find(each => each.name === name)?.hostPath
  if (!found) throw new Error(`no volume ${name}`)
  return found
}

/** An answer in which a flag reads differently. */
export const inFlag = (flag: string, change: (word: string) => readonly string[]): Answer['edit'] =>
  inPod(pod => {
    const [container] = pod.spec.containers
    container.command = container.command.flatMap(word => (word.startsWith(`--${flag}=`) ? change(word) : [word]))
  })

/** One answer after the other. */
export const both =
  (...edits: readonly Answer['edit'][]): Answer['edit'] =>
  (files, exercise) =>
    edits.reduce<Files>((done, edit) => edit(done, exercise), files)
