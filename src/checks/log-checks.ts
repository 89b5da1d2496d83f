import { modeText } from '../mode-text.ts'
import type { Check } from './check.ts'
import { placeOfFlag } from './place.ts'

/** Checks of the log file: where it is, and who can read or move it. */
export const LOG_CHECKS: readonly Check[] = [
  {
    id: 'log-path-unset',
    subject: 'log',
    title: 'Events are written to a log',
    severity: 'info',
    why: 'the benchmark asks for a log file; a webhook alone keeps nothing on the node',
    cis: 'log-path',
    needs: 'pod',
    run: function* ({ pod, flags }) {
      if ((flags.get('audit-log-path') ?? '') !== '') return
      yield {
        message: flags.has('audit-webhook-config-file')
          ? 'events are sent to a webhook, and no log is kept on the node'
          : 'no audit log is written: --audit-log-path is not set',
        ...placeOfFlag(pod, 'audit-webhook-config-file'),
        remediation: 'auditpatch apply --log-path /var/log/kubernetes/audit/audit.log'
      }
    }
  },
  {
    id: 'log-to-stdout',
    subject: 'log',
    title: 'The log is a file of its own',
    severity: 'info',
    why: 'on standard output events stand among the words of kube-apiserver, and the rotation flags do nothing: the container runtime rotates',
    about: 'log',
    needs: 'pod',
    run: function* ({ pod, flags }) {
      if (flags.get('audit-log-path') !== '-') return
      yield {
        message: 'events are written to standard output: they go where the container runtime keeps its logs',
        ...placeOfFlag(pod, 'audit-log-path'),
        remediation: 'auditpatch apply --log-path /var/log/kubernetes/audit/audit.log'
      }
    }
  },
  {
    id: 'log-readable',
    subject: 'log',
    title: 'The log cannot be read by everyone',
    severity: 'warning',
    why: 'it tells who does what, and at the level Request it holds what was sent',
    about: 'log',
    needs: 'pod',
    run: function* ({ facts: { log, paths } }) {
      const fact = log ? paths.get(log.path) : undefined
      if (!log || fact?.kind !== 'file' || (fact.mode & 0o004) === 0) return
      yield {
        message: `${log.path} has the mode ${modeText(fact.mode)}: every user of the node can read it`,
        file: log.path,
        remediation: `chmod 600 ${log.path}`
      }
    }
  },
  {
    id: 'log-volatile',
    subject: 'log',
    title: 'The log outlives a restart of the node',
    severity: 'warning',
    why: 'what lies there is gone after a restart, and fills the memory before',
    about: 'log',
    needs: 'pod',
    run: function* ({ pod, facts: { log } }) {
      if (!log || !/^\/(tmp|run|var\/run|dev|proc|sys)\//.test(log.path)) return
      yield {
        message: `${log.path} is in a place that is cleared when the node starts`,
        ...placeOfFlag(pod, 'audit-log-path'),
        remediation: 'auditpatch apply --log-path /var/log/kubernetes/audit/audit.log'
      }
    }
  },
  {
    id: 'logrotate-conflict',
    subject: 'log',
    title: 'Only kube-apiserver rotates its log',
    severity: 'warning',
    why: 'kube-apiserver keeps writing to the file that was moved away',
    about: 'log',
    needs: 'pod',
    run: ({ facts }) =>
      facts.logrotate.map(path => ({
        message: `${path} rotates the audit log too`,
        file: path,
        remediation: 'take the audit log out of it: the --audit-log-max* flags rotate it'
      }))
  }
]
