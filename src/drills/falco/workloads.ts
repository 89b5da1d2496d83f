import type { Pick } from '../pick.ts'

/** Something that makes pods. */
export interface MadeBy {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  readonly namespace: string
  readonly name: string
}

// k8s.io/apimachinery pkg/util/rand: no vowels, nor digits that look like one
const LETTERS = [...'bcdfghjklmnpqrstvwxz2456789']
const suffix = (pick: Pick, length: number): string =>
  Array.from({ length }, () => LETTERS[pick.number(0, LETTERS.length - 1)]).join('')

/** Names of pods as the controllers make them: those of one Deployment have the hash of its ReplicaSet in common. */
export const podNames = (pick: Pick, { kind, name }: MadeBy, count: number): string[] => {
  const hash = suffix(pick, pick.number(9, 10))
  return Array.from({ length: count }, (_, index) => {
    if (kind === 'StatefulSet') return `${name}-${index}`
    return kind === 'DaemonSet' ? `${name}-${suffix(pick, 5)}` : `${name}-${hash}-${suffix(pick, 5)}`
  })
}

/** What kubectl get deployments,statefulsets,daemonsets -A prints. */
export const workloadTable = (all: readonly MadeBy[]): string => {
  const rows = [...all]
    .sort((a, b) => (`${a.kind} ${a.namespace} ${a.name}` < `${b.kind} ${b.namespace} ${b.name}` ? -1 : 1))
    .map(({ kind, namespace, name }) => `${namespace.padEnd(14)}${kind.toLowerCase()}.apps/${name}\n`)
  return `${'NAMESPACE'.padEnd(14)}NAME\n${rows.join('')}`
}
