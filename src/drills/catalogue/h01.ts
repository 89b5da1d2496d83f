import { hostPath } from '../../paths.ts'
import type { Drill } from '../drill.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { otherImage, tooMuch, unwritten, type WrittenBy, writableRoot } from '../goals/read-only-goals.ts'
import { manifestStays, workloadGoals, workloadKeep } from '../goals/workload-goals.ts'
import { type ManifestData, manifestText } from '../manifest-text.ts'
import { freshNode, withFiles } from '../node.ts'
import type { Pick } from '../pick.ts'
import type { Value } from '../../text/value.ts'

export const h01: Drill = {
  id: 'h01',
  title: 'Nothing to be written but /tmp',
  family: 'immutable',
  minutes: 6,
  points: 6,
  lesson:
    'readOnlyRootFilesystem is a setting of each container, init containers among them; a pod has none. What a program has to write takes an emptyDir at that very directory: one above it hides what the image has there.',
  make: pick => {
    const app = appOf(pick)
    const file = hostPath(`/root/${pick.one([app.name, `${app.name}-deployment`, 'deployment'])}.yaml`)
    const start = withFiles(freshNode(pick), { [file]: manifestText(deploymentOf(app, false)) })
    const { written } = app
    return {
      task: [
        `Nobody who gets into a container of the Deployment ${app.name} shall be able to change it: make the root file system of every container read-only, that of the init container too. The containers write to these directories, and have to go on doing so:`,
        {
          ...Object.fromEntries(Object.entries(written).map(([name, paths]) => [name, paths.join(', ')])),
          manifest: file
        },
        `Let them write there into empty directories that go with the pod, and nowhere else. What the images bring along must not be hidden. /shared is an emptyDir already, through which the init container hands over a file.`,
        `The image of ${app.name} has no tag; let it be ${app.image}:${app.tag}. Change nothing else.`
      ],
      start,
      solution: new Map([[file, manifestText(deploymentOf(app, true))]]),
      goals: workloadGoals(file, [
        {
          id: 'containers',
          asks: 'the root file systems of the containers are read-only',
          points: 25,
          judge: found => writableRoot(found, 'containers')
        },
        {
          id: 'init-containers',
          asks: 'the root file system of the init container is read-only',
          points: 20,
          judge: found => writableRoot(found, 'initContainers')
        },
        {
          id: 'written',
          asks: 'each container writes its directories, to an emptyDir',
          points: 40,
          judge: found => unwritten(found, written)
        },
        {
          id: 'image',
          asks: `${app.name} runs ${app.image}:${app.tag}`,
          points: 15,
          judge: found => otherImage(found, app.name, `${app.image}:${app.tag}`)
        }
      ]),
      keeps: [
        ...nodeKeeps(start, [file]),
        stillStarts,
        manifestStays(start, file, {
          container: name => (name === app.name ? ['image'] : []),
          securityContext: ['readOnlyRootFilesystem'],
          mounts: true
        }),
        workloadKeep(file, {
          id: 'nothing-else',
          asks: 'nothing else can be written, and nothing of the images is hidden',
          costs: 30,
          judge: found => tooMuch(found, written)
        })
      ],
      hints: [
        'kubectl explain pod.spec.containers.securityContext lists what a container can be told. https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
        'auditpatch immutable check FILE tells which containers can be changed, and where the manifest says so.',
        'Each directory takes a volume with emptyDir: {} and a volumeMount in the container that writes it, with that very directory as mountPath.',
        `readOnlyRootFilesystem: true in the securityContext of ${Object.keys(written).join(', ')}; mounts for ${[...new Set(Object.values(written).flat())].filter(path => path !== SHARED).join(', ')}; image: ${app.image}:${app.tag}.`
      ]
    }
  }
}

const SHARED = '/shared'

interface App {
  readonly name: string
  readonly namespace: string
  readonly image: string
  readonly tag: string
  readonly sidecar: string
  readonly init: string
  readonly cache: string
  readonly state: string
  readonly written: WrittenBy
}

