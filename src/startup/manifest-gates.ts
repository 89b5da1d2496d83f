import type { AuditError } from '../errors.ts'
import type { ManifestFact, NodeFacts } from '../facts/node.ts'
import { KUBELET_CONFIG } from '../facts/kubelet.ts'
import type { Finding } from '../finding.ts'
import { kubeletFaults, refusalText } from '../manifest/kubelet-faults.ts'
import { nameOf, parentOf } from '../paths.ts'
import { documentFaults } from '../pod/pod-documents.ts'
import { unknownFields } from '../pod/unknown-fields.ts'
import { isRecord, stringAt } from '../text/guard.ts'
import { type Place, type Said, startFault } from './fault.ts'
import type { StartFault } from './start-fault.ts'
import { unreadable, whyNoPod, whyWrongType } from './unreadable-pod.ts'

const fault = (said: Said, place: Place): StartFault => startFault('kubelet', said, place)

const ENDS = 'the kubelet ends the running server and starts none'

/** The kubelet looks for manifests where nothing is. */
export const directoryGate = ({ kubelet: { staticPodPath, hasStaticPods }, manifest }: NodeFacts): StartFault[] => {
  if (staticPodPath === undefined || hasStaticPods) return []
  return [
    fault(
      {
        code: 'static-pod-path',
        message: `the kubelet's configuration names ${staticPodPath} for static pods, which is not there: ${ENDS}`,
        printed: 'path does not exist, ignoring',
        remediation: `write staticPodPath: ${parentOf(manifest.path)} in ${KUBELET_CONFIG}, then systemctl restart kubelet`
      },
      { file: KUBELET_CONFIG }
    )
  ]
}

/** The manifest is not there, or is nothing that the kubelet opens. */
export const fileGate = ({ manifest, entries }: NodeFacts): StartFault[] => {
  const { path, error } = manifest
  const place = { file: path }
  if (error?.code === 'NOT_FOUND') return [manifestMissing(manifest, entries === null)]
  if (error?.code === 'WRONG_KIND')
    return [
      fault(
        {
          code: 'manifest-missing',
          message: `${error.message}: there is no pod of kube-apiserver`,
          printed: 'Provided manifest path is a directory, not recursing into manifest path',
          remediation: 'put the manifest there as a file'
        },
        place
      )
    ]
  // what only this program does not parse the kubelet may well read
  if (error?.code !== 'TOO_LARGE' || manifest.text !== null) return []
  const printed = 'rest: read at most limit exceeded'
  const message = `${error.message}: ${ENDS}`
  return [fault({ code: 'too-large', message, printed, remediation: 'take out what is no manifest' }, place)]
}

const manifestMissing = ({ path }: ManifestFact, isBare: boolean): StartFault =>
  fault(
    {
      code: 'manifest-missing',
      message: `there is no manifest at ${path}${isBare ? ', nor its directory' : ''}: no kube-apiserver is started`,
      // of a file that is not there the kubelet says nothing
      printed: isBare ? 'path does not exist, ignoring' : '',
      remediation:
        'put the manifest back: auditpatch backups lists copies, also look beside the directory; else kubeadm init phase control-plane apiserver --config FILE, with the ClusterConfiguration of this cluster'
    },
    { file: path }
  )

/** The manifest is no YAML, or no v1 Pod. */
export const textGate = ({ manifest }: NodeFacts): StartFault[] => {
  const { path, error, source, data } = manifest
  const no = error ? NO_YAML[error.code] : undefined
  if (error && no)
    return [
      fault(
        {
          code: no,
          message: `the kubelet cannot read the manifest: ${error.message}; ${ENDS}`,
          printed: `${path}: couldn't parse as pod(yaml: `,
          remediation: 'mend the line, or put the last good manifest back with auditpatch restore'
        },
        placeOf(error)
      )
    ]
  if (!source) return []
  const noJson = documentFaults(source).filter(({ severity }) => severity === 'error')
  const isPod = isRecord(data) && stringAt(data, 'kind') === 'Pod' && stringAt(data, 'apiVersion') === 'v1'
  if (noJson.length === 0 && isPod) return []
  const why = noJson.some(({ code }) => code === 'not-json')
    ? "couldn't get version/kind; json parse error: "
    : whyNoPod(data)
  return [
    fault(
      {
        code: noJson[0]?.code ?? 'not-a-pod',
        message: noJson[0]?.message ?? `the manifest is no v1 Pod, so the kubelet passes over it: ${ENDS}`,
        printed:
          why.endsWith(' in scheme') || why.endsWith('{') || why.endsWith(' ') || why.endsWith('struct')
            ? `${path}: couldn't parse as pod(${why}`
            : unreadable(path, why),
        remediation: noJson[0]?.remediation ?? 'write apiVersion: v1 and kind: Pod'
      },
      noJson[0] ?? (error ? placeOf(error) : { file: path, line: 1, column: 1 })
    )
  ]
}

