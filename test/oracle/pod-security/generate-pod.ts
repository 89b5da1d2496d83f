import type { PodData } from '../../../src/immutability/pod-security/judged-pod.ts'
import type { Unknown } from '../../../src/text/guard.ts'
import { type Dice, diceFrom } from '../dice.ts'
import { generateContext } from './generate-context.ts'
import { type Draw, drawFrom } from './draw.ts'
import { HOSTS, NAMES, ODD_ANNOTATIONS, PROFILE_ANNOTATIONS, SYSCTLS, VOLUME_KINDS } from './pod-words.ts'

/** A pod that a Go decoder takes, the same for the same seed and index; how much of it is forbidden differs. */
export const generatePod = (seed: number, index: number): PodData => {
  const dice = diceFrom(seed * 1_000_003 + index)
  const draw = drawFrom(dice, dice.one([0, 1, 3, 8, 25, 60]))
  const spec = specOf(draw)
  // parsed data has no undefined
  return JSON.parse(JSON.stringify({ metadata: metadataOf(draw, spec), spec })) as PodData
}

const metadataOf = (draw: Draw, spec: Unknown): Unknown => {
  const containers = CONTAINERS.flatMap(key => (spec[key] ?? []) as readonly (Unknown | null)[]) // as: specOf wrote it
  const names = [...containers.map(each => String(each?.name ?? '')), ...draw.dice.several(NAMES, 0, 1)]
  const keys = names.flatMap(name => CONTAINER_ANNOTATIONS.map(prefix => prefix + name))
  const annotations = [...keys, 'seccomp.security.alpha.kubernetes.io/pod', 'kubernetes.io/limit-ranger'].flatMap(
    key => {
      if (!draw.dice.chance(20)) return []
      return [
        [
          key,
          draw.dice.chance(6)
            ? draw.dice.one(ODD_ANNOTATIONS)
            : draw.word(['runtime/default', 'localhost/a.json', 'docker/default'], PROFILE_ANNOTATIONS)
        ]
      ]
    }
  )
  return draw.dice.chance(70) ? { name: 'web', annotations: Object.fromEntries(annotations) as Unknown } : {}
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'] as const
const CONTAINER_ANNOTATIONS = [
  'container.seccomp.security.alpha.kubernetes.io/',
  'container.apparmor.security.beta.kubernetes.io/'
] as const

const specOf = (draw: Draw): Unknown => {
  const { dice } = draw
  const isStrict = dice.chance(60)
  return {
    ...draw.maybe(50, { os: dice.one([{ name: 'linux' }, { name: 'windows' }, { name: 'Windows' }, {}, null]) }),
    ...draw.maybe(40, { hostUsers: dice.one([true, false, false, false, null]) }),
    ...Object.fromEntries(
      ['hostNetwork', 'hostPID', 'hostIPC'].map(key => [key, draw.word([false, undefined], [true])])
    ),
    ...draw.maybe(90, { securityContext: draw.odd({ ...generateContext(draw, isStrict), sysctls: sysctlsOf(draw) }) }),
    ...draw.maybe(40, { initContainers: containersOf(draw, 0, 2) }),
    containers: containersOf(draw, 1, 3),
    ...draw.maybe(25, { ephemeralContainers: containersOf(draw, 0, 2) }),
    ...draw.maybe(60, { volumes: Array.from({ length: dice.pick(5) }, () => draw.odd(volumeOf(draw))) })
  }
}

const sysctlsOf = (draw: Draw): (Unknown | null)[] =>
  Array.from({ length: draw.dice.pick(3) }, () =>
    draw.odd({ name: draw.word(SYSCTLS.safe, SYSCTLS.other), value: draw.dice.one(['1', '0 0']) })
  )

const containersOf = (draw: Draw, least: number, most: number): (Unknown | null)[] =>
  Array.from({ length: least + draw.dice.pick(most - least + 1) }, () => draw.odd(containerOf(draw)))

const containerOf = (draw: Draw): Unknown => {
  const { dice } = draw
  const isStrict = dice.chance(85)
  return {
    ...draw.maybe(98, { name: dice.one(NAMES) }),
    image: 'nginx:1.27',
    ...draw.maybe(95, { securityContext: draw.odd(containerContext(draw, isStrict)) }),
    ...draw.maybe(40, { ports: Array.from({ length: dice.pick(3) }, () => draw.odd(portOf(draw))) }),
    ...Object.fromEntries(
      ['livenessProbe', 'readinessProbe', 'startupProbe'].map(key => [
        key,
        dice.chance(20) ? handlerOf(draw) : undefined
      ])
    ),
    ...draw.maybe(20, { lifecycle: draw.odd({ postStart: handlerOf(draw), preStop: handlerOf(draw) }) })
  }
}

const containerContext = (draw: Draw, isStrict: boolean): Unknown => {
  const { dice } = draw
  const own = dice.chance(30) || draw.isBad() ? generateContext(draw, isStrict) : {}
  const drop = draw.word([isStrict ? ['ALL'] : undefined, ['KILL', 'ALL']], [['all'], ['NET_RAW'], [], null, [null]])
  return {
    ...own,
    privileged: draw.word([false, undefined], [true, null]),
    allowPrivilegeEscalation: draw.word([isStrict ? false : undefined, false], [true, null, undefined]),
    procMount: draw.word(['Default', undefined], ['Unmasked', '', 'default', null]),
    ...draw.maybe(96, { capabilities: draw.odd({ drop, add: addedOf(draw) }) })
  }
}

const addedOf = (draw: Draw): unknown => {
  const word = (): unknown =>
    draw.word(
      ['NET_BIND_SERVICE'],
      ['CHOWN', 'SYS_CHROOT', 'NET_RAW', 'SYS_ADMIN', 'ALL', 'CAP_KILL', 'kill', '', null]
    )
  return draw.dice.one([null, null, [], [word()], [word(), word(), word()]])
}

const portOf = (draw: Draw): Unknown => ({
  containerPort: 80,
  hostPort: draw.word([undefined, 0], [80, 443, 9, 10_250, -1, null])
})

const handlerOf = (draw: Draw): Unknown | null =>
  draw.odd(
    draw.dice.one([
      { exec: { command: ['true'] } },
      { httpGet: draw.odd({ port: 80, host: draw.word([undefined, ''], HOSTS) }) },
      { tcpSocket: draw.odd({ port: 'web', host: draw.word([undefined, ''], HOSTS) }) },
      { grpc: { port: 9 } },
      { httpGet: { port: 1, host: draw.word([''], HOSTS) }, tcpSocket: { port: 1, host: draw.word([''], HOSTS) } }
    ])
  )

const volumeOf = (draw: Draw): Unknown => {
  const { dice } = draw
  const kinds = [draw.word(VOLUME_KINDS.allowed, dice.chance(30) ? ['hostPath'] : VOLUME_KINDS.forbidden)]
  const more = draw.isBad() ? dice.one([neighboursOf(dice), neighboursOf(dice), dice.several(ALL_KINDS, 0, 3)]) : []
  const sources = [...(dice.chance(50) ? kinds : []), ...more].map(kind => [kind, draw.isBad() ? null : {}])
  return { name: dice.one(NAMES), ...(Object.fromEntries(sources.length > 0 ? sources : [[kinds[0], {}]]) as Unknown) }
}

// validation refuses a volume of two kinds, the check names the first of them
const neighboursOf = (dice: Dice): string[] => {
  const at = dice.pick(VOLUME_KINDS.forbidden.length - 1)
  return VOLUME_KINDS.forbidden.slice(at, at + 2)
}

const ALL_KINDS = [...VOLUME_KINDS.allowed, ...VOLUME_KINDS.forbidden] as const
