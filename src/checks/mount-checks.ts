import { covers, nameOf, parentOf } from '../paths.ts'
import { otherPaths } from '../manifest/only-serves.ts'
import { type AuditPath, PATH_FLAGS } from '../plan/audit-paths.ts'
import { type Mount, resolveMount } from '../pod/volumes.ts'
import type { Check, Found, PodContext } from './check.ts'
import { placeOfFlag, placeOfMount, placeOfVolume } from './place.ts'

/** Checks of the mounts and volumes behind the audit flags. */
export const MOUNT_CHECKS: readonly Check[] = [
  {
    id: 'log-not-mounted',
    subject: 'settings',
    title: 'The log lies on the host',
    severity: 'error',
    why: 'a log inside the container is gone with the container',
    needs: 'pod',
    run: logNotMounted
  },
  {
    id: 'log-mounted-as-file',
    subject: 'settings',
    title: "The log's directory is mounted, not the file",
    severity: 'error',
    why: 'a mounted file cannot be renamed: once it has reached its size nothing is rotated and every later event is lost',
    needs: 'pod',
    run: function* (context) {
      const log = pathOf(context, 'log')
      const resolved = log?.resolved
      if (!resolved || resolved.mount.path !== log.container || resolved.host === undefined) return
      if (context.facts.paths.get(resolved.host)?.kind === 'directory') return
      yield {
        message: `the log ${log.container} is mounted as a single file: it cannot be rotated`,
        ...placeOfMount(context.pod, resolved.mount),
        remediation: 'auditpatch apply mounts its directory instead'
      }
    }
  },
  {
    id: 'policy-file-or-create',
    subject: 'settings',
    title: 'A policy that is missing is not made as an empty file',
    severity: 'warning',
    why: 'with FileOrCreate the kubelet makes an empty file where the policy should be, and kube-apiserver ends for it',
    needs: 'pod',
    run: context => volumeType(context, type => type === 'FileOrCreate', 'an empty file')
  },
  {
    id: 'policy-volume-untyped',
    subject: 'settings',
    title: 'A policy that is missing is not made as a directory',
    severity: 'info',
    why: 'without a type the runtime makes a directory where the policy should be, and kube-apiserver ends for it',
    needs: 'pod',
    run: context => volumeType(context, type => type === '' || type === 'DirectoryOrCreate', 'a directory')
  },
  {
    id: 'policy-mount-writable',
    subject: 'settings',
    title: 'kube-apiserver cannot change its policy',
    severity: 'warning',
    why: 'who gets into the container could switch auditing off',
    needs: 'pod',
    run: function* ({ pod, paths }) {
      for (const { role, container, resolved } of paths) {
        if (role === 'log' || !resolved || resolved.mount.readOnly) continue
        yield {
          message: `the ${role === 'policy' ? 'policy' : "webhook's kubeconfig"} ${container} is on a mount that can be written`,
          ...placeOfMount(pod, resolved.mount),
          remediation: sharesMount(paths, resolved.mount)
            ? 'keep the policy out of the directory of the log, and mount it with readOnly: true'
            : 'add readOnly: true to the mount'
        }
      }
    }
  },
  {
    id: 'broad-mount',
    subject: 'settings',
    title: 'No wide directory is mounted for auditing',
    severity: 'warning',
    why: 'kube-apiserver could write all that is below it',
    needs: 'pod',
    run: function* ({ pod, paths }) {
      const mounts = new Set(paths.flatMap(({ resolved }) => (resolved ? [resolved.mount] : [])))
      for (const mount of mounts) {
        if (mount.readOnly || !WIDE.includes(mount.path)) continue
        yield {
          message: `all of ${mount.path} is mounted so that kube-apiserver can write it`,
          ...placeOfMount(pod, mount),
          remediation: 'mount a directory that holds the log alone'
        }
      }
    }
  },
  {
    id: 'policy-in-other-volume',
    subject: 'settings',
    title: 'The policy has a mount of its own',
    severity: 'info',
    why: 'who changes the other volume changes where the policy is found',
    needs: 'pod',
    run: function* ({ pod, paths }) {
      const policy = paths.find(({ role }) => role === 'policy')
      const mount = policy?.resolved?.mount
      if (!policy || !mount || mount.path === policy.container) return
      const other = otherPaths(pod).find(({ path }) => resolveMount(pod.mounts, pod.volumes, path)?.mount === mount)
      if (!other) return
      yield {
        message: `the policy lies in ${mount.path}, which serves ${other.path} too`,
        ...placeOfMount(pod, mount)
      }
    }
  },
  {
    id: 'host-path-differs',
    subject: 'settings',
    title: 'Files have the same path on the host and in the container',
    severity: 'info',
    why: 'who reads the flag looks in the wrong place',
    needs: 'pod',
    run: ({ pod, paths }) =>
      paths.flatMap(({ flag, container, resolved }): Found[] =>
        resolved?.host === undefined || String(resolved.host) === String(container)
          ? []
          : [
              {
                message: `--${flag}=${container} is ${resolved.host} on the host`,
                ...placeOfMount(pod, resolved.mount)
              }
            ]
      )
  },
  {
    id: 'leftover-mount',
    subject: 'settings',
    title: 'No audit volume is left without its flag',
    severity: 'warning',
    why: 'the settings are half there: someone took out the flags, or never finished',
    needs: 'pod',
    run: leftover
  }
]

