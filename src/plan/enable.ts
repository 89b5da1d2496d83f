import { sha256 } from '../sha256.ts'
import type { AuditSettings, WantedAudit, WantedPath } from '../audit/wanted.ts'
import { wantedAudit } from '../audit/wanted.ts'
import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import { type KubernetesVersion, NEWEST } from '../audit/version.ts'
import { AuditError } from '../errors.ts'
import type { Owner, PathFacts } from '../facts/path-fact.ts'
import { type Finding, sortFindings } from '../finding.ts'
import { ANNOTATIONS, type WantedAnnotation } from '../manifest/annotation-edits.ts'
import type { ManifestChange } from '../manifest/change.ts'
import { patchManifest } from '../manifest/patch.ts'
import { containerPath, type HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { locatePod } from '../pod/pod.ts'
import { resolveMount } from '../pod/volumes.ts'
import { decodePolicy, isNotJudged } from '../policy/decode.ts'
import type { Policy } from '../policy/policy.ts'
import { parseSource } from '../text/source.ts'
import type { Change, Plan, PlannedFile, ServedMount } from './change.ts'
import { factOf, joinPlans, planFile, planLog } from './file-plan.ts'
import { currentFlags, flagFindings, flagsAfter, refuseFlagFaults } from './flag-faults.ts'
import { misspeltPaths } from './path-advice.ts'
import { type LintPolicy, modeGaps, policyAdvice } from './policy-advice.ts'
import { referenceFindings } from './webhook-references.ts'

/** A text and the name by which messages call it. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/** A policy that comes along: what its text says is known, so that no run need read it. */
export interface KnownPolicy extends NamedText {
  readonly decoded?: () => Policy
  readonly sha256?: string
}

/** What the user asked for, the files that were named already read. */
export interface EnableInput {
  readonly settings: AuditSettings
  /** Overrides the version in the image tag. */
  readonly version: KubernetesVersion | undefined
  readonly policy: KnownPolicy | undefined
  /** The policy to write where none is given and none is there. */
  readonly fallbackPolicy: KnownPolicy
  readonly webhook: NamedText | undefined
  /** What says more of a policy that is given. */
  readonly lint?: LintPolicy | undefined
}

export interface ManifestInput {
  readonly path: HostPath
  readonly bytes: Uint8Array
  readonly text: string
  readonly owner: Owner
}

/** What the manifest says and what it shall say: the step before the host is looked at. */
export interface Wish {
  readonly pod: Pod
  readonly version: KubernetesVersion
  readonly wanted: WantedAudit
  /** Where the policy that the manifest names now lies on the host. */
  readonly currentPolicy: HostPath | undefined
}

/** Reads a manifest and works out the audit settings it shall have. Throws for a manifest that cannot be worked on. */
export const wishOf = (file: string, text: string, input: EnableInput): Wish => {
  const pod = locatePod(parseSource(text, file, 'kubernetes'))
  const version = input.version ?? pod.version ?? NEWEST
  const current = {
    flags: currentFlags(pod),
    hostOf: (path: WantedPath['container']) => resolveMount(pod.mounts, pod.volumes, path)?.host
  }
  const wanted = wantedAudit(input.settings, current, version)
  refuseFlagFaults(pod, wanted.flags, version)
  const named = current.flags.get('audit-policy-file') ?? ''
  return {
    pod,
    version,
    wanted,
    currentPolicy: named.startsWith('/') ? current.hostOf(containerPath(named)) : undefined
  }
}

/** The manifest's text with the wanted settings, from named files alone: the annotation is written only for a given policy. */
export const renderManifest = (wish: Wish, input: EnableInput): string => {
  if (input.policy) readPolicy(input.policy, wish.version)
  if (input.webhook) readKubeconfig(input.webhook)
  const annotations = (): WantedAnnotation[] => [
    ...(input.policy ? [policyNote(sha256(input.policy.text))] : []),
    ...(input.webhook ? [webhookNote(sha256(input.webhook.text))] : [])
  ]
  return patchManifest(wish.pod, wish.wanted, annotations).text
}

const policyNote = (value: string | null): WantedAnnotation => ({
  key: ANNOTATIONS.policy,
  value,
  reason: 'kube-apiserver reads the policy once, at its start: a changed policy must be a changed pod'
})

const webhookNote = (value: string | null): WantedAnnotation => ({
  key: ANNOTATIONS.webhook,
  value,
  reason: "kube-apiserver reads the webhook's kubeconfig once, at its start"
})

/** The files that kube-apiserver will read at its start: a manifest alone does not bring them. */
export const neededFiles = ({ wanted }: Wish): { readonly role: string; readonly path: HostPath }[] =>
  wanted.paths.filter(path => path.role !== 'log').map(({ role, host }) => ({ role, path: host }))

/** The host's paths that a wish is about. */
export const hostPathsOf = ({ wanted, currentPolicy }: Wish): HostPath[] => [
  ...wanted.paths.map(path => path.host),
  ...(currentPolicy === undefined ? [] : [currentPolicy])
]

/**
 * The plan that gives a node the wanted audit settings. Throws an AuditError, and nothing was written, when the policy or
 * the kubeconfig would keep kube-apiserver from starting, or a target cannot be written.
 */
export const planEnable = (manifest: ManifestInput, wish: Wish, input: EnableInput, facts: PathFacts): Plan => {
  const { pod, wanted, version } = wish
  const path = (role: string): WantedPath | undefined => wanted.paths.find(each => each.role === role)
  const policyPath = path('policy')
  const log = path('log')
  const webhookPath = path('webhook')
  if (!policyPath) throw new AuditError('IMPOSSIBLE', 'a plan without a policy')
  const policy = policyOf(policyPath.host, wish, input, facts)
  const decoded = readPolicy(policy, version)
  const kubeconfig = webhookPath && kubeconfigOf(webhookPath.host, input, facts)
  const kubeconfigFindings = kubeconfig ? readKubeconfig(kubeconfig) : []
  const server = { user: pod.user, group: pod.group }
  const filePlan = joinPlans([
    planFile('policy', policyPath.host, policy.isNew ? policy.text : undefined, facts, server),
    ...(webhookPath ? [planFile('webhook', webhookPath.host, input.webhook?.text, facts, server)] : []),
    ...(log ? [planLog(log.host, facts, server)] : [])
  ])
  const patch = patchManifest(pod, wanted, isChanged => {
    const isWritten = filePlan.files.some(file => file.role === 'policy')
    return annotationsFor(pod, policy, kubeconfig, isChanged || isWritten)
  })
  const flags = flagsAfter(pod, wanted.flags)
  const after = locatePod(patch.source)
  const given = { ...policy, ...decoded }
  const advice = policy.isGiven && input.lint ? policyAdvice(given, version, flags, input.lint) : modeGaps(given, flags)
  const references = kubeconfig && webhookPath ? referenceFindings(after, kubeconfig.text, webhookPath.container) : []
  return {
    command: 'apply',
    manifest: manifest.path,
    changes: [...filePlan.changes, ...manifestChanges(manifest.path, patch.changes)],
    files: [...filePlan.files, ...manifestFile(manifest, patch.text)],
    directories: filePlan.directories,
    owners: filePlan.owners,
    flags: Object.fromEntries(flags),
    mounts: servedMounts(after, wanted),
    findings: sortFindings([
      ...[...misspeltPaths(pod), ...decoded.findings, ...advice, ...kubeconfigFindings],
      ...[...references, ...flagFindings(pod, version)]
    ]),
    proof: { log: log?.host, policy: decoded.policy, isLogBatched: flags.get('audit-log-mode') === 'batch' }
  }
}

interface GivenText extends NamedText {
  /** True when the user named it. */
  readonly isGiven: boolean
}

interface ChosenPolicy extends GivenText, KnownPolicy {
  /** True when it must be written. */
  readonly isNew: boolean
}

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

/** The policy that is given; else what is at its place; else, when it moves, the one that the manifest names; else the template. */
const policyOf = (path: HostPath, wish: Wish, input: EnableInput, facts: PathFacts): ChosenPolicy => {
  const { bytes } = factOf(facts, path)
  if (input.policy) return { ...input.policy, isNew: true, isGiven: true }
  if (bytes) return { name: path, text: decode(bytes), isNew: false, isGiven: false }
  const moved = wish.currentPolicy && factOf(facts, wish.currentPolicy).bytes
  if (moved) return { name: wish.currentPolicy ?? path, text: decode(moved), isNew: true, isGiven: false }
  return { ...input.fallbackPolicy, isNew: true, isGiven: false }
}

const kubeconfigOf = (path: HostPath, input: EnableInput, facts: PathFacts): GivenText | undefined => {
  const { bytes } = factOf(facts, path)
  if (input.webhook) return { ...input.webhook, isGiven: true }
  return bytes ? { name: path, text: decode(bytes), isGiven: false } : undefined
}

/**
 * With anything else changed the notes are made or brought up to date; where nothing is, a note that is there must still
 * tell the truth, and a policy that was given is noted, so that it is loaded even if an earlier run was cut off.
 */
const annotationsFor = (
  pod: Pod,
  policy: ChosenPolicy,
  kubeconfig: GivenText | undefined,
  isTouched: boolean
): WantedAnnotation[] => {
  const notes: WantedAnnotation[] = []
  if (policy.isGiven || isTouched || pod.annotations.has(ANNOTATIONS.policy))
    notes.push(policyNote(policy.sha256 ?? sha256(policy.text)))
  const isNoted = pod.annotations.has(ANNOTATIONS.webhook)
  if (kubeconfig && (kubeconfig.isGiven || isNoted)) notes.push(webhookNote(sha256(kubeconfig.text)))
  else if (!kubeconfig && isNoted) notes.push(webhookNote(null))
  return notes
}

const readPolicy = (
  policy: KnownPolicy,
  version: KubernetesVersion
): { policy: Policy; findings: readonly Finding[] } => {
  if (policy.decoded) return { policy: policy.decoded(), findings: [] }
  const decoded = decodePolicy(policy.text, policy.name, version)
  const error = decoded.findings.find(finding => finding.severity === 'error')
  if (decoded.policy && !error) return { policy: decoded.policy, findings: decoded.findings }
  const { line = 1, column = 1 } = error ?? {}
  throw new AuditError(
    'BAD_POLICY',
    // of what is not judged nobody knows what the server does with it
    error && isNotJudged(error)
      ? error.message
      : `kube-apiserver would not start with the policy ${policy.name}: ${error?.message ?? 'it is no policy'}`,
    {
      path: policy.name,
      position: { line, column },
      findings: decoded.findings
    }
  )
}

const readKubeconfig = (kubeconfig: NamedText): readonly Finding[] => {
  const { findings } = checkKubeconfig(kubeconfig.text, kubeconfig.name)
  const error = findings.find(finding => finding.severity === 'error')
  if (!error) return findings
  const { line = 1, column = 1 } = error
  throw new AuditError(
    'BAD_KUBECONFIG',
    `kube-apiserver would not start with the kubeconfig ${kubeconfig.name}: ${error.message}`,
    {
      path: kubeconfig.name,
      position: { line, column },
      findings
    }
  )
}

/** The changes of a manifest as changes of the node. */
export const manifestChanges = (file: HostPath, changes: readonly ManifestChange[]): Change[] =>
  changes.map(change => ({ ...change, file }))

/** The manifest as a planned file; none when its text stays. */
export const manifestFile = (manifest: ManifestInput, text: string): PlannedFile[] => {
  if (text === manifest.text) return []
  const before = { bytes: manifest.bytes, owner: manifest.owner }
  return [
    {
      role: 'manifest',
      path: manifest.path,
      before,
      after: { bytes: new TextEncoder().encode(text), owner: manifest.owner },
      isSensitive: false
    }
  ]
}

const servedMounts = (pod: Pod, wanted: WantedAudit): ServedMount[] => {
  const served = wanted.paths.flatMap(path => {
    const resolved = resolveMount(pod.mounts, pod.volumes, path.container)
    if (!resolved?.volume?.hostPath) return []
    const { mount, volume } = resolved
    return [{ containerPath: mount.path, hostPath: volume.hostPath ?? '', readOnly: mount.readOnly, type: volume.type }]
  })
  return served.filter(
    (mount, index) => served.findIndex(other => other.containerPath === mount.containerPath) === index
  )
}
