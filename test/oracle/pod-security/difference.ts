import type { PodData } from '../../../src/immutability/pod-security/judged-pod.ts'
import { forbiddenDetail, podSecurity } from '../../../src/immutability/pod-security/pod-security.ts'
import { type ServerJudgement, type ServerVerdict, versionOf } from './server.ts'

/** Says how our verdict on a pod differs from Kubernetes' own at a minor release; undefined where it is the same. */
export const podDifference = (pod: PodData, minor: number, server: ServerVerdict): string | undefined => {
  const ours = podSecurity(pod, versionOf(minor))
  const level = server.restricted.allowed ? 'restricted' : server.baseline.allowed ? 'baseline' : 'privileged'
  const differences = [
    ...(ours.level === level ? [] : [`level ${ours.level}, the server's is ${level}`]),
    ...(['baseline', 'restricted'] as const).flatMap(each => {
      const forbidden = ours.violations.filter(violation => violation.level === each)
      const [here, there] = [textOf(forbidden), textOf(server[each].forbidden, server[each])]
      return here === there ? [] : [`${each}\n  ours       ${here}\n  the server ${there}`]
    })
  ]
  return differences.length === 0 ? undefined : differences.join('\n')
}

type Said = ServerJudgement['forbidden']

// each check's words, and those of all together
const textOf = (forbidden: Said, whole: Partial<ServerJudgement> = {}): string => {
  const { detail = forbiddenDetail(forbidden), reason = forbidden.map(each => each.reason).join(', ') } = whole
  return JSON.stringify([forbidden.map(({ id, reason, detail }) => [id, reason, detail]), reason, detail])
}
