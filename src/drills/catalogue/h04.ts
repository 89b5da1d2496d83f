import { hostPath } from '../../paths.ts'
import type { Drill } from '../drill.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { escalating, notRestricted, otherCapabilities, otherSeccomp, otherUser } from '../goals/non-root-goals.ts'
import { manifestStays, workloadGoals } from '../goals/workload-goals.ts'
import { type ManifestData, manifestText } from '../manifest-text.ts'
import { freshNode, withFiles } from '../node.ts'
import type { Pick } from '../pick.ts'

export const h04: Drill = {
  id: 'h04',
  title: 'Nobody is root',
  family: 'immutable',
  minutes: 7,
  points: 7,
  lesson:
    'User, runAsNonRoot and seccomp profile can be set for the whole pod, and what a container says itself counts before that; allowPrivilegeEscalation and capabilities are settings of each container. runAsNonRoot alone starts no image whose user is root or a name.',
  make: pick => {
    const app = appOf(pick)
    const { name, uid } = app
    const file = hostPath(`/root/${pick.one([name, `${name}-restricted`, 'deployment'])}.yaml`)
    const start = withFiles(freshNode(pick), { [file]: manifestText(deploymentOf(app, before(app))) })
    return {
      task: [
        `The namespace ${app.namespace} enforces the level restricted of the Pod Security Standards from now on, so no pod of the Deployment ${name} is created any more. Mend its manifest. Of each container, the init container too, this is asked:`,
        {
          user: `${uid}, and runAsNonRoot: true; the images' own user is root`,
          privileges: 'it cannot gain any',
          capabilities: `none, but for ${name}, which has NET_BIND_SERVICE and has to keep it`,
          'seccomp profile': "the container runtime's default",
          manifest: file
        },
        'It is all the same whether the pod or the container says so, where both can. Change nothing else.'
      ],
      start,
      solution: new Map([[file, manifestText(deploymentOf(app, after(app)))]]),
      goals: workloadGoals(file, [
        {
          id: 'user',
          asks: `every container runs as the user ${uid}, and cannot run as root`,
          points: 30,
          judge: found => otherUser(found, uid)
        },
        { id: 'privileges', asks: 'no container can gain privileges', points: 15, judge: escalating },
        {
          id: 'capabilities',
          asks: `${name} has NET_BIND_SERVICE, and no container has any other capability`,
          points: 25,
          judge: found => otherCapabilities(found, { [name]: ['NET_BIND_SERVICE'] })
        },
        { id: 'seccomp', asks: "every container has the runtime's seccomp profile", points: 20, judge: otherSeccomp },
        {
          id: 'restricted',
          asks: `the namespace ${app.namespace} admits the pods`,
          points: 10,
          judge: notRestricted
        }
      ]),
      keeps: [
        ...nodeKeeps(start, [file]),
        stillStarts,
        manifestStays(start, file, {
          securityContext: ['runAsNonRoot', 'runAsUser', 'allowPrivilegeEscalation', 'capabilities', 'seccompProfile']
        })
      ],
      hints: [
        'kubectl explain pod.spec.securityContext and kubectl explain pod.spec.containers.securityContext: which field is in which? https://kubernetes.io/docs/concepts/security/pod-security-standards/',
        `auditpatch immutable check ${file} names the level that admits the pods, and what is missing.`,
        'A value in a container counts before that of the pod: look for what a container says against it, and take it out. capabilities has a list drop and a list add.',
        `For the pod: runAsNonRoot: true, runAsUser: ${uid}, seccompProfile: {type: RuntimeDefault}. In each of the three containers: allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}. ${app.sidecar} loses what it says otherwise.`
      ]
    }
  }
}

interface App {
  readonly name: string
  readonly namespace: string
  readonly uid: number
  readonly group: number
  readonly sidecar: string
  readonly init: string
  /** What the second container says against the pod. */
  readonly contrary: ManifestData
}

const appOf = (pick: Pick): App => ({
  name: pick.one(['gateway', 'edge', 'frontdoor', 'proxy']),
  namespace: pick.one(['prod', 'team-red', 'public', 'web']),
  uid: pick.number(10_000, 40_000),
  group: pick.number(2000, 9000),
  sidecar: pick.one(['metrics', 'reloader', 'log-tail']),
  init: pick.one(['fix-config', 'wait-for-db', 'certs']),
  contrary: {
    runAsUser: 0,
    ...pick.one<ManifestData>([
      { runAsNonRoot: false },
      { seccompProfile: { type: 'Unconfined' } },
      { allowPrivilegeEscalation: true, seccompProfile: { type: 'Unconfined' } }
    ]),
    ...pick.one<ManifestData>([
      {},
      { capabilities: { add: ['NET_RAW'] } },
      { capabilities: { drop: ['KILL'], add: ['CHOWN'] } }
    ])
  }
})

/** What the pod and its three containers say of their rights. */
interface Contexts {
  readonly pod: ManifestData
  readonly init: ManifestData
  readonly main: ManifestData
  readonly sidecar: ManifestData
}

const before = ({ group, contrary }: App): Contexts => ({
  pod: { fsGroup: group },
  init: {},
  main: { readOnlyRootFilesystem: true, capabilities: { add: ['NET_BIND_SERVICE'] } },
  sidecar: contrary
})

const after = ({ group, uid }: App): Contexts => ({
  pod: { fsGroup: group, runAsNonRoot: true, runAsUser: uid, seccompProfile: { type: 'RuntimeDefault' } },
  init: CONFINED,
  main: {
    readOnlyRootFilesystem: true,
    capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
    allowPrivilegeEscalation: false
  },
  sidecar: CONFINED
})

const CONFINED: ManifestData = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }

const said = (securityContext: ManifestData): ManifestData =>
  Object.keys(securityContext).length === 0 ? {} : { securityContext }

const deploymentOf = ({ name, namespace, sidecar, init }: App, contexts: Contexts): ManifestData => {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext: contexts.pod,
          initContainers: [
            { name: init, image: 'registry.example.com/tools/init:2.4.0', args: ['--once'], ...said(contexts.init) }
          ],
          containers: [
            {
              name,
              image: `registry.example.com/web/${name}:3.1.4`,
              ports: [{ containerPort: 80 }],
              ...said(contexts.main),
              volumeMounts: [{ name: 'cache', mountPath: '/var/cache' }]
            },
            { name: sidecar, image: `registry.example.com/tools/${sidecar}:1.12.0`, ...said(contexts.sidecar) }
          ],
          volumes: [{ name: 'cache', emptyDir: {} }]
        }
      }
    }
  }
}
