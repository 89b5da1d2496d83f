import { diceFrom } from '../oracle/dice.ts'
import type { Any } from './plain-pods.ts'
import { isOdd, type Maker, type RareForm } from './random-forms.ts'
import { randomAnnotations, randomTemplate } from './random-pod.ts'
import { writeJson, writeWorkload } from './write-workload.ts'

export interface RandomOptions {
  /** How often, in percent, a rare form is taken: 8 when not given. */
  readonly oddity?: number
  /** Rare forms that are not taken at all. */
  readonly without?: readonly RareForm[]
  /** Only one document with one object that is no list. */
  readonly isSingle?: boolean
}

/** The text of a workload file, the same for the same seed: valid YAML with at least one document that has content. */
export const randomWorkload = (seed: number, options: RandomOptions = {}): string =>
  randomWorkloadAndData(seed, options).text

/** The same with the data of its documents. */
export const randomWorkloadAndData = (seed: number, options: RandomOptions = {}): { text: string; data: Any[] } => {
  const dice = diceFrom(seed)
  const maker: Maker = { dice, oddity: options.oddity ?? 8, without: new Set(options.without) }
  const count = options.isSingle ? 1 : dice.one([1, 1, 1, 2, 3])
  const data = Array.from({ length: count }, () =>
    options.isSingle ? randomObject(maker) : dice.chance(12) ? randomList(maker) : randomObject(maker)
  )
  const isJson = count === 1 && isOdd(maker, 'flow') && dice.chance(50)
  const body = isJson ? writeJson(data[0], maker) : join(maker, data)
  return { text: finish(maker, body), data }
}

const KINDS: readonly (readonly [kind: string, apiVersion: string])[] = [
  ['Pod', 'v1'],
  ['Deployment', 'apps/v1'],
  ['ReplicaSet', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['ReplicationController', 'v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
  ['PodTemplate', 'v1'],
  ['Rollout', 'argoproj.io/v1alpha1'],
  ['Service', 'v1'],
  ['ConfigMap', 'v1']
]

const randomObject = (maker: Maker): Any => {
  const [kind, apiVersion] = maker.dice.chance(30) ? ['Pod', 'v1'] : maker.dice.one(KINDS)
  return { apiVersion, kind, ...bodyOf(maker, kind ?? '') }
}

const bodyOf = (maker: Maker, kind: string): Any => {
  const { dice } = maker
  const metadata: Any = { name: 'web', ...(dice.chance(30) ? { namespace: 'shop' } : {}) }
  if (kind === 'Service') return { metadata, spec: { ports: [{ port: 80 }], selector: { app: 'web' } } }
  if (kind === 'ConfigMap') return { metadata, data: { a: 'privileged: true\nb', spec: 'containers' } }
  const template = randomTemplate(maker)
  if (kind === 'Pod') return { metadata: { ...metadata, ...template.metadata }, spec: template.spec }
  const annotations = randomAnnotations(maker, ['app', 'side'])
  if (annotations !== undefined) metadata.annotations = annotations
  if (kind === 'PodTemplate') return { metadata, template }
  if (kind === 'CronJob') {
    const metadataOfJob = isOdd(maker, 'exceptions')
      ? { metadata: { annotations: { 'auditpatch/mutable': 'privileged: no' } } }
      : {}
    return { metadata, spec: { schedule: '*/5 * * * *', jobTemplate: { ...metadataOfJob, spec: { template } } } }
  }
  if (kind === 'Job') return { metadata, spec: { backoffLimit: 2, template } }
  const claims = kind === 'StatefulSet' && dice.chance(50) ? { volumeClaimTemplates: [claim('missing')] } : {}
  const selector = { matchLabels: { app: 'web' } }
  return { metadata, spec: dice.chance(80) ? { selector, template, ...claims } : { template, selector, ...claims } }
}

const claim = (name: string): Any => ({ metadata: { name }, spec: { accessModes: ['ReadWriteOnce'] } })

const randomList = (maker: Maker): Any => {
  const { dice } = maker
  const kind = dice.one(['List', 'List', 'DeploymentList', 'PodList'])
  const item = kind.replace(/List$/, '')
  const items = Array.from({ length: dice.pick(4) }, () => {
    if (kind === 'List') return dice.chance(5) ? randomList(maker) : randomObject(maker)
    const body = bodyOf(maker, item)
    return isOdd(maker, 'items-without-kind') ? body : { kind: item, ...body }
  })
  return { apiVersion: 'v1', kind, ...(dice.chance(50) ? { metadata: { resourceVersion: '1' } } : {}), items }
}

const join = (maker: Maker, data: readonly Any[]): string => {
  const { dice } = maker
  const parts = data.map(each => writeWorkload(each, maker).replace(/\n*$/, '\n'))
  const start = dice.one(['', '', '---\n', '--- # first\n', '# a file\n\n', '# only a comment\n---\n'])
  const end = dice.one(['', '', '', '---\n', '...\n', '---\n# the end\n'])
  const between = (): string =>
    dice.one(['---\n', '---\n', '--- # next\n', '---\n---\n', '\n---\n# empty\n---\n', '...\n---\n'])
  return parts.reduce((text, part, index) => text + (index === 0 ? '' : between()) + part, start) + end
}

const finish = (maker: Maker, body: string): string => {
  const { dice } = maker
  let text = body.endsWith('\n') ? body : `${body}\n`
  if (dice.chance(12)) text = text.replace(/\n+$/, '')
  else if (dice.chance(8)) text += '\n\n'
  if (isOdd(maker, 'crlf')) text = text.replaceAll('\n', '\r\n')
  return isOdd(maker, 'byte-order-mark') && dice.chance(30) ? `\uFEFF${text}` : text
}
