import type { SyscallEvent } from '../../falco/syscall-source.ts'
import type { Pick } from '../pick.ts'
import type { RuleNames } from './default-rules.ts'
import { opened, type PodPlace, podPlace, started } from './processes.ts'
import { type MadeBy, podNames } from './workloads.ts'

/** What was done in a Deployment. */
export interface Deed {
  readonly namespace: string
  readonly deployment: string
  readonly command: string
}

/** Something that happened in containers of several Deployments, and other things beside it. */
export interface Incident {
  /** The rule that tells of it. */
  readonly rule: string
  /** The question, without `In which Deployments`. */
  readonly asks: string
  readonly deeds: readonly Deed[]
  /** All that Falco sees, in no order. */
  readonly events: readonly SyscallEvent[]
  readonly workloads: readonly MadeBy[]
  /** The Deployments of which only other rules tell, as namespace/name. */
  readonly others: readonly string[]
}

interface Kind {
  readonly rule: string
  readonly asks: string
  readonly commands: readonly string[]
  readonly happen: (place: PodPlace, command: string) => SyscallEvent
}

const kindsOf = ({ shell, secrets, installer }: RuleNames): readonly [Kind, Kind, Kind] => [
  {
    rule: shell,
    asks: 'did somebody work in a container, in a shell with a terminal',
    commands: ['bash -i', 'sh', 'bash -l', 'ash -i'],
    happen: (place, command) => started({ place, command, tty: 34816 })
  },
  {
    rule: secrets,
    asks: 'was a file with passwords or rights of users opened in a container',
    commands: ['cat /etc/shadow', 'grep root /etc/shadow', 'tail -n 3 /etc/sudoers', 'cp /etc/gshadow /tmp/g'],
    happen: (place, command) => opened({ place, command }, /\/etc\/\w+/.exec(command)?.[0] ?? '/etc/shadow')
  },
  {
    rule: installer,
    asks: 'did a container get software that is not of its image',
    commands: ['apt-get install -y nmap', 'apk add curl', 'pip install requests', 'yum install -y socat'],
    happen: (place, command) => started({ place, command, parent: 'sh' })
  }
]

const NAMESPACES = ['shop', 'payments', 'team-blue', 'orders', 'billing']
const NAMES = ['web', 'api-gateway', 'checkout', 'mail-worker', 'pricing', 'search']

/** An incident of a seed. */
export const incidentOf = (pick: Pick, names: RuleNames): Incident => {
  const kinds = kindsOf(names)
  const [asked = kinds[0], second = kinds[1]] = pick.some(kinds, 2)
  const [here = '', there = '', third = ''] = pick.some(NAMESPACES, 3)
  const [one = '', two = '', three = '', four = ''] = pick.some(NAMES, 4)
  const [first = '', next = '', last = ''] = pick.some(asked.commands, 3)
  const made = (namespace: string, name: string, kind: MadeBy['kind'] = 'Deployment') => ({ kind, namespace, name })
  // the second has a namesake elsewhere
  const hit = [made(here, one), made(there, two), made(here, three)] as const
  const spared = [made(third, two), made(there, four)]
  const alien = [made(there, `${one}-db`, 'StatefulSet'), made(third, 'node-agent', 'DaemonSet')]
  const happened = (what: Kind, by: MadeBy, command: string, pods: number, times: number): SyscallEvent[] =>
    podNames(pick, by, pods)
      .map(pod => what.happen(podPlace(pick, by.namespace, pod, by.name), command))
      .flatMap(event => Array.from({ length: times }, () => event))
  const deeds = [
    { by: hit[0], command: first, pods: 2, times: pick.number(1, 3) },
    { by: hit[0], command: next, pods: 1, times: 1 },
    { by: hit[1], command: first, pods: 1, times: pick.number(2, 3) },
    { by: hit[2], command: last, pods: 1, times: 1 }
  ]
  const all = [
    ...deeds.flatMap(({ by, command, pods, times }) => happened(asked, by, command, pods, times)),
    ...alien.flatMap(by => happened(asked, by, next, 1, 2)),
    ...[...spared, hit[2]].flatMap(by => happened(second, by, second.commands[0] ?? '', 1, pick.number(1, 4)))
  ]
  return {
    ...{ rule: asked.rule, asks: asked.asks },
    deeds: deeds.map(({ by, command }) => ({ namespace: by.namespace, deployment: by.name, command })),
    events: pick.some(all, all.length),
    workloads: [...hit, ...spared, ...alien, made('monitoring', 'grafana')],
    others: spared.map(({ namespace, name }) => `${namespace}/${name}`)
  }
}
