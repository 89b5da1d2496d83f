import type { Check, Found, NodeContext, PodContext } from './check.ts'

/** Checks of what runs now against what is written. */
export const RUNNING_CHECKS: readonly Check[] = [
  {
    id: 'interrupted',
    subject: 'running',
    title: 'No run of auditpatch was cut off',
    severity: 'warning',
    why: 'the files may be of two states',
    needs: 'node',
    run: function* ({ facts }) {
      if (facts.interrupted === null) return
      yield {
        message: `the ${facts.interrupted} was interrupted`,
        remediation: 'auditpatch recover finishes or undoes it'
      }
    }
  },
  {
    id: 'kubelet-not-running',
    subject: 'running',
    title: 'A kubelet looks after the manifest',
    severity: 'warning',
    why: 'without it no change of the manifest has any effect',
    needs: 'live node',
    run: function* ({ facts }) {
      if (facts.kubelet.pid !== null) return
      yield {
        ...(facts.servers.length === 0 ? { severity: 'error' as const } : {}),
        message: 'no kubelet is running on this node',
        remediation: 'systemctl status kubelet; journalctl -u kubelet -n 50'
      }
    }
  },
  {
    id: 'server-down',
    subject: 'running',
    title: 'kube-apiserver runs',
    severity: 'error',
    why: 'nothing can be asked of the cluster through this node',
    needs: 'live node',
    run: function* ({ facts }) {
      if (facts.servers.length > 0) return
      yield {
        message:
          facts.kubelet.pid === null
            ? 'neither a kubelet nor a kube-apiserver runs on this node'
            : 'the kubelet runs, but no kube-apiserver does',
        file: facts.manifest.path,
        remediation: 'auditpatch explain-failure says why'
      }
    }
  },
  {
    id: 'server-unhealthy',
    subject: 'running',
    title: 'kube-apiserver answers as healthy',
    severity: 'error',
    why: 'it may be starting, or without its etcd',
    needs: 'live pod',
    run: function* ({ facts }) {
      if (facts.isHealthy !== false) return
      yield {
        message: "kube-apiserver runs, but does not answer as healthy on the node's own address",
        file: facts.manifest.path,
        remediation: 'auditpatch explain-failure says why'
      }
    }
  },
  {
    id: 'server-differs',
    subject: 'running',
    title: 'kube-apiserver runs with the flags of the manifest',
    severity: 'error',
    why: 'what is written is not what is in force',
    needs: 'live pod',
    run: serverDiffers
  },
  {
    id: 'log-silent',
    subject: 'running',
    title: 'kube-apiserver writes to the log',
    severity: 'warning',
    why: 'nothing that happens is recorded',
    needs: 'live pod',
    run: function* (context) {
      const { facts, paths } = context
      const server = facts.servers.find(({ matches }) => matches)
      const { log } = facts
      const isRecording = paths.some(({ role }) => role === 'policy') && log !== null
      if (!server || !log || !isRecording || facts.now - server.started < QUIET) return
      if (log.size !== null && log.size > 0 && log.modified >= server.started) return
      yield {
        message:
          log.size === null
            ? `${log.path} is not there, though kube-apiserver (pid ${server.pid}) should write it`
            : `nothing was written to ${log.path} since kube-apiserver (pid ${server.pid}) was started`,
        file: log.path,
        remediation: `does it write to a file that was moved or deleted? ls -l /proc/${server.pid}/fd; only a restart opens the log anew. Else auditpatch policy lint shows whether the policy records anything`
      }
    }
  },
  {
    id: 'events-lost',
    subject: 'running',
    title: 'No event was lost',
    severity: 'error',
    why: 'kube-apiserver could not write or send them',
    needs: 'node',
    run: function* ({ facts: { lostEvent, servers } }) {
      if (lostEvent === null) return
      const [server] = servers
      if (server && lostEvent.time !== null && lostEvent.time < server.started) return
      yield {
        message: `events were lost: ${lostEvent.line}`,
        file: lostEvent.where,
        remediation: 'the line says why: a full disk, a log that cannot be renamed, a receiver that does not answer'
      }
    }
  },
  {
    id: 'selinux',
    subject: 'running',
    title: 'SELinux lets kube-apiserver use its files',
    severity: 'warning',
    why: 'the kubelet relabels no host paths: what the container may not touch it cannot open',
    needs: 'live pod',
    run: mislabelled
  }
]

const QUIET = 60_000
const SETTLING = 60_000

function* serverDiffers({ facts }: NodeContext): Iterable<Found> {
  const [server] = facts.servers
  if (!server || server.matches) return
  const since = facts.now - facts.manifest.modified
  const isEdited = facts.manifest.modified > server.started
  yield {
    // the kubelet may be at it right now
    ...(since < SETTLING && facts.kubelet.pid !== null ? { severity: 'info' as const } : {}),
    message: isEdited
      ? `kube-apiserver (pid ${server.pid}) was started before the manifest was changed, and runs with other flags`
      : `kube-apiserver (pid ${server.pid}) runs with other flags than the manifest has`,
    file: facts.manifest.path,
    remediation:
      facts.kubelet.pid === null
        ? 'systemctl start kubelet'
        : since < SETTLING
          ? 'wait a minute and look again'
          : 'auditpatch explain-failure says what the kubelet makes of the manifest; systemctl restart kubelet if it does not look'
  }
}

// what a container may write, and what it may not even read
const WRITABLE = /:(container_file_t|container_log_t|svirt_sandbox_file_t|container_var_lib_t|spc_t):/
const UNREADABLE = /:(unlabeled_t|admin_home_t|user_home_t|default_t|tmp_t):/

function* mislabelled({ facts, paths, pod }: PodContext): Iterable<Found> {
  if (facts.contexts === null || /spc_t|privileged: true/.test(pod.source.text)) return
  for (const { role, resolved } of paths) {
    const path = role === 'log' ? resolved?.volume?.hostPath : resolved?.host
    const context = path === undefined ? undefined : facts.contexts.get(path)
    if (path === undefined || context === undefined) continue
    if (role === 'log' ? WRITABLE.test(context) : !UNREADABLE.test(context)) continue
    yield {
      message: `${path} has the SELinux context ${context}, which a container may not ${role === 'log' ? 'write' : 'read'}`,
      file: path,
      remediation: `chcon -R -t container_file_t ${path}, and semanage fcontext so that it lasts`
    }
  }
}
