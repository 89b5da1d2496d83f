import { hostPath } from '../../paths.ts'
import { IMAGES } from '../container/machine.ts'
import type { Drill } from '../drill.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { type AskedProbe, probeFails, programsLeft } from '../goals/probe-goals.ts'
import { manifestStays, workloadGoals } from '../goals/workload-goals.ts'
import { type ManifestData, manifestText } from '../manifest-text.ts'
import { freshNode, withFiles } from '../node.ts'
import type { Pick } from '../pick.ts'

export const h03: Drill = {
  id: 'h03',
  title: 'Tools that are gone before it is ready',
  family: 'immutable',
  minutes: 8,
  points: 7,
  lesson:
    'A startup probe runs in the container before any other probe, and until it has passed the container is not ready. It may take away what the image has too much of, which takes root and a root file system that can be written: an image without a shell is better.',
  make: pick => {
    const app = appOf(pick)
    const { name, kind, programs } = app
    const file = hostPath(`/root/${pick.one([name, `${name}-pod`, 'pod'])}.yaml`)
    const asked: AskedProbe = { container: name, image: IMAGES[kind], programs }
    const start = withFiles(freshNode(pick), { [file]: manifestText(podOf(app, null)) })
    return {
      task: [
        `The image of the container ${name} brings tools along that nobody needs and that help whoever gets in. It cannot be built anew, and neither image nor command may be changed. Let a startup probe take the tools away, so that they are gone before the container is ready:`,
        {
          programs: programs.join(', '),
          image: SAYS[kind],
          manifest: file
        },
        'The probe has to pass, and nothing else of the image may get lost. The other probes, and the other container, stay as they are.'
      ],
      start,
      solution: new Map([[file, manifestText(podOf(app, ['rm', '-f', ...programs]))]]),
      goals: workloadGoals(file, [
        {
          id: 'probe',
          asks: `the container ${name} has a startup probe that passes`,
          points: 40,
          judge: found => probeFails(found, asked)
        },
        {
          id: 'programs',
          asks: `${programs.join(', ')} and nothing else are gone by then`,
          points: 60,
          judge: found => programsLeft(found, asked)
        }
      ]),
      keeps: [
        ...nodeKeeps(start, [file]),
        stillStarts,
        manifestStays(start, file, { container: each => (each === name ? ['startupProbe'] : []) })
      ],
      hints: [
        'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/ shows how a probe runs a command; kubectl explain pod.spec.containers.startupProbe lists its fields.',
        'exec.command is a list: the program, then each of its arguments. No shell reads it, so ; and && are words like any other where you do not start one.',
        'The probe runs again when it has failed. rm fails for a file that is not there any more; rm -f does not.',
        `startupProbe: {exec: {command: [rm, -f, ${programs.join(', ')}]}} in the container ${name}.`
      ]
    }
  }
}

type Kind = keyof typeof IMAGES

const SAYS: Readonly<Record<Kind, string>> = {
  Debian: 'made from Debian: /bin is a link to /usr/bin, sh is dash; it runs as root',
  Alpine: 'made from Alpine: sh and most tools are links to /bin/busybox; it runs as root'
}

const MORE: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  Debian: ['/usr/bin/apt-get', '/usr/bin/perl', '/usr/bin/dpkg'],
  Alpine: ['/usr/bin/wget', '/sbin/apk', '/bin/chmod']
}

interface App {
  readonly name: string
  readonly namespace: string
  readonly kind: Kind
  readonly programs: readonly string[]
  readonly image: string
  readonly port: number
  readonly helper: string
}

const appOf = (pick: Pick): App => {
  const name = pick.one(['ledger', 'search', 'mailer', 'thumbs', 'quotes'])
  const kind = pick.one<Kind>(['Debian', 'Alpine'])
  return {
    ...{ name, kind },
    namespace: pick.one(['prod', 'blue', 'backend', 'legacy']),
    programs: ['/bin/bash', '/bin/touch', ...pick.some(MORE[kind], pick.number(0, 1))],
    image: `registry.example.com/${pick.one(['apps', 'vendor', 'legacy'])}/${name}:${pick.number(1, 9)}.${pick.number(0, 30)}`,
    port: pick.one([8080, 8000, 3000, 9090]),
    helper: pick.one(['metrics', 'log-tail', 'tunnel'])
  }
}

const podOf = ({ name, namespace, image, port, helper }: App, command: readonly string[] | null): ManifestData => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    containers: [
      {
        name,
        image,
        command: [`/app/${name}`, `--port=${port}`],
        ports: [{ containerPort: port }],
        ...(command === null ? {} : { startupProbe: { exec: { command } } }),
        livenessProbe: { httpGet: { path: '/healthz', port }, periodSeconds: 20 },
        readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 5 }
      },
      {
        name: helper,
        image: `registry.example.com/tools/${helper}:1.12.0`,
        args: [`--target=localhost:${port}`]
      }
    ]
  }
})
