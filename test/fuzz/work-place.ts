import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { patched } from '../fixtures/manifest/promises.ts'
import { readFileSync } from 'node:fs'
import { POLICY_TEMPLATES } from '../../src/policy/templates.generated.ts'
import { makeKubeconfig } from '../../src/audit/kubeconfig.ts'
import { root } from './root.ts'

const EXAMPLE = readFileSync(join(root, 'examples/manifests/kube-apiserver.yaml'), 'utf8')

/** The manifest of the node, with auditing to a log and a webhook. */
export const AUDITED = patched(EXAMPLE, { installWebhook: true, flags: new Map() })

/** Where the files of a node are, below its root. */
export const PLACES = {
  manifest: 'etc/kubernetes/manifests/kube-apiserver.yaml',
  policy: 'etc/kubernetes/audit/policy.yaml',
  webhook: 'etc/kubernetes/audit/webhook.yaml',
  log: 'var/log/kubernetes/audit/audit.log',
  kubelet: 'var/lib/kubelet/config.yaml',
  journal: 'var/lib/auditpatch/journal.json',
  podLog: 'var/log/pods/kube-system_kube-apiserver-node1_0123456789abcdef/kube-apiserver/0.log'
} as const

const FILES: Readonly<Record<string, string>> = {
  [PLACES.manifest]: AUDITED,
  [PLACES.policy]: POLICY_TEMPLATES.baseline.text,
  [PLACES.webhook]: makeKubeconfig('http://127.0.0.1:9765/k8s-audit'),
  [PLACES.log]: '',
  [PLACES.podLog]: '2026-11-22T01:14:10.000000000Z stderr F Error: x\n',
  [PLACES.kubelet]:
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodPath: /etc/kubernetes/manifests\n'
}

let place: string | undefined

const topOf = (): string => {
  if (place !== undefined) return place
  const made = mkdtempSync(join(process.env['AUDITPATCH_FUZZ_DIR'] ?? tmpdir(), 'auditpatch-fuzz-'))
  process.on('exit', () => rmSync(made, { recursive: true, force: true }))
  place = made
  return made
}

/** A file of this machine with these bytes; its name is always the same. */
export const fileWith = (name: string, bytes: Buffer | string): string => {
  const path = join(topOf(), 'files', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}

/** The root of a node that is sound but for these files, by their places below the root. */
export const nodeWith = (files: Readonly<Record<string, Buffer | string>>): string => {
  const node = join(topOf(), 'node')
  rmSync(node, { recursive: true, force: true })
  for (const [name, bytes] of Object.entries({ ...FILES, ...files })) {
    const path = join(node, name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
    writeFileSync(path, bytes, { mode: 0o600 })
  }
  return node
}
