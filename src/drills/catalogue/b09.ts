import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { auditFlag } from '../../audit/flags.ts'
import { atFlag, unreadable } from '../goals/audit-goals.ts'
import type { Drill, Goal } from '../drill.ts'
import { swap } from '../edit.ts'
import { auditSettingsStay, fileStays, nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { auditedNodeOf } from './audited-node.ts'
import { ROTATION_FLAGS, rotationGoal, rotationOf, rotationRows } from './rotation.ts'

const ANCHORS = ['--tls-private-key-file=', '--secure-port=', '--etcd-keyfile=', '--service-account-key-file='] as const

export const b09: Drill = {
  id: 'b09',
  title: 'The number that nobody asked for',
  family: 'repair',
  minutes: 4,
  points: 4,
  lesson: 'Of a flag that is given twice the last one counts, and nothing warns you.',
  make: pick => {
    const rotation = rotationOf(pick)
    const { tree, manifest, policyFile, logFile, broken } = auditedNodeOf(pick, rotation)
    const flag = pick.one(ROTATION_FLAGS)
    const stale = String(pick.number(401, 990))
    const again = pick.one([
      `    - --${flag}=${stale}\n`,
      `    - --${flag.replaceAll('-', '_').replace(/^_+/, '')}=${stale}\n`,
      `    - --${flag}\n    - "${stale}"\n`
    ])
    const anchor = manifest.match(new RegExp(` {4}- ${pick.one(ANCHORS)}.*\\n`))?.[0] ?? ''
    const start = broken(swap(manifest, anchor, `${anchor}${again}`))
    return {
      task: [
        'How long the audit log is kept was agreed on, and the numbers stand in the manifest. Yet kube-apiserver does not go by all of them.',
        rotationRows(rotation),
        'Let it go by these, and let each of the three be said once.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifest]]),
      goals: [rotationGoal(flag, rotation, 60), onceGoal(40)],
      keeps: [
        ...nodeKeeps(tree, []),
        ...[policyFile, logFile].map(fileStays),
        auditSettingsStay(start, [flag]),
        stillStarts
      ],
      hints: [
        'Read the whole command, down to its last line.',
        'Nothing complains of a flag that is given twice. Which of the two would you think counts?',
        'Of a flag that stands there more than once the last counts. Its name may be written with _ in the place of -, and its value in a line of its own.',
        `It is --${flag}: take out the one with ${stale}.`
      ]
    }
  }
}

const onceGoal = (points: number): Goal => ({
  id: 'once',
  asks: 'each of these settings is said once',
  points,
  judge: seen => {
    if (!seen.pod) return unreadable(seen)
    const { flags } = seen.pod.command
    for (const name of ROTATION_FLAGS) {
      const count = flags.filter(each => auditFlag(each.name)?.name === name).length
      if (count === 0) return atFlag(seen, name, 'flag-missing', `--${name} is not set`)
      if (count > 1) return atFlag(seen, name, 'flag-twice', `--${name} stands there ${count} times`)
    }
    return null
  }
})
