import { goInt, type Flags } from './fake-flags.ts'
import { goQuote } from './fake-go.ts'

const MODES = ['batch', 'blocking', 'blocking-strict']
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True']

/** A flag's text; empty when it is not given. */
export const textFlag = (flags: Flags, name: string): string => flags.get(name) ?? ''

/** A flag's number; 0 when it is not given. */
export const numberFlag = (flags: Flags, name: string): number =>
  goInt(textFlag(flags, name)) ?? Number(textFlag(flags, name))

/** True when a bool flag is given and on. */
export const boolFlag = (flags: Flags, name: string): boolean => TRUE.includes(textFlag(flags, name))

/** What the option validation says against the enabled audit backends. */
export const auditOptionFaults = (flags: Flags): string[] => {
  const log = textFlag(flags, 'audit-log-path') !== ''
  const webhook = textFlag(flags, 'audit-webhook-config-file') !== ''
  return [
    ...(log ? [...backendFaults(flags, 'log'), ...logFaults(flags)] : []),
    ...(webhook ? backendFaults(flags, 'webhook') : [])
  ]
}

const logFaults = (flags: Flags): string[] => {
  const format = textFlag(flags, 'audit-log-format')
  return [
    ...['maxage', 'maxbackup', 'maxsize']
      .filter(name => numberFlag(flags, `audit-log-${name}`) < 0)
      .map(name => `--audit-log-${name} ${numberFlag(flags, `audit-log-${name}`)} can't be a negative number`),
    ...(['legacy', 'json'].includes(format)
      ? []
      : [`invalid audit log format ${format}, allowed formats are "legacy,json"`])
  ]
}

const backendFaults = (flags: Flags, backend: string): string[] => {
  const number = (name: string): number => numberFlag(flags, `audit-${backend}-${name}`)
  const mode = textFlag(flags, `audit-${backend}-mode`)
  const version = textFlag(flags, `audit-${backend}-version`)
  const event = number('truncate-max-event-size')
  const batch = number('truncate-max-batch-size')
  const throttled = boolFlag(flags, `audit-${backend}-batch-throttle-enable`)
  const positive = (name: string, words: string): string[] =>
    number(name) > 0 ? [] : [`invalid audit batch ${backend} ${words} ${number(name)}, must be a positive number`]
  return [
    ...(MODES.includes(mode) ? [] : [`invalid audit ${backend} mode ${mode}, allowed modes are "${MODES.join()}"`]),
    ...(mode === 'batch'
      ? [...positive('batch-buffer-size', 'buffer size'), ...positive('batch-max-size', 'max batch size')]
      : []),
    ...(mode === 'batch' && throttled
      ? [...positive('batch-throttle-qps', 'throttle QPS'), ...positive('batch-throttle-burst', 'throttle burst')]
      : []),
    ...(event > 0 ? [] : [`invalid audit truncate ${backend} max event size ${event}, must be a positive number`]),
    ...(batch >= event
      ? []
      : [`invalid audit truncate ${backend} max batch size ${batch}, must be greater than max event size (${event})`]),
    ...(version === 'audit.k8s.io/v1'
      ? []
      : [`invalid group version, allowed versions are ${goQuote('audit.k8s.io/v1')}`])
  ]
}
