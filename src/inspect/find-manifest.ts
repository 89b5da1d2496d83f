import { AuditError } from '../errors.ts'
import { DISTRIBUTIONS, markedDistribution } from '../facts/distributions.ts'
import {
  DEFAULT_MANIFEST,
  DEFAULT_MANIFESTS,
  KUBELET_CONFIG,
  type KubeletConfig,
  parseKubeletConfig
} from '../facts/kubelet.ts'
import type { HostReader } from '../host/host.ts'
import { covers, type HostPath, hostPath, join, parentOf } from '../paths.ts'
import type { ManifestInput } from '../plan/enable.ts'
import { decodeText, MAX_BYTES } from '../text/source.ts'

/** The kubelet's configuration file on the host; its defaults when there is none. */
export const readKubeletConfig = (host: HostReader): KubeletConfig =>
  parseKubeletConfig(host.read(KUBELET_CONFIG, MAX_BYTES)?.toString('utf8') ?? '')

/** A path of this machine as the host calls it: without the root in front. */
export const withoutRoot = (host: HostReader, path: string): HostPath =>
  host.root !== '/' && covers(host.root, path) ? hostPath(`/${path.slice(host.root.length)}`) : hostPath(path)

/** Where the manifest of kube-apiserver is expected: in the kubelet's staticPodPath. */
export const findManifest = (host: HostReader): HostPath => {
  const { staticPodPath } = readKubeletConfig(host)
  const place = staticPodPath === undefined ? DEFAULT_MANIFESTS : withoutRoot(host, staticPodPath)
  return host.stat(place)?.kind === 'file' ? place : join(place, 'kube-apiserver.yaml')
}

/**
 * The manifest to be judged: where the directory that the kubelet's configuration names is not there, the one in kubeadm's
 * directory, as that is what someone meant.
 */
export const findManifestToJudge = (host: HostReader): HostPath => {
  const found = findManifest(host)
  return host.stat(parentOf(found)) === null && host.stat(DEFAULT_MANIFEST) !== null ? DEFAULT_MANIFEST : found
}

/** Reads the manifest. Throws NOT_FOUND, OTHER_DISTRIBUTION, SYMLINK, WRONG_KIND, TOO_LARGE or NOT_UTF8. */
export const readManifest = (host: HostReader, path: HostPath): ManifestInput => {
  const stat = host.lstat(path)
  if (!stat) throw missing(host, path)
  if (stat.kind === 'symlink') throw new AuditError('SYMLINK', `${path} is a symbolic link`, { path })
  if (stat.kind !== 'file') throw new AuditError('WRONG_KIND', `${path} is a ${stat.kind}; a file is wanted`, { path })
  const bytes = host.read(path, MAX_BYTES)
  if (!bytes) throw missing(host, path)
  const text = decodeText(bytes, path)
  const distribution = markedDistribution(text)
  if (distribution) throw other(distribution.name, distribution.setting, path)
  return { path, bytes, text, owner: { mode: stat.mode, uid: stat.uid, gid: stat.gid } }
}

const other = (name: string, setting: string, path: HostPath): AuditError =>
  new AuditError('OTHER_DISTRIBUTION', `this is a node of ${name}, which writes its manifest itself: ${setting}`, {
    path
  })

const missing = (host: HostReader, path: HostPath): AuditError => {
  const distribution = DISTRIBUTIONS.find(each => each.paths.some(mark => host.stat(hostPath(mark))))
  if (distribution) return other(distribution.name, distribution.setting, path)
  return new AuditError(
    'NOT_FOUND',
    `there is no manifest at ${path}${host.root === '/' ? '' : ` below ${host.root}`}`,
    {
      path,
      next: 'run it on a control-plane node of kubeadm, or name its files with --root or --manifest; auditpatch demo shows it on an example'
    }
  )
}
