import type { DirectoryEntry } from '../facts/node.ts'
import { nameOf, parentOf } from '../paths.ts'
import { documentFaults } from '../pod/pod-documents.ts'
import { unknownFields } from '../pod/unknown-fields.ts'
import { isRecord, recordAt, stringAt } from '../text/guard.ts'
import type { Check, Found, NodeContext, PodContext } from './check.ts'
import { placeIn } from './place.ts'

/** Checks of the manifest as a file, and of what lies beside it. */
export const MANIFEST_CHECKS: readonly Check[] = [
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
    id: 'unreadable',
    subject: 'manifest',
    title: 'auditpatch can read and edit the manifest',
    severity: 'warning',
    why: 'what is beyond the fault is not checked, and apply refuses to work on it',
    needs: 'node',
    run: unreadable
  },
  {
    id: 'unknown-field',
    subject: 'manifest',
    title: 'Every key of the manifest is a field of a pod',
    severity: 'warning',
    why: 'the kubelet drops what it does not know, without a word',
    needs: 'node',
    run: function* ({ facts: { manifest }, faults }) {
      if (!manifest.source) return
      const told = new Set(faults.map(({ code, line }) => `${code} ${line ?? 0}`))
      for (const finding of unknownFields(manifest.source, manifest.data))
        if (!told.has(`${finding.code} ${finding.line ?? 0}`)) yield finding
    }
  },
  {
    id: 'more-documents',
    subject: 'manifest',
    title: 'The manifest is one document',
    severity: 'warning',
    why: 'the kubelet reads the first document of a file, and no other',
    needs: 'node',
    run: ({ facts: { manifest } }) => (manifest.source ? documentFaults(manifest.source) : [])
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
        .filter(({ file, name }) => file !== null && file.pod === null && !LEFTOVER.test(name))
        .filter(({ file }) => !isAuditKind(file?.kind))
        .map(entry => ({
          message: `${entry.path} is not run by the kubelet: ${entry.file?.fault ?? ''}`,
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
  },
  {
    id: 'live-export',
    subject: 'manifest',
    title: 'The manifest is no export of a running pod',
    severity: 'warning',
    why: 'uid, status and the marks of a mirror pod belong to one running pod; a uid that stays the same hides changes from the kubelet',
    needs: 'pod',
    run: exported
  },
  {
    id: 'manifest-mode',
    subject: 'manifest',
    title: 'The manifest can be read by root alone',
    severity: 'info',
    why: 'kubeadm writes it so, as flags may name secrets',
    cis: 'manifest-mode',
    needs: 'node',
    run: function* ({ facts: { manifest } }) {
      const mode = manifest.owner?.mode ?? 0o600
      if ((mode & 0o177) === 0) return
      yield {
        message: `${manifest.path} has the mode ${octal(mode)}; 0600 or less is wanted`,
        file: manifest.path,
        remediation: `chmod 600 ${manifest.path}`
      }
    }
  },
  {
    id: 'manifest-owner',
    subject: 'manifest',
    title: 'The manifest belongs to root',
    severity: 'warning',
    why: 'whoever can write it can run anything on the node as root',
    cis: 'manifest-owner',
    needs: 'live node',
    run: function* ({ facts: { manifest } }) {
      const owner = manifest.owner
      if (!owner || (owner.uid === 0 && owner.gid === 0)) return
      yield {
        message: `${manifest.path} belongs to ${owner.uid}:${owner.gid}, not to root:root`,
        file: manifest.path,
        remediation: `chown root:root ${manifest.path}`
      }
    }
  },
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

// what the kubelet cannot read either is told as a fault of the start
function* unreadable({ facts: { manifest }, faults }: NodeContext): Iterable<Found> {
  const { error } = manifest
  const isTold = faults.some(({ layer }) => layer === 'kubelet' || layer === 'runtime')
  if (!error || isTold) return
  const isDoubled = error.code === 'DUPLICATE_KEY'
  yield {
    code: error.code.toLowerCase().replaceAll('_', '-'),
    ...(isDoubled ? { severity: 'error' as const } : {}),
    message: isDoubled
      ? `${error.message}: the kubelet takes the last of them and drops what stands before`
      : error.message,
    file: error.path ?? manifest.path,
    ...error.position,
    remediation: isDoubled ? 'put the two together' : 'more can be checked once this is mended'
  }
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

// what only the API server writes into a pod
const SERVER_ANNOTATIONS = ['hash', 'mirror', 'seen', 'source'].map(word => `kubernetes.io/config.${word}`)

function* exported({ pod }: PodContext): Iterable<Found> {
  const metadata = recordAt(pod.data, 'metadata')
  const annotations = recordAt(metadata, 'annotations')
  const marks = [
    ...(['uid', 'resourceVersion', 'ownerReferences', 'managedFields', 'selfLink'] as const)
      .filter(key => key in metadata)
      .map(key => ['metadata', key]),
    ...SERVER_ANNOTATIONS.filter(key => key in annotations).map(key => ['metadata', 'annotations', key]),
    ...(stringAt(recordAt(pod.data, 'status'), 'phase') === undefined ? [] : [['status']])
  ]
  const [first] = marks
  if (!first || !isRecord(metadata)) return
  const names = marks.map(path => path.slice(-1)[0] ?? '').join(', ')
  yield {
    message: `the manifest is an export of a running pod: it holds ${names}`,
    ...placeIn(pod, first),
    remediation: 'take out status, uid, resourceVersion, ownerReferences and the kubernetes.io/config.* annotations'
  }
}