const WIDE: readonly string[] = ['/', '/etc', '/etc/kubernetes', '/var', '/var/log', '/var/lib', '/opt', '/root']

const pathOf = ({ paths }: PodContext, role: AuditPath['role']): AuditPath | undefined =>
  paths.find(each => each.role === role)

function* logNotMounted(context: PodContext): Iterable<Found> {
  const log = pathOf(context, 'log')
  const { pod } = context
  if (log?.resolved?.volume && log.resolved.host === undefined && !log.resolved.mount.isExpanded)
    yield {
      code: 'log-not-on-host',
      message: `--audit-log-path=${log.container} lies on the volume ${log.resolved.mount.name}, which is none of the host's: the log is gone with the pod`,
      ...placeOfMount(pod, log.resolved.mount),
      remediation: 'auditpatch apply puts a hostPath volume there'
    }
  if (!log || log.resolved) return
  const near = pod.mounts.find(mount => isNear(mount, log))
  yield {
    message: near
      ? `--audit-log-path=${log.container} is under no mount, but there is one for ${near.path}: the log stays in the container`
      : `--audit-log-path=${log.container} is under no mount: the log stays in the container`,
    ...(near ? { code: 'mount-path-mismatch', ...placeOfMount(pod, near) } : placeOfFlag(pod, 'audit-log-path')),
    remediation: near
      ? `auditpatch apply mounts ${parentOf(log.container)}; or write a path below ${near.path} into the flag`
      : `auditpatch apply mounts ${parentOf(log.container)}`
  }
}

// a mount that was meant for the log: the same last part, or one that only auditing can want
const isNear = (mount: Mount, log: AuditPath): boolean =>
  [nameOf(log.container), nameOf(parentOf(log.container))].includes(nameOf(mount.path)) ||
  (/audit/i.test(mount.path + mount.name) && /log/i.test(mount.path + mount.name))

function* volumeType(context: PodContext, isBad: (type: string) => boolean, what: string): Iterable<Found> {
  for (const { role, container, resolved } of context.paths) {
    const volume = resolved?.volume
    if (role === 'log' || !volume || resolved.mount.path !== container || !isBad(volume.type)) continue
    // then it is a fault of the start
    if (resolved.host === undefined || context.facts.paths.get(resolved.host)?.kind === 'absent') continue
    yield {
      message: `the volume ${volume.name ?? ''} of ${container} ${volume.type === '' ? 'has no type' : `is of type ${volume.type}`}: should the file be missing, ${what} is made in its place`,
      ...placeOfVolume(context.pod, volume),
      remediation: 'write type: File'
    }
  }
}

const sharesMount = (paths: readonly AuditPath[], mount: Mount): boolean =>
  paths.some(({ role, resolved }) => role === 'log' && resolved?.mount === mount)

function* leftover({ pod, paths, flags }: PodContext): Iterable<Found> {
  // a path that is not absolute is told, and what the kubelet expands is not known
  if (Object.values(PATH_FLAGS).some(flag => /^[^/-]|\$\(/.test(flags.get(flag) ?? ''))) return
  const used = paths.flatMap(({ resolved }) => (resolved ? [resolved.mount] : []))
  const others = otherPaths(pod)
  for (const mount of pod.mounts) {
    const volume = pod.volumes.find(({ name }) => name === mount.name)
    const isAudit = /(^|[-_/])audit/i.test(`${mount.name} ${mount.path} ${volume?.hostPath ?? ''}`)
    if (!isAudit || used.some(each => each.path === mount.path) || others.some(({ path }) => covers(mount.path, path)))
      continue
    // it was meant for the log, which is told there
    if (paths.some(path => path.role === 'log' && !path.resolved && isNear(mount, path))) continue
    yield {
      message: `the mount ${mount.path} is there for auditing, but no audit flag names a file in it`,
      ...placeOfMount(pod, mount),
      remediation: 'take out the mount and its volume, or name a file in it with the flag that it was for'
    }
  }
}