// what stops this program need not stop the kubelet, which takes the last of two keys; an alias that leads nowhere does
const NO_YAML: Partial<Record<AuditError['code'], string>> = {
  BROKEN_YAML: 'broken-yaml',
  NOT_UTF8: 'not-utf8',
  TOO_DEEP: 'too-deep',
  ALIAS: 'alias'
}

const placeOf = ({ path, position }: AuditError): Place => ({
  ...(path === undefined ? {} : { file: path }),
  line: position?.line ?? 1,
  column: position?.column ?? 1
})

/** The manifest has values that no pod can hold. */
export const typeGate = ({ manifest }: NodeFacts): StartFault[] => {
  const { source, data, path } = manifest
  if (!source || !isRecord(data) || data.kind !== 'Pod' || data.apiVersion !== 'v1') return []
  const mistyped = unknownFields(source, data).filter(({ code }) => code === 'wrong-type')
  // the decoder goes through the keys in their order as JSON, and tells the first fault
  const [first] = mistyped.map(({ field = '' }) => pathOf(field)).sort(inJson)
  const printed = first ? unreadable(path, whyWrongType(data, first)) : ''
  return mistyped.map(finding => fault({ ...saidOf(finding, 'wrong-type'), printed }, placeOfFinding(finding)))
}

const pathOf = (field: string): (string | number)[] =>
  [...field.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key = '']) => (index === undefined ? key : Number(index)))

const inJson = (a: readonly (string | number)[], b: readonly (string | number)[]): number => {
  for (const [index, step] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    if (step !== other) return step < other ? -1 : 1
  }
  return -1
}

const saidOf = ({ message, remediation = 'mend the manifest' }: Finding, code: string): Omit<Said, 'printed'> => ({
  code,
  message,
  remediation
})

const placeOfFinding = ({ file, line, column, field }: Finding): Place => ({
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
  ...(column === undefined ? {} : { column }),
  ...(field === undefined ? {} : { field })
})

/** The pod breaks a rule of the API. */
export const podGate = (facts: NodeFacts): StartFault[] => {
  const { source, data } = facts.manifest
  if (!source || !isRecord(data) || data.kind !== 'Pod' || data.apiVersion !== 'v1') return []
  if (typeGate(facts).length > 0) return []
  const found = kubeletFaults(source, data)
  const printed = refusalText(found)
  return found.map(each =>
    fault(
      {
        code: each.code,
        message: each.message,
        printed: each.code === 'no-pod-name' ? each.printed : printed,
        remediation: REMEDIES[each.code] ?? 'mend it in the manifest'
      },
      placeOfFinding(each)
    )
  )
}

const REMEDIES: Readonly<Record<string, string>> = {
  'no-pod-name': 'write name: kube-apiserver into metadata',
  'duplicate-mount-path': 'take one of the two out; auditpatch apply does so for the mounts of auditing',
  'mount-without-volume':
    'add the volume, or name one that is there; auditpatch apply does so for the mounts of auditing',
  'duplicate-volume': 'give one of the two another name, and the same name to the mount that means it',
  'container-without-image': 'write the image, as registry.k8s.io/kube-apiserver:v1.36.2'
}

/** Another file of the directory holds a pod of the same name, and is the one that counts. */
export const strayGate = ({ manifest, entries }: NodeFacts): StartFault[] => {
  const own = (entries ?? []).find(({ path }) => path === manifest.path)?.file?.pod
  if (!own) return []
  const rivals = (entries ?? []).filter(({ path, file }) => {
    const isSame = file?.pod?.name === own.name && file.pod.namespace === own.namespace
    // at each poll the files are read in the order of their names, and the last of one pod counts
    return isSame && nameOf(path) > nameOf(manifest.path)
  })
  return rivals.slice(-1).map(({ path }) =>
    fault(
      {
        code: 'stray-pod',
        message: `${path} holds a pod of the same name, and sorts behind ${nameOf(manifest.path)}: the kubelet runs that one, and this manifest counts for nothing`,
        // it tells nobody
        printed: '',
        remediation: `move ${path} out of the directory`
      },
      { file: path }
    )
  )
}
