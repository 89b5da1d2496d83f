import { appendFileSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { posix } from 'node:path'
import type { Pod } from './fake-pod.ts'

const LONGEST_PART = 16 * 1024

/** The log of one container run: takes chunks of its output, and closes the last line of each stream. */
export interface ContainerLog {
  readonly write: (stream: 'stdout' | 'stderr', chunk: string) => void
  readonly close: () => void
}

/** The directory of a pod's logs as the node names it. */
export const podLogDirectory = (pod: Pod): string => `/var/log/pods/${pod.namespace}_${pod.name}_${pod.uid}`

/**
 * Opens the log of restart n in CRI format and points /var/log/containers at it. Of the containers before only the last
 * keeps its log, as the kubelet keeps one dead container (--maximum-dead-containers-per-container is 1).
 */
export const openContainerLog = (root: string, pod: Pod, restart: number, id: string): ContainerLog => {
  const path = `${podLogDirectory(pod)}/${pod.container}/${restart}.log`
  const real = posix.join(root, path)
  mkdirSync(posix.dirname(real), { recursive: true })
  for (const name of readdirSync(posix.dirname(real)))
    if (name !== `${restart - 1}.log`) rmSync(posix.join(posix.dirname(real), name))
  unlinkContainerLogs(root, pod)
  mkdirSync(posix.join(root, '/var/log/containers'), { recursive: true })
  symlinkSync(path, posix.join(root, `/var/log/containers/${linkPrefix(pod)}${id}.log`))
  const rest = { stdout: '', stderr: '' }
  const emit = (stream: string, text: string, last: boolean): void => {
    appendFileSync(real, `${stamp()} ${stream} ${last ? 'F' : 'P'} ${text}\n`)
  }
  const line = (stream: string, text: string): void => {
    if (text.length <= LONGEST_PART) return emit(stream, text, true)
    emit(stream, text.slice(0, LONGEST_PART), false)
    line(stream, text.slice(LONGEST_PART))
  }
  appendFileSync(real, '')
  return {
    write: (stream, chunk) => {
      const lines = `${rest[stream]}${chunk}`.split('\n')
      rest[stream] = lines.pop() ?? ''
      for (const each of lines) line(stream, each)
    },
    close: () => {
      for (const stream of ['stdout', 'stderr'] as const) if (rest[stream] !== '') line(stream, rest[stream])
    }
  }
}

/** Removes everything a pod logged. */
export const removePodLogs = (root: string, pod: Pod): void => {
  unlinkContainerLogs(root, pod)
  rmSync(posix.join(root, podLogDirectory(pod)), { recursive: true, force: true })
}

const linkPrefix = (pod: Pod): string => `${pod.name}_${pod.namespace}_${pod.container}-`

const unlinkContainerLogs = (root: string, pod: Pod): void => {
  const directory = posix.join(root, '/var/log/containers')
  mkdirSync(directory, { recursive: true })
  for (const name of readdirSync(directory))
    if (name.startsWith(linkPrefix(pod))) rmSync(posix.join(directory, name), { force: true })
}

const stamp = (): string => {
  const nanoseconds = String(process.hrtime.bigint() % 1_000_000n).padStart(6, '0')
  return new Date().toISOString().replace('Z', `${nanoseconds}Z`)
}
