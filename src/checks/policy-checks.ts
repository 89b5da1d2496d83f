import type { AuditFlagName } from '../audit/flags.ts'
import { type PathFact, textAt } from '../facts/path-fact.ts'
import { lintPolicy } from '../policy/lint.ts'
import { strictModeGaps } from '../policy/lint/stages.ts'
import { decodePolicy } from '../policy/decode.ts'
import type { HostPath } from '../paths.ts'
import { ANNOTATIONS } from '../manifest/annotation-edits.ts'
import { modeText } from '../mode-text.ts'
import { sha256 } from '../sha256.ts'
import { unreadFile } from '../startup/unread-file.ts'
import type { Check, Found, PodContext } from './check.ts'

/** Checks of the policy file, and of whether the running server has read it. */
export const POLICY_CHECKS: readonly Check[] = [
  {
    id: 'policy-too-large',
    subject: 'policy',
    title: 'The policy is short enough to be judged',
    severity: 'error',
    why: 'kube-apiserver reads one of any length',
    about: 'policy',
    needs: 'pod',
    run: ({ facts }) => unreadFile(facts, 'policy')
  },
  {
    id: 'policy-lint',
    subject: 'policy',
    title: 'The policy records what it should, and no secrets',
    severity: 'warning',
    why: 'what lint finds is accepted by kube-apiserver without a word',
    cis: 'policy-coverage',
    about: 'policy',
    needs: 'pod',
    run: context => (policyOf(context) ? lint(context) : null)
  },
  {
    id: 'policy-strict-mode',
    subject: 'policy',
    title: 'The policy goes with the mode of the backends',
    severity: 'warning',
    why: 'blocking-strict refuses a request only when its RequestReceived cannot be recorded',
    about: 'policy',
    needs: 'pod',
    run: context => {
      const { path = '', text } = policyOf(context) ?? {}
      const policy = text === undefined ? null : decodePolicy(text, path, context.version).policy
      return policy && MODES.flatMap(flag => strictModeGaps(policy, path, context.flags.get(flag) ?? ''))
    }
  },
  {
    id: 'policy-others-may-write',
    subject: 'policy',
    title: 'Only root can change the policy',
    severity: 'warning',
    why: 'who can write it can hide from the log',
    about: 'policy',
    needs: 'pod',
    run: context => {
      const path = policyPathOf(context)
      const fact = path === undefined ? undefined : context.facts.paths.get(path)
      return path === undefined || fact?.kind !== 'file' ? null : writableByOthers(path, fact)
    }
  },
  {
    id: 'policy-not-loaded',
    subject: 'running',
    title: 'The running kube-apiserver has read the policy as it is',
    severity: 'warning',
    why: 'kube-apiserver reads the policy once, at its start',
    about: 'policy',
    needs: 'live pod',
    run: function* (context) {
      const { path, text } = policyOf(context) ?? {}
      const fact = path === undefined ? undefined : context.facts.paths.get(path)
      const server = context.facts.servers.find(({ matches }) => matches)
      if (path === undefined || text === undefined || !fact || !server || fact.modified <= server.started) return
      // the note in the pod says which policy the server was started for
      if (context.pod.annotations.get(ANNOTATIONS.policy) === sha256(text)) return
      yield {
        message: `${path} was changed after kube-apiserver (pid ${server.pid}) was started: the old policy is still in force`,
        file: path,
        remediation: `auditpatch apply --policy ${path} loads it`
      }
    }
  }
]

const MODES = ['audit-log-mode', 'audit-webhook-mode'] as const satisfies readonly AuditFlagName[]

const writableByOthers = (path: HostPath, { mode }: PathFact): Found[] =>
  (mode & 0o022) === 0
    ? []
    : [
        {
          message: `${path} has the mode ${modeText(mode)}: others than its owner may write it`,
          file: path,
          remediation: `chmod 644 ${path}`
        }
      ]

const policyPathOf = ({ paths }: PodContext): HostPath | undefined =>
  paths.find(({ role }) => role === 'policy')?.resolved?.host

const policyOf = (context: PodContext): { path: HostPath; text: string } | undefined => {
  const path = policyPathOf(context)
  const text = textAt(context.facts.paths, path)
  return path === undefined || text === undefined ? undefined : { path, text }
}

// what keeps kube-apiserver from starting is told as such
function* lint(context: PodContext): Iterable<Found> {
  const policy = policyOf(context)
  if (!policy) return
  const isTold = context.faults.some(({ layer }) => layer === 'policy')
  for (const finding of lintPolicy(policy.text, policy.path, context.version).findings)
    if (!isTold || finding.severity !== 'error') yield finding
}
