import type { LogFact, LogGrowth } from '../facts/node.ts'
import type { HostReader } from '../host/host.ts'
import { isReadOnlyMount } from './mount-flags.ts'
import { type HostPath, join, nameOf, parentOf } from '../paths.ts'

const HEAD = 64 * 1024
const TAIL = 256 * 1024

/** The audit log on the host: its size, what was rotated, the disk, and how fast it grows. */
export const logFactOf = (host: HostReader, path: HostPath): LogFact => {
  const stat = host.stat(path)
  const size = stat?.kind === 'file' ? stat.size : null
  const rotated = rotatedSizes(host, path)
  return {
    path,
    size,
    modified: stat?.modified ?? 0,
    rotated: { count: rotated.length, size: rotated.reduce((total, each) => total + each, 0) },
    free: host.freeBytes(parentOf(path)),
    freeInodes: host.freeInodes(parentOf(path)),
    isReadOnly: isReadOnlyMount(host, parentOf(path)),
    growth: size === null ? null : growthOf(host, path, size)
  }
}

/** The sizes of the files that a log was rotated to: `<stem>-<time><ext>`, compressed or not. */
export const rotatedSizes = (host: HostReader, log: HostPath): number[] => {
  const directory = parentOf(log)
  if (host.stat(directory)?.kind !== 'directory') return []
  const [, stem = '', ext = ''] = /^(.*?)(\.[^.]*)?$/.exec(nameOf(log)) ?? []
  return (host.list(directory) ?? [])
    .filter(
      name => name.startsWith(`${stem}-`) && /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}/.test(name) && name.includes(ext)
    )
    .map(name => host.stat(join(directory, name))?.size ?? 0)
}

// of less than a minute no rate can be told
const SHORTEST = 60_000

/** Growth by the events' own times, from the first line and the last ones; null where they are too near to each other. */
const growthOf = (host: HostReader, path: HostPath, size: number): LogGrowth | null => {
  const first = timesIn(host.readFrom(path, 0, Math.min(size, HEAD)).toString('latin1'))[0]
  const start = Math.max(0, size - TAIL)
  const tail = host.readFrom(path, start, TAIL).toString('latin1')
  // the first line of a piece is cut
  const times = timesIn(start === 0 ? tail : tail.slice(tail.indexOf('\n') + 1))
  const last = times.at(-1)
  if (first === undefined || last === undefined || last - first < SHORTEST) return null
  const bytesPerDay = (size / (last - first)) * 86_400_000
  const bytesPerEvent = (tail.length / Math.max(1, times.length)) | 0
  return { first, last, eventsPerSecond: bytesPerDay / 86_400 / Math.max(1, bytesPerEvent), bytesPerDay }
}

// each event is a line; `stageTimestamp` is when it was written, in both forms of the log
const TIME = /^\{.*"stageTimestamp":"([^"]+)"|^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[-+]\d\d:\d\d)) AUDIT:/

const timesIn = (text: string): number[] =>
  text.split('\n').flatMap(line => {
    const match = TIME.exec(line)
    const time = Date.parse(match?.[1] ?? match?.[2] ?? '')
    return Number.isNaN(time) ? [] : [time]
  })
