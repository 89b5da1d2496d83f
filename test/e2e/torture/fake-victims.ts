import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeNode } from '../fake-node.ts'
import { MANIFEST } from '../fake-run.ts'
import { POLICY, POLICY_PATH } from '../fake-setup.ts'
import { DRILL_VICTIMS } from './fake-drill-victims.ts'
import { runProgram } from './fake-program.ts'
import { put, type Victim } from './fake-victim.ts'

const PORT = 6443
const OLD_POLICY = POLICY.replace('kind', '# the old one\nkind')
const WEBHOOK = `apiVersion: v1
kind: Config
clusters:
- name: hook
  cluster:
    server: https://127.0.0.1:9443/audit
contexts:
- name: hook
  context:
    cluster: hook
    user: hook
current-context: hook
users:
- name: hook
  user:
    token: s3cret
`

const onNode = (directory: string, ...words: readonly string[]): readonly string[] => [
  ...words,
  ...['--root', directory, '-o', 'json']
]

const run = async (directory: string, ...words: readonly string[]): Promise<void> => {
  const { code, err } = await runProgram(onNode(directory, ...words), directory)
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${err}`)
}

const makePlain = async (directory: string): Promise<void> => {
  await makeNode(directory, { port: PORT })
}

/** A node with an old policy, and two backups of which one has to go. */
const makeOld = async (directory: string): Promise<void> => {
  await makePlain(directory)
  await run(directory, 'apply', '--yes')
  await run(directory, 'remove', '--yes', '--purge')
  put(directory, POLICY_PATH, OLD_POLICY, 0o600)
  put(directory, '/given/policy.yaml', POLICY)
  put(directory, '/given/webhook.yaml', WEBHOOK)
}

const makeAudited = async (directory: string): Promise<void> => {
  await makeOld(directory)
  await run(directory, ...applyAll(directory))
}

const applyAll = (directory: string): readonly string[] => [
  ...['apply', '--yes', '--policy', join(directory, 'given/policy.yaml'), '--backup-keep', '2'],
  ...['--webhook-config', join(directory, 'given/webhook.yaml')]
]

/** A node on which an apply was killed just before or just after the manifest was replaced. */
const makeCut =
  (after: boolean) =>
  async (directory: string): Promise<void> => {
    await makeOld(directory)
    const words = onNode(directory, ...applyAll(directory))
    // the renames: a copy for each of three files, their list, the set, the journal, policy, webhook, manifest
    const { signal } = await runProgram(words, directory, {
      under: [
        '-e',
        `inject=${after ? 'unlink' : 'rename'}:signal=KILL:when=${after ? 2 : 8}`,
        '-e',
        'trace=rename,unlink'
      ]
    })
    if (signal === null) throw new Error('it was not killed')
  }

const IN_TRANSACTION = ['/etc', '/var/log/kubernetes']

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: nginx:1.27
`

const CONFIG = `apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.0
`

// stands for kubectl and the cluster: what it is given becomes the ConfigMap in one step
const KUBECTL = `#!/bin/sh
here=$(dirname "$0")
case "$*" in
*replace*) cat > "$here/next" && mv "$here/next" "$here/configmap.json" ;;
*) cat "$here/configmap.json" ;;
esac
`

const makeSaved = async (directory: string): Promise<void> => {
  await makeAudited(directory)
  const metadata = { name: 'kubeadm-config', namespace: 'kube-system', resourceVersion: '1' }
  put(directory, '/cluster/kubectl', KUBECTL, 0o755)
  put(
    directory,
    '/cluster/configmap.json',
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { ClusterConfiguration: CONFIG } })
  )
  put(directory, '/etc/kubernetes/admin.conf', WEBHOOK, 0o600)
}

const EVENT = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: 'a',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/default/pods',
  verb: 'list',
  user: { username: 'jane' },
  requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
  stageTimestamp: '2026-01-01T00:00:00.100000Z'
}

