import { AuditError } from '../../errors.ts'
import { type HostPath, hostPath, join } from '../../paths.ts'
import type { Drill } from '../drill.ts'
import { type CullRule, cullGoals, judgedBy, readable, staying } from '../goals/culled-pods.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { manifestText } from '../manifest-text.ts'
import { freshNode, withFiles } from '../node.ts'
import { BREAKING, NAMES, ownSettings, podOfKind, type PodKind, STAYING } from './candidate-pods.ts'

export const h02: Drill = {
  id: 'h02',
  title: 'Pods that can be changed have to go',
  family: 'immutable',
  minutes: 5,
  points: 5,
  lesson:
    'A pod is as immutable as the weakest of its containers, init containers among them. Of a setting that both know the one of the container counts; readOnlyRootFilesystem and privileged are known to containers alone.',
  make: pick => {
    const directory = hostPath(`/root/${pick.one(['pods', 'manifests', 'workloads', 'review'])}`)
    const isStrict = pick.one([true, false])
    const rules = [...RULES, ...(isStrict ? [EMPTY_DIR] : [])]
    const breaking: PodKind[] = ['writable-root', 'writable-init-root', ...pick.some(BREAKING, 2)]
    const kinds = pick.some([...breaking, 'empty-dir' as const, ...pick.some(STAYING, 3)], 8)
    const names = pick.some(NAMES, kinds.length)
    const pods = kinds.map((kind, index) => {
      const name = names[index] ?? ''
      const file = join(directory, `${name}.yaml`)
      const text = manifestText(podOfKind(kind, name, ownSettings(pick)))
      const judged = judgedBy(rules, text, file)
      const isToGo = breaking.includes(kind) || (kind === 'empty-dir' && isStrict)
      if (isToGo !== judged.broken.length > 0)
        throw new AuditError('IMPOSSIBLE', `a pod of a drill is not what it says: ${kind}`)
      return { file, text, ...judged }
    })
    const files = pods.map(({ file }) => file)
    const start = withFiles(freshNode(pick), Object.fromEntries(pods.map(({ file, text }) => [file, text])))
    const gone = pods.filter(({ broken }) => broken.length > 0)
    const asked = rules.filter(rule => gone.some(({ broken }) => broken.includes(rule)))
    return {
      task: [
        `Eight pods are to be rolled out with kubectl apply -f ${directory}. Take out of that directory the manifests of those that are not immutable, and leave the others there as they are. A pod has to go where one of its containers, or of its init containers, does any of this:`,
        Object.fromEntries(rules.map(({ id, says }) => [id, says])),
        `${isStrict ? 'That an emptyDir goes with its pod does not help it.' : 'An emptyDir may be written: it goes with its pod.'} A volume that is mounted with readOnly: true is not written. Nothing else decides.`,
        { manifests: directory }
      ],
      start,
      solution: new Map<HostPath, null>(gone.map(({ file }) => [file, null])),
      goals: cullGoals(directory, pods, shared(asked)),
      keeps: [...staying(directory, pods), readable(directory), ...nodeKeeps(start, files), stillStarts],
      hints: [
        `Every manifest has a spec with containers, and some have initContainers: go through the rules for each. grep -c image: ${directory}/*.yaml tells how many there are.`,
        "A container's own securityContext counts before that of its pod. readOnlyRootFilesystem has to be there and true; privileged has to be true to count.",
        'A volumeMount names a volume: look there whether it is a hostPath, an emptyDir or a configMap, and at the mount whether it says readOnly: true.',
        `auditpatch immutable check ${directory}/*.yaml judges by these rules and by more: only what is asked for here counts. ${gone.length} pods have to go.`
      ]
    }
  }
}

interface Rule extends CullRule {
  /** As the task has it. */
  readonly says: string
}

const RULES: readonly Rule[] = [
  {
    id: 'root file system',
    does: 'can write the root file system of a container',
    forbids: 'read-only-root-filesystem',
    says: 'it can write its root file system'
  },
  {
    id: 'privileges',
    does: 'has a privileged container',
    forbids: 'privileged',
    says: 'it is privileged'
  },
  {
    id: 'node',
    does: 'can write files of the node',
    forbids: 'host-path',
    says: 'it can write a directory or a file of the node'
  },
  {
    id: 'capabilities',
    does: 'adds capabilities',
    forbids: 'added-capabilities',
    says: 'it adds a capability other than NET_BIND_SERVICE'
  },
  {
    id: 'user',
    does: 'may run as root',
    forbids: 'run-as-non-root',
    says: 'it runs as root, or nothing in the manifest says that it does not'
  }
]

const EMPTY_DIR: Rule = {
  id: 'volumes',
  does: 'can write an emptyDir',
  forbids: 'writable-empty-dir',
  says: 'it can write an emptyDir'
}

/** The rules that are broken with their points: two pods break the first. */
const shared = (rules: readonly Rule[]): (Rule & { readonly points: number })[] => {
  const others = Math.floor(60 / (rules.length - 1))
  return rules.map((rule, index) => ({
    ...rule,
    points: index === 0 ? 100 - others * (rules.length - 1) : others
  }))
}
