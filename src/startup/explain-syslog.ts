import { causeOf } from './causes.ts'
import type { Speaker } from './cause.ts'
import type { HostPath } from '../paths.ts'

/** A line of the system's log, taken apart. */
export interface Logged {
  readonly time: number | null
  readonly program: string
  readonly text: string
}

/** Takes a line apart; undefined for one of another form. */
export type LineOf = (line: string) => Logged | undefined

interface Asked {
  readonly manifest: HostPath
  readonly podName: string
  readonly now: number
}

interface Said {
  readonly time: number | null
  readonly text: string
  readonly by: Speaker
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY = 24 * 60 * 60 * 1000

// a log gives no year: the newest that is not to come. Its zone is the machine's
const timeIn = (now: number, month: number, day: number, clock: string): number | null => {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number)
  const year = new Date(now).getFullYear()
  const at = (each: number): number =>
    new Date(each, month, day, hours, minutes, Math.floor(seconds), Math.floor((seconds % 1) * 1000)).getTime()
  const time = at(year) > now + DAY ? at(year - 1) : at(year)
  return Number.isNaN(time) ? null : time
}

const SYSLOG = /^(\w{3}) +(\d+) (\d\d:\d\d:\d\d(?:\.\d+)?) \S+ ([^\s:[]+)(?:\[\d+\])?: (.*)$/
const ISO = /^(\d{4}-\d\d-\d\dT\S+) \S+ ([^\s:[]+)(?:\[\d+\])?: (.*)$/
const KLOG = /^[IWEF](\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d+) +\d+ \S+:\d+\] /

/** A line with the time and the program that wrote it, by whatever stands in front of it. */
const taken = (line: string, now: number): Logged | undefined => {
  const iso = ISO.exec(line)
  if (iso) return { time: Date.parse(iso[1] ?? '') || null, program: iso[2] ?? '', text: iso[3] ?? '' }
  const syslog = SYSLOG.exec(line)
  if (syslog) {
    const [, month = '', day, clock = '', program = '', text = ''] = syslog
    return { time: timeIn(now, MONTHS.indexOf(month), Number(day), clock), program, text }
  }
  const klog = KLOG.exec(line)
  return klog ? { time: klogTime(klog, now), program: 'kubelet', text: line } : undefined
}

const klogTime = ([, month, day, clock = '']: RegExpExecArray, now: number): number | null =>
  timeIn(now, Number(month) - 1, Number(day), clock)

// while the API server is down the kubelet tries again and again to send events of before, and logs them each time
const NOISE =
  /Unable to write event|Failed to get status for pod|Failed deleting a mirror pod|Failed to update status for pod/
// the kubelet's words about itself
const ITSELF =
  /Shutting down DynamicServingCertificateController|"command failed" err=|[Ff]ailed to run [Kk]ubelet|bootstrap client certificate|dial unix \S+: connect: |Adding static pod path|Started kubelet|Unable to read config path/

/** A line of the kubelet that is about this pod, its manifest, or itself; undefined for all others. */
export const kubeletLine = (raw: string, { manifest, podName, now }: Asked, start?: LineOf): Said | undefined => {
  const line = raw.replace(/\r$/, '')
  const logged = start?.(line) ?? (start ? undefined : taken(line, now))
  if (logged?.program === 'systemd' && /\bkubelet\b/.test(logged.text))
    return { time: logged.time, text: logged.text.trimEnd(), by: 'kubelet' }
  if (logged?.program !== 'kubelet' || NOISE.test(logged.text)) return undefined
  const { text } = logged
  const isOurs = text.includes(manifest) || new RegExp(`\\b${escaped(podName)}\\b(?!\\.yaml)`).test(text)
  // a line of the journal gives the time more finely than the one in front of it
  return isOurs || ITSELF.test(text) ? { time: logged.time, text: text.trimEnd(), by: 'kubelet' } : undefined
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const OOM = /\(kube-apiserver\)|task=kube-apiserver/

/** A line in which the kernel says that it killed kube-apiserver; undefined for all others. */
export const kernelLine = (raw: string, { now }: Asked, start?: LineOf): Said | undefined => {
  const line = raw.replace(/\r$/, '')
  const logged = start?.(line) ?? (start ? undefined : taken(line, now))
  if (logged?.program !== 'kernel' || !OOM.test(logged.text)) return undefined
  return { time: logged.time, text: logged.text.trimEnd(), by: 'kernel' }
}

/** True for a line after which no earlier one has to be read. */
export const crashLine = (line: string): boolean => {
  const cause = causeOf('kubelet', line, NOWHERE) ?? causeOf('kernel', line, NOWHERE)
  return cause?.isSymptom === false
}

const NOWHERE = { manifest: '/' as HostPath, pod: null, paths: new Map() } // as: a path that is told to nobody