const appOf = (pick: Pick): App => {
  const name = pick.one(['storefront', 'invoices', 'catalog', 'tickets', 'checkout'])
  const sidecar = pick.one(['exporter', 'shipper', 'heartbeat'])
  const init = pick.one(['prepare', 'render-config', 'warm-up'])
  const cache = pick.one([
    `/var/cache/${name}`,
    `/var/lib/${name}/spool`,
    `/srv/${name}/uploads`,
    `/opt/${name}/sessions`
  ])
  const state = pick.one([`/etc/${sidecar}/state`, `/usr/share/${sidecar}/run`, `/var/lib/${sidecar}`])
  return {
    ...{ name, sidecar, init, cache, state },
    namespace: pick.one(['moon', 'prod', 'team-green', 'shop']),
    image: `registry.example.com/${pick.one(['shop', 'apps', 'team'])}/${name}`,
    tag: `${pick.number(1, 9)}.${pick.number(0, 20)}.${pick.number(0, 9)}`,
    written: { [init]: ['/tmp', SHARED], [name]: ['/tmp', cache], [sidecar]: ['/tmp', state] }
  }
}

const deploymentOf = (app: App, isSolved: boolean): ManifestData => {
  const { name, namespace, sidecar, init } = app
  const labels = { app: name }
  const added = isSolved ? volumesOf(app) : []
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          initContainers: [containerOf(app, init, isSolved)],
          containers: [name, sidecar].map(each => containerOf(app, each, isSolved)),
          volumes: [
            { name: 'config', configMap: { name: `${name}-config` } },
            { name: 'shared', emptyDir: {} },
            ...added.map(volume => ({ name: volume.name, emptyDir: {} }))
          ]
        }
      }
    }
  }
}

const volumesOf = ({ written }: App): { readonly container: string; readonly name: string; readonly path: string }[] =>
  Object.entries(written).flatMap(([container, paths]) =>
    paths.flatMap(path =>
      path === SHARED ? [] : [{ container, name: `${container}-${path === '/tmp' ? 'tmp' : 'data'}`, path }]
    )
  )

const containerOf = (app: App, container: string, isSolved: boolean): Value => {
  const mounts = [
    ...(container === app.sidecar
      ? []
      : [
          { name: 'config', mountPath: `/etc/${app.name}`, readOnly: true },
          { name: 'shared', mountPath: SHARED, ...(container === app.init ? {} : { readOnly: true }) }
        ]),
    ...volumesOf(app)
      .filter(each => isSolved && each.container === container)
      .map(({ name, path }) => ({ name, mountPath: path }))
  ]
  return {
    name: container,
    ...programOf(app, container, isSolved),
    ...contextOf(container === app.name, isSolved),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts })
  }
}

const contextOf = (isMain: boolean, isSolved: boolean): ManifestData => {
  const context = {
    ...(isMain ? { allowPrivilegeEscalation: false } : {}),
    ...(isSolved ? { readOnlyRootFilesystem: true } : {})
  }
  return Object.keys(context).length === 0 ? {} : { securityContext: context }
}

const programOf = (
  { name, init, image, tag, cache, state }: App,
  container: string,
  isSolved: boolean
): ManifestData => {
  if (container === init)
    return {
      image: 'registry.example.com/tools/render:2.4.0',
      command: ['/bin/sh', '-c', `render /etc/${name}/${name}.tmpl > /tmp/out && cp /tmp/out /shared/${name}.conf`]
    }
  if (container === name)
    return {
      image: isSolved ? `${image}:${tag}` : image,
      command: [`/app/${name}`, '--config=/shared/' + `${name}.conf`, `--data=${cache}`],
      ports: [{ containerPort: 8080 }]
    }
  return {
    image: 'registry.example.com/tools/agent:1.9.3',
    command: ['/bin/sh', '-c', `while true; do date > /tmp/now; mv /tmp/now ${state}/last; sleep 30; done`]
  }
}