/**
 * Every command that replaces files. The alerts of falco and the log of all runs are written line by line to the end of a file,
 * and the node of demo is a temporary directory: there is nothing that could be lost.
 */
export const VICTIMS: readonly Victim[] = [
  {
    name: 'apply',
    kind: 'transaction',
    make: makeOld,
    args: directory => onNode(directory, ...applyAll(directory)),
    watched: IN_TRANSACTION
  },
  {
    name: 'apply on a new node',
    kind: 'transaction',
    make: makePlain,
    args: directory => onNode(directory, 'apply', '--yes'),
    watched: IN_TRANSACTION
  },
  {
    name: 'remove',
    kind: 'transaction',
    make: makeAudited,
    args: directory => onNode(directory, 'remove', '--yes', '--purge'),
    watched: IN_TRANSACTION
  },
  {
    name: 'restore',
    kind: 'transaction',
    make: makeAudited,
    args: directory => onNode(directory, 'restore', '--yes'),
    watched: IN_TRANSACTION
  },
  {
    name: 'apply, undone',
    kind: 'transaction',
    make: makeOld,
    args: directory => onNode(directory, ...applyAll(directory)),
    failsAt: 'rename',
    watched: IN_TRANSACTION
  },
  {
    name: 'apply, rolled back',
    kind: 'transaction',
    make: makeOld,
    args: directory => onNode(directory, ...applyAll(directory)),
    failsAt: 'fsync',
    watched: IN_TRANSACTION
  },
  {
    name: 'recover, to finish',
    kind: 'recovery',
    make: makeCut(true),
    args: directory => onNode(directory, 'recover'),
    watched: IN_TRANSACTION
  },
  {
    name: 'recover, to undo',
    kind: 'recovery',
    make: makeCut(false),
    args: directory => onNode(directory, 'recover'),
    watched: IN_TRANSACTION
  },
  {
    name: 'kubeadm save',
    kind: 'writer',
    make: makeSaved,
    args: directory => onNode(directory, 'kubeadm', 'save', '--yes', '--kubectl', join(directory, 'cluster/kubectl')),
    watched: ['/cluster/configmap.json', MANIFEST]
  },
  {
    name: 'kubeadm patches',
    kind: 'writer',
    make: async directory => {
      await makeAudited(directory)
      mkdirSync(join(directory, 'patches'))
      put(directory, '/patches/kube-apiserver0+json.yaml', '# mine\n')
    },
    args: directory => onNode(directory, 'kubeadm', 'patches', '/patches', '--yes'),
    watched: ['/patches', MANIFEST]
  },
  {
    name: 'immutable patch',
    kind: 'writer',
    make: async directory => {
      for (const name of ['a', 'b']) put(directory, `/${name}.yaml`, DEPLOYMENT.replaceAll('web', name), 0o640)
    },
    args: () => ['immutable', 'patch', '--write', 'a.yaml', 'b.yaml', '-o', 'json'],
    watched: ['/a.yaml', '/b.yaml']
  },
  ...DRILL_VICTIMS,
  {
    name: 'falco setup',
    kind: 'writer',
    make: async directory => {
      put(directory, '/falco/falco.yaml', '# mine\n')
    },
    args: () => ['falco', 'setup', '--dir', 'falco', '--force', '-o', 'json'],
    watched: ['/falco']
  },
  {
    name: 'policy map',
    kind: 'writer',
    make: async directory => {
      put(directory, '/policy.yaml', POLICY)
      put(directory, '/map.html', '<p>mine</p>\n', 0o640)
    },
    args: () => ['policy', 'map', 'policy.yaml', '--html', 'map.html', '-o', 'json'],
    watched: ['/map.html']
  },
  {
    name: 'log summary',
    kind: 'writer',
    make: async directory => {
      put(directory, '/audit.log', `${JSON.stringify(EVENT)}\n`)
      put(directory, '/summary.html', '<p>mine</p>\n', 0o640)
    },
    args: () => ['log', 'summary', 'audit.log', '--html', 'summary.html', '-o', 'json'],
    watched: ['/summary.html']
  }
]
