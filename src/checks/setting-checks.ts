import { auditFlag, type AuditFlagName, isKnownIn } from '../audit/flags.ts'
import { flagFindings } from '../plan/flag-faults.ts'
import { probeFault } from '../startup/explain-probes.ts'
import type { Check, Found, PodContext } from './check.ts'
import { placeIn, placeOfFlag } from './place.ts'

/** Checks of the audit flags among themselves. */
export const SETTING_CHECKS: readonly Check[] = [
  {
    id: 'audit-off',
    subject: 'settings',
    title: 'Auditing is switched on',
    severity: 'info',
    why: 'without it nobody can tell who did what',
    cis: 'policy',
    needs: 'pod',
    run: function* ({ pod, flags }) {
      if (BACKENDS.some(name => flags.has(name)) || flags.has('audit-policy-file')) return
      yield {
        message: 'auditing is off: kube-apiserver has no policy and no backend',
        file: pod.source.file,
        remediation: 'auditpatch apply switches it on'
      }
    }
  },
  {
    id: 'log-without-policy',
    subject: 'settings',
    title: 'A log has a policy',
    severity: 'error',
    why: 'kube-apiserver records nothing without a policy, and says so in its log only',
    needs: 'pod',
    run: context => backendWithoutPolicy(context, 'audit-log-path', 'the log stays empty')
  },
  {
    id: 'webhook-without-policy',
    subject: 'settings',
    title: 'A webhook has a policy',
    severity: 'error',
    why: 'without a policy kube-apiserver does not even read the kubeconfig',
    needs: 'pod',
    run: context => backendWithoutPolicy(context, 'audit-webhook-config-file', 'nothing is sent')
  },
  {
    id: 'policy-without-backend',
    subject: 'settings',
    title: 'A policy has a backend',
    severity: 'error',
    why: 'events that go nowhere are lost',
    needs: 'pod',
    run: function* ({ pod, flags }) {
      if (isUnset(flags.get('audit-policy-file')) || BACKENDS.some(name => !isUnset(flags.get(name)))) return
      yield {
        message: 'there is a policy, but neither --audit-log-path nor --audit-webhook-config-file: nothing is recorded',
        ...placeOfFlag(pod, 'audit-policy-file'),
        remediation: 'auditpatch apply adds a log'
      }
    }
  },
  {
    id: 'flags',
    subject: 'settings',
    title: 'No audit flag stands twice',
    severity: 'warning',
    why: 'the last counts, whatever stands before',
    needs: 'pod',
    run: ({ pod, version }) =>
      flagFindings(pod, version).map(finding => ({ ...finding, remediation: finding.remediation ?? TWICE }))
  },
  {
    id: 'removed-flag',
    subject: 'settings',
    title: 'Later releases know every audit flag too',
    severity: 'warning',
    why: 'after the upgrade kube-apiserver does not start for a flag that it no longer knows',
    needs: 'pod',
    run: ({ pod, version }) =>
      pod.command.flags.flatMap(({ name, words: [word] }): Found[] => {
        const flag = auditFlag(name)
        if (flag?.until === undefined || !isKnownIn(flag, version)) return []
        return [
          {
            message: `--${flag.name} is gone in Kubernetes 1.${flag.until}: with it kube-apiserver does not start after the upgrade`,
            ...placeIn(pod, [...word.list, word.index]),
            remediation: 'take it out'
          }
        ]
      })
  },
  {
    id: 'odd-log-path',
    subject: 'settings',
    title: 'The log has a whole path',
    severity: 'warning',
    why: 'a relative path lies in the container, and one that ends in a dot or a slash looks cut off',
    needs: 'pod',
    run: function* ({ pod, flags }) {
      const path = flags.get('audit-log-path')
      // what the kubelet expands is not known here
      if (path === undefined || path === '-' || path === '' || path.includes('$(')) return
      if (path.startsWith('/') && !/[./]$/.test(path)) return
      yield {
        message: `--audit-log-path=${path} ${path.startsWith('/') ? 'looks cut off' : 'is no absolute path: it lies in the container'}`,
        ...placeOfFlag(pod, 'audit-log-path'),
        remediation: 'write the whole path of the file, as /var/log/kubernetes/audit/audit.log'
      }
    }
  },
  {
    id: 'probe-fails',
    subject: 'settings',
    title: "The kubelet's probes ask where kube-apiserver answers",
    severity: 'error',
    why: 'the kubelet ends a server whose probe fails, however well it is',
    needs: 'pod',
    run: function* ({ facts }) {
      const fault = probeFault(facts)
      if (fault) yield { message: fault.why, ...fault.place, remediation: fault.fix }
    }
  },
  {
    id: 'anonymous-auth',
    subject: 'settings',
    title: "The kubelet's probes get an answer",
    severity: 'warning',
    why: 'the probes of a kubeadm manifest send no credentials: with 401 the kubelet restarts kube-apiserver again and again',
    needs: 'pod',
    run: function* ({ pod }) {
      const flag = pod.command.flags.findLast(({ name }) => name === 'anonymous-auth')
      if (!flag || !/^(0|f|false)$/i.test(flag.value ?? '')) return
      const probe = ['livenessProbe', 'startupProbe', 'readinessProbe'].find(name => name in pod.container)
      if (probe === undefined) return
      yield {
        message: `--anonymous-auth=${flag.value ?? ''}, and the ${probe} asks without credentials`,
        ...placeIn(pod, [...flag.words[0].list, flag.words[0].index]),
        remediation:
          'take the flag out, or allow /livez and /readyz alone with --authentication-config (1.32 and newer)'
      }
    }
  }
]

const BACKENDS = ['audit-log-path', 'audit-webhook-config-file'] as const satisfies readonly AuditFlagName[]
const TWICE = 'take out all but one'
const isUnset = (value: string | undefined): boolean => value === undefined || value === ''

function* backendWithoutPolicy({ pod, flags }: PodContext, flag: AuditFlagName, effect: string): Iterable<Found> {
  if (isUnset(flags.get(flag)) || !isUnset(flags.get('audit-policy-file'))) return
  yield {
    message: `--${flag} is set, but no --audit-policy-file: ${effect}`,
    ...placeOfFlag(pod, flag),
    remediation: 'auditpatch apply adds a policy'
  }
}
