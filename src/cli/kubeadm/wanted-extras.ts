import { checkKubeconfig } from '../../audit/check-kubeconfig.ts'
import { type KubernetesVersion, NEWEST } from '../../audit/version.ts'
import { flagOfRole } from '../../audit/wanted.ts'
import type { Finding } from '../../finding.ts'
import type { HostReader } from '../../host/host.ts'
import { readManifest } from '../../inspect/find-manifest.ts'
import { type ApiServerExtras, extrasOf } from '../../kubeadm/extras.ts'
import { notToBeHad } from '../../kubeadm/not-to-be-had.ts'
import { type ContainerPath, containerPath, type HostPath } from '../../paths.ts'
import { type NamedText, renderManifest, wishOf } from '../../plan/enable.ts'
import { lastFlag } from '../../pod/command.ts'
import { locatePod, type Pod } from '../../pod/pod.ts'
import { resolveMount } from '../../pod/volumes.ts'
import { MAX_BYTES, parseSource } from '../../text/source.ts'
import { enableInputOf } from '../enable-input.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import { manifestPathOf } from '../manifest-path.ts'
import { type Args, SETTINGS } from '../options.ts'
import type { Session } from '../session.ts'

/** The audit settings that kubeadm is to have, and the manifest that they are taken from. */
export interface WantedExtras {
  readonly manifest: HostPath
  /** The manifest as it is, or as plan would make it. */
  readonly pod: Pod
  readonly extras: ApiServerExtras
  /** Files that the webhook's kubeconfig names. */
  readonly referenced: readonly ContainerPath[]
  readonly version: KubernetesVersion
  /** The manifest does not have these settings yet. */
  readonly isWish: boolean
  readonly findings: readonly Finding[]
}

/** What plan with these options would leave in the manifest. */
export const wishedExtras = (args: Args, host: HostReader, session: Session): WantedExtras => {
  const manifest = manifestPathOf(args, host, session)
  const { text } = readManifest(host, manifest)
  const input = enableInputOf(args)
  const wish = wishOf(manifest, text, input)
  const pod = locatePod(parseSource(renderManifest(wish, input), manifest, 'kubernetes'))
  const wanted = wantedOf(host, manifest, pod, wish.version, input.webhook)
  return { ...wanted, isWish: !isSame(wanted.extras, extrasOf(wish.pod, wanted.referenced)) }
}

/** What the manifest has; with options that ask for settings, what plan would leave in it. */
export const presentExtras = (args: Args, host: HostReader, session: Session): WantedExtras => {
  if (asksForSettings(args)) return wishedExtras(args, host, session)
  const manifest = manifestPathOf(args, host, session)
  const pod = locatePod(parseSource(readManifest(host, manifest).text, manifest, 'kubernetes'))
  return wantedOf(host, manifest, pod, kubernetesVersionOf(args) ?? pod.version ?? NEWEST, undefined)
}

// these say where the manifest is and how it is read, and ask for nothing
const PLACES: readonly string[] = ['settings', 'manifest', 'kubernetes-version']

const asksForSettings = (args: Args): boolean =>
  SETTINGS.some(name => !PLACES.includes(name) && (args.text(name) !== undefined || args.list(name).length > 0))

const wantedOf = (
  host: HostReader,
  manifest: HostPath,
  pod: Pod,
  version: KubernetesVersion,
  webhook: NamedText | undefined
): WantedExtras => {
  const referenced = referencedBy(host, pod, webhook)
  return {
    manifest,
    pod,
    extras: extrasOf(pod, referenced),
    referenced,
    version,
    isWish: false,
    findings: notToBeHad(pod)
  }
}

const isSame = (a: ApiServerExtras, b: ApiServerExtras): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The files that the webhook's kubeconfig names and that a mount shows: they need that mount after an upgrade too. */
const referencedBy = (host: HostReader, pod: Pod, webhook: NamedText | undefined): ContainerPath[] => {
  const value = lastFlag(pod.command, flagOfRole('webhook'))?.value ?? ''
  if (!value.startsWith('/')) return []
  const text = webhook?.text ?? textAt(host, resolveMount(pod.mounts, pod.volumes, containerPath(value))?.host)
  return checkKubeconfig(text, value).references.map(({ path }) => containerPath(path))
}

const textAt = (host: HostReader, path: HostPath | undefined): string =>
  path !== undefined && host.stat(path)?.kind === 'file' ? (host.read(path, MAX_BYTES)?.toString('utf8') ?? '') : ''
