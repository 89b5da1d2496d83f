import type { DirectoryEntry } from '../facts/node.ts'
import { nameOf, parentOf } from '../paths.ts'
import type { Check, Found, NodeContext } from './check.ts'

/** Checks of what lies beside the manifest: the kubelet reads it all. */
export const DIRECTORY_CHECKS: readonly Check[] = [
  {
    id: 'stray-pod',
    subject: 'manifest',
    title: 'No other file holds the same pod',
    severity: 'error',
    why: 'of two files with one pod the kubelet runs the one that sorts last, or the one that was written last',
    needs: 'node',
    run: context =>
      others(context)
        .filter(entry => isSamePod(context, entry) && !isStray(context, entry))
        .map(entry => ({
          message: `${entry.path} is a second manifest of the pod ${entry.file?.pod?.namespace ?? ''}/${entry.file?.pod?.name ?? ''}: the kubelet reads it too, and only one of them counts`,
          ...fileAndFix(entry)
        }))
  },
  {
    id: 'second-api-server',
    subject: 'manifest',
    title: 'One manifest runs kube-apiserver',
    severity: 'warning',
    why: 'two API servers on one node take the port and the log file from each other',
    needs: 'node',
    run: context =>
      others(context)
        .filter(({ file, name }) => file?.runsApiServer === true && !LEFTOVER.test(name))
        .filter(entry => !isSamePod(context, entry))
        .map(entry => ({
          message: `${entry.path} runs kube-apiserver too, as the pod ${entry.file?.pod?.name ?? ''}`,
          ...fileAndFix(entry)
        }))
  },
  {
    id: 'editor-leftover',
    subject: 'manifest',
    title: 'No backup or temporary file lies among the manifests',
    severity: 'warning',
    why: 'the kubelet reads every file of its directory that does not begin with a dot, whatever its name ends in',
    needs: 'node',
    run: context =>
      others(context)
        .filter(entry => entry.kind === 'file' && LEFTOVER.test(entry.name) && !isSamePod(context, entry))
        .map(entry => ({
          message: `${entry.path} looks like a backup or an editor's file: ${whatItDoes(entry)}`,
          ...fileAndFix(entry)
        }))
  },
  {
    id: 'policy-among-manifests',
    subject: 'manifest',
    title: 'No audit policy or kubeconfig lies among the manifests',
    severity: 'warning',
    why: 'the kubelet tries to run it as a pod, and complains each time that it reads the directory',
    needs: 'node',
    run: context =>
      others(context)
        .filter(({ file }) => isAuditKind(file?.kind))
        .map(entry => ({
          message: `${entry.path} is of kind ${entry.file?.kind ?? ''}, and lies where the kubelet takes every file for a pod`,
          file: entry.path,
          remediation: `move it out: auditpatch apply --policy-path /etc/kubernetes/audit/${entry.name} uses it there`
        }))
  },
  {
    id: 'not-a-pod',
    subject: 'manifest',
    title: 'Every file among the manifests is a pod',
    severity: 'warning',
    why: 'the kubelet passes over what it cannot read, and says so in its own log only',
    needs: 'node',
    run: context =>
      others(context)
        .filter(({ file, name }) => file?.pod === null && !LEFTOVER.test(name))
        .filter(({ file }) => !isAuditKind(file?.kind))
        .map(entry => ({
          message:
            entry.file?.fault == null
              ? `${entry.path} is too long to be looked at: no manifest of a pod is`
              : `${entry.path} is not run by the kubelet: ${entry.file.fault}`,
          ...fileAndFix(entry)
        }))
  },
  {
    id: 'not-a-file',
    subject: 'manifest',
    title: 'Nothing but files lies among the manifests',
    severity: 'info',
    why: 'the kubelet reads no directories, and complains of links that lead nowhere',
    needs: 'node',
    run: context =>
      others(context)
        .filter(({ kind, name }) => kind !== 'file' && !name.startsWith('.'))
        .map(entry => ({
          message: `${entry.path} is ${KINDS[entry.kind]}: the kubelet does not read it`,
          ...fileAndFix(entry)
        }))
  },
  {
    id: 'manifest-elsewhere',
    subject: 'manifest',
    title: 'The manifest lies where the kubelet looks',
    severity: 'warning',
    why: 'the kubelet runs what is in its staticPodPath, and nothing else',
    needs: 'node',
    run: function* ({ facts }) {
      const { staticPodPath } = facts.kubelet
      const { path } = facts.manifest
      if (staticPodPath === undefined || staticPodPath === path || staticPodPath === parentOf(path)) return
      yield {
        message: `${path} is not in ${staticPodPath}, which the kubelet's configuration names: the kubelet does not run it`,
        file: path,
        remediation: `check ${staticPodPath}/${nameOf(path)} instead (--manifest)`
      }
    }
  }
]

// the names that vi, sed -i, patch, emacs, dpkg, rpm and people give to copies
const LEFTOVER =
  /~$|^4913$|^sed[A-Za-z0-9]{6}$|^#.*#$|[._-](bak|backup|orig|old|save|saved|copy|tmp|swp|swo|rej|rpm(new|save|orig)|dpkg-\w+|ucf-\w+)([._-]?\d+)*$/i

const AUDIT_KINDS = ['Policy', 'Config']
const isAuditKind = (kind: string | undefined): boolean => kind !== undefined && AUDIT_KINDS.includes(kind)

const KINDS = {
  file: 'a file',
  directory: 'a directory',
  'dangling-link': 'a link that leads nowhere',
  other: 'no file'
} as const satisfies Record<DirectoryEntry['kind'], string>

const others = ({ facts }: NodeContext): DirectoryEntry[] =>
  (facts.entries ?? []).filter(({ path, name }) => path !== facts.manifest.path && !name.startsWith('.'))

const isSamePod = ({ facts: { manifest } }: NodeContext, { file }: DirectoryEntry): boolean =>
  manifest.pod !== null && file?.pod?.name === manifest.pod.name && file.pod.namespace === manifest.pod.namespace

// told as a fault of the start already
const isStray = ({ faults }: NodeContext, entry: DirectoryEntry): boolean =>
  faults.some(({ code, file }) => code === 'stray-pod' && file === entry.path)

const whatItDoes = ({ file }: DirectoryEntry): string =>
  file?.pod ? `the kubelet runs it as the pod ${file.pod.namespace}/${file.pod.name}` : 'the kubelet tries to run it'

const fileAndFix = ({ path }: DirectoryEntry): Pick<Found, 'file' | 'remediation'> => ({
  file: path,
  remediation: `move it out of the directory: mv ${path} /root/`
})
