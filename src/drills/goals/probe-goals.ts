import { type ImageFiles, type Machine, machineOf, realPath } from '../container/machine.ts'
import { runProgram } from '../container/run-program.ts'
import { type ContainerSubject, wordsOf } from '../../immutability/subject.ts'
import { isRecord, listAt, numberAt, recordAt, valueAt } from '../../text/guard.ts'
import type { Path } from '../../text/locate.ts'
import type { Shortfall } from '../drill.ts'
import { type FiledWorkload, shortfallAt } from './workload-file.ts'

/** What a startup probe is to do to a container. */
export interface AskedProbe {
  readonly container: string
  readonly image: ImageFiles
  /** The programs that are to be gone, by their paths. */
  readonly programs: readonly string[]
}

/** What came of the probing: the container after it, or why there was none. */
type Probing =
  | { readonly kind: 'over'; readonly machine: Machine; readonly hasPassed: boolean; readonly argv: readonly string[] }
  | { readonly kind: 'none'; readonly shortfall: Shortfall }

/** Null where the startup probe passes before the kubelet gives up. */
export const probeFails = (found: FiledWorkload, asked: AskedProbe): Shortfall | null => {
  const probing = probe(found, asked)
  if (probing.kind === 'none') return probing.shortfall
  const { machine, hasPassed, argv } = probing
  if (hasPassed) return null
  const [program = ''] = argv
  if (/\s/.test(program))
    return atProbe(
      found,
      asked,
      'not-a-program',
      `the whole command is one word, and no program is called ${JSON.stringify(program)}`
    )
  const why = machine.complaint === '' ? '' : `: ${machine.complaint}`
  return atProbe(
    found,
    asked,
    codeOf(machine, 'probe-fails'),
    `the probe never passes, so the kubelet starts the container anew again and again${why}`
  )
}

/** Null where the programs that are asked for, and no others, are gone once the startup probe has passed. */
export const programsLeft = (found: FiledWorkload, asked: AskedProbe): Shortfall | null => {
  const probing = probe(found, asked)
  if (probing.kind === 'none') return probing.shortfall
  const { machine } = probing
  const at = (code: string, told: string): Shortfall => atProbe(found, asked, code, told)
  const wanted = asked.programs.map(path => realPath({ ...machine, directory: '/' }, path))
  const left = asked.programs.filter((_, index) => machine.files.has(wanted[index] ?? ''))
  const moved = asked.programs.find((_, index) => machine.moved.has(wanted[index] ?? ''))
  if (left.length > 0) return at(codeOf(machine, 'program-left'), `${left.join(' and ')} would be there still`)
  if (moved !== undefined) return at('only-moved', `${moved} has only been moved`)
  const lost = [...machineOf(asked.image, null).files].find(path => !machine.files.has(path) && !wanted.includes(path))
  return lost === undefined ? null : at('removes-too-much', `${lost} would be gone too`)
}

const READ_ONLY = 'Read-only file system'

// where nothing can be removed at all, that is why
const codeOf = ({ refusal }: Machine, code: string): string =>
  refusal === null ? code : refusal === READ_ONLY ? 'read-only-root' : 'may-not-remove'

const atProbe = (found: FiledWorkload, { container }: AskedProbe, code: string, told: string): Shortfall =>
  shortfallAt(found, [...(subjectOf(found, container)?.container.path ?? []), 'startupProbe'], code, told)

const subjectOf = ({ pod }: FiledWorkload, name: string): ContainerSubject | undefined =>
  pod.containers.find(({ container }) => container.name === name && container.list === 'containers')

const probe = (found: FiledWorkload, asked: AskedProbe): Probing => {
  const subject = subjectOf(found, asked.container)
  const none = (path: Path, code: string, told: string): Probing => ({
    kind: 'none',
    shortfall: shortfallAt(found, path, code, told)
  })
  if (!subject) return none(found.workload.specPath, 'no-container', `there is no container ${asked.container}`)
  const { data, path } = subject.container
  const written = data.startupProbe
  if (!isRecord(written)) return none(path, ...absence(found, subject))
  const fault = handlerFault(written)
  if (fault) return none([...path, 'startupProbe'], ...fault)
  const argv = listAt(recordAt(written, 'exec'), 'command').map(String)
  const machine = machineOf(asked.image, refusalFor(subject))
  if (typeof data.workingDir === 'string') machine.directory = data.workingDir
  const hasPassed = attempts(machine, argv, written)
  if (hasPassed === null)
    return none(
      [...path, 'startupProbe'],
      'not-followed',
      'what this command does cannot be told here: rm, test and other small programs, joined by ; && || if or for, can be followed'
    )
  return { kind: 'over', machine, hasPassed, argv }
}

type Told = readonly [code: string, told: string]

const absence = ({ pod }: FiledWorkload, subject: ContainerSubject): Told => {
  const other = pod.containers.find(({ container }) => isRecord(container.data.startupProbe))?.container
  if (other) return ['other-container', `it is the ${wordsOf(other)} that has a startup probe`]
  return isRecord(valueAt(subject.container.data, ['lifecycle', 'postStart']))
    ? ['no-startup-probe', 'a postStart hook is there, and no startup probe: a startup probe was asked for']
    : ['no-startup-probe', `the ${wordsOf(subject.container)} has no startup probe`]
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc']

// validateProbe in https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/core/validation/validation.go
const handlerFault = (written: Readonly<Record<string, unknown>>): Told | null => {
  const handlers = HANDLERS.filter(key => isRecord(written[key]))
  if (handlers.length > 1) return ['two-handlers', `the API server takes one handler, not ${handlers.join(' and ')}`]
  if (handlers[0] !== 'exec') return ['no-exec', 'the startup probe runs no command: it has no exec']
  if ((numberAt(written, 'successThreshold') ?? 1) > 1)
    return ['success-threshold', 'the API server takes no other successThreshold than 1 for a startup probe']
  return listAt(recordAt(written, 'exec'), 'command').length === 0 ? ['no-command', 'exec has no command'] : null
}

const refusalFor = ({ securityContext, runAs }: ContainerSubject): string | null => {
  if (securityContext.readOnlyRootFilesystem === true) return READ_ONLY
  const mayBeRoot = (runAs.uid ?? 0) === 0 && runAs.isNonRoot !== true
  return mayBeRoot ? null : 'Permission denied'
}

/** Whether one of the attempts passes; null where it cannot be told. */
const attempts = (
  machine: Machine,
  argv: readonly string[],
  written: Readonly<Record<string, unknown>>
): boolean | null => {
  const directory = machine.directory
  for (let left = numberAt(written, 'failureThreshold') || 3; left > 0; left--) {
    Object.assign(machine, { seconds: 0, directory })
    const code = runProgram(machine, argv)
    if (code === null) return null
    const isLate = machine.seconds >= (numberAt(written, 'timeoutSeconds') || 1)
    if (isLate) machine.complaint = 'it takes longer than timeoutSeconds'
    if (code === 0 && !isLate) return true
  }
  return false
}
