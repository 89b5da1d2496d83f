import type { KubernetesVersion } from '../audit/version.ts'
import { AuditError } from '../errors.ts'
import type { NodeFacts } from '../facts/node.ts'
import { decodePolicy, isNotJudged } from '../policy/decode.ts'
import { covers } from '../paths.ts'
import { type AuditPath, auditPaths } from '../plan/audit-paths.ts'
import { currentFlags } from '../plan/flag-faults.ts'
import type { Pod } from '../pod/pod.ts'
import { decodeGoText } from '../text/source.ts'
import { agreeing, APPLY, atFile, atFlag, atPath, type Place, type Said, startFault } from './fault.ts'
import { policyErrorText } from './policy-words.ts'
import { relativePath } from './relative-path.ts'
import { mayReach, seenAt, type Seen, serverMay } from './seen.ts'
import type { StartFault } from './start-fault.ts'

const ENDS = 'kube-apiserver ends at its start'

/** The audit policy cannot be read, or is none that the server accepts. */
export const policyGate = (facts: NodeFacts, version: KubernetesVersion): StartFault[] => {
  const { pod } = facts.manifest
  const relative = pod ? relativePath(pod, 'audit-policy-file') : undefined
  if (pod && relative !== undefined)
    return [startFault('policy', notAbsolute(relative), atFlag(pod, 'audit-policy-file'))]
  const policy = pod ? auditPaths(pod).find(({ role }) => role === 'policy') : undefined
  if (!pod || !policy) return []
  const seen = seenAt(facts, pod, policy.container)
  const unread = unreadable(facts, pod, policy, seen)
  if (unread) {
    const { resolved } = policy
    const place = resolved
      ? atPath(pod, [...pod.containerPath, 'volumeMounts', resolved.mount.index])
      : atFlag(pod, policy.flag)
    return [startFault('policy', unread, place)]
  }
  if (seen.kind !== 'file') return []
  if (seen.made)
    return [emptyPolicy(policy, atFile(seen.host), `${seen.host} is not there, so FileOrCreate makes an empty file`)]
  return seen.fact.bytes ? contentFaults(policy, seen.host, seen.fact.bytes, version) : []
}

const notAbsolute = (path: string): Said => ({
  code: 'policy-not-mounted',
  message: `${path} is no absolute path: kube-apiserver looks for it in its working directory, where no policy is: ${ENDS}`,
  printed: `loading audit policy file: failed to read file path "${path}": open ${path}: no such file or directory`,
  remediation: 'write the absolute path of the policy in the container'
})

const unreadable = (facts: NodeFacts, pod: Pod, { container }: AuditPath, seen: Seen): Said | undefined => {
  const given = currentFlags(pod).get('audit-policy-file') ?? ''
  const failed = (why: string): string => `loading audit policy file: failed to read file path "${container}": ${why}`
  const absent = failed(`open ${container}: no such file or directory`)
  switch (seen.kind) {
    case 'not-mounted':
      // the runtime makes directories down to where something is mounted, and an emptyDir is one
      if (pod.mounts.some(({ path }) => covers(container, path)))
        return {
          code: 'policy-is-directory',
          message: `${container} is a directory of the container, as something is mounted below it, and no policy: ${ENDS}`,
          printed: failed(`read ${container}: is a directory`),
          remediation: `${APPLY}: it mounts a policy`
        }
      return {
        code: 'policy-not-mounted',
        message: `no mount shows ${container} to kube-apiserver, so it finds no audit policy there: ${ENDS}`,
        printed: absent,
        remediation: agreeing(pod, container) ?? `${APPLY}: it adds the mount`
      }
    case 'absent':
      return {
        code: 'policy-missing',
        message: `the audit policy ${seen.host} is not there: ${ENDS}`,
        printed: absent,
        remediation: `${APPLY}: it writes a policy there`
      }
    case 'directory':
      return {
        code: 'policy-is-directory',
        message: seen.made
          ? `${seen.host} is not there, so a directory is made of it, and no policy can be read: ${ENDS}`
          : `the audit policy ${seen.host} is a directory: ${ENDS}`,
        printed: failed(`read ${container}: is a directory`),
        remediation: seen.made
          ? `${APPLY}: it writes a policy there`
          : `take the directory ${seen.host} away, then run auditpatch apply`
      }
    case 'file':
      if (given.endsWith('/'))
        return {
          code: 'policy-is-no-directory',
          message: `--audit-policy-file ends with a slash, and ${seen.host} is a file: ${ENDS}`,
          printed: `loading audit policy file: failed to read file path "${given}": open ${given}: not a directory`,
          remediation: 'take the slash away'
        }
      if (seen.made || (serverMay(pod, seen.fact, 4) && mayReach(facts, pod, seen.resolved, seen.host, container)))
        return undefined
      return {
        code: 'policy-not-readable',
        message: `kube-apiserver runs as user ${pod.user}, who may not read the audit policy ${seen.host}: ${ENDS}`,
        printed: failed(`open ${container}: permission denied`),
        remediation: `let ${pod.user}:${pod.group} read ${seen.host}, with chown or chmod`
      }
    default:
      return undefined
  }
}

const emptyPolicy = ({ container }: AuditPath, place: Place, message: string): StartFault =>
  startFault(
    'policy',
    {
      code: 'policy-empty',
      message: `${message}, which is no audit policy: ${ENDS}`,
      printed: `loading audit policy file: unknown group version field audit.k8s.io/__internal, Kind=Policy in policy: from file ${container}`,
      remediation: 'write a policy into it, as with auditpatch apply --policy template:baseline'
    },
    place
  )

const contentFaults = (
  policy: AuditPath,
  file: string,
  bytes: Uint8Array,
  version: KubernetesVersion
): StartFault[] => {
  const text = textOf(bytes, file)
  if (text === undefined)
    return [
      startFault(
        'policy',
        {
          code: 'policy-not-utf8',
          message: `the audit policy ${file} is no UTF-8 text: ${ENDS}`,
          printed: 'loading audit policy file: failed decoding: yaml: ',
          remediation: 'write the file anew, as UTF-8'
        },
        { file, line: 1, column: 1 }
      )
    ]
  if (isBlank(text)) return [emptyPolicy(policy, { file, line: 1, column: 1 }, `${file} is empty`)]
  const { findings, source } = decodePolicy(text, file, version)
  // that a policy is too much for this program says nothing of the server
  const errors = findings.filter(
    each => each.severity === 'error' && !isNotJudged(each) && each.code !== 'policy-template'
  )
  const printed = errors.length === 0 ? '' : policyErrorText(errors, source, policy.container, version)
  return errors.map(({ code, message, line, column, field, remediation }) =>
    startFault(
      'policy',
      {
        code,
        message: `kube-apiserver does not accept the audit policy: ${message}`,
        printed,
        remediation: remediation ?? 'auditpatch policy lint tells what the server wants'
      },
      {
        file,
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
        ...(field === undefined ? {} : { field })
      }
    )
  )
}

const textOf = (bytes: Uint8Array, file: string): string | undefined => {
  try {
    return decodeGoText(bytes, file)
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return undefined
  }
}

/** True for a text that says nothing: blank lines, comments and the marks of documents. */
export const isBlank = (text: string): boolean =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .every(line => /^(?:---)?[ \t\r]*(?:#.*)?$/.test(line))
