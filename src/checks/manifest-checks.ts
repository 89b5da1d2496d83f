import type { ManifestFact } from '../facts/node.ts'
import { modeText } from '../mode-text.ts'
import { parentOf } from '../paths.ts'
import { documentFaults } from '../pod/pod-documents.ts'
import { unknownFields } from '../pod/unknown-fields.ts'
import { isRecord, recordAt, stringAt } from '../text/guard.ts'
import type { Check, Found, NodeContext, PodContext } from './check.ts'
import { placeIn } from './place.ts'

/** Checks of the manifest as a file. */
export const MANIFEST_CHECKS: readonly Check[] = [
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
    run: ({ facts: { manifest }, faults }) =>
      manifest.source
        ? documentFaults(manifest.source).filter(({ code }) => !faults.some(each => each.code === code))
        : []
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
      yield* openDirectory(manifest)
      const mode = manifest.owner?.mode ?? 0o600
      if ((mode & 0o177) === 0) return
      yield {
        // who can write it can run anything on the node as root
        ...((mode & 0o022) === 0 ? {} : { severity: 'warning' as const }),
        message: `${manifest.path} has the mode ${modeText(mode)}; 0600 or less is wanted`,
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
      const { owner, directory } = manifest
      if (directory && directory.uid !== 0)
        yield {
          message: `${parentOf(manifest.path)} belongs to ${directory.uid}:${directory.gid}, not to root:root`,
          file: parentOf(manifest.path),
          remediation: `chown root:root ${parentOf(manifest.path)}`
        }
      if (!owner || (owner.uid === 0 && owner.gid === 0)) return
      yield {
        message: `${manifest.path} belongs to ${owner.uid}:${owner.gid}, not to root:root`,
        file: manifest.path,
        remediation: `chown root:root ${manifest.path}`
      }
    }
  }
]
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

// who can put a file there needs no manifest of another
function* openDirectory({ path, directory }: ManifestFact): Iterable<Found> {
  const mode = directory?.mode ?? 0
  // packages of the kubelet let the group root write, to which nobody else belongs
  const isOpen = (mode & (directory?.gid === 0 ? 0o002 : 0o022)) !== 0
  if (!isOpen) return
  yield {
    severity: 'warning',
    message: `${parentOf(path)} has the mode ${modeText(mode)}: others can put a pod there, which the kubelet runs as root`,
    file: parentOf(path),
    remediation: `chmod go-w ${parentOf(path)}`
  }
}

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
