import { errorCode } from './fake-files.ts'

const ERRNO = {
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system'
} as const satisfies Record<string, string>

const UNIT = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 36e5 } as const satisfies Record<string, number>

/** The text Go prints for a file error: `open /a: no such file or directory`. */
export const goFileError = (operation: string, path: string, error: unknown): string => {
  const code = errorCode(error)
  return `${operation} ${path}: ${code in ERRNO ? ERRNO[code as keyof typeof ERRNO] : code}` // as: checked by `in`
}

/** A string as Go's %q prints it. */
export const goQuote = (text: string): string => JSON.stringify(text)

/** Milliseconds of a Go duration such as `1m30s`, or null when it is none. */
export const goDuration = (text: string): number | null => {
  if (/^[-+]?0$/.test(text)) return 0
  if (!/^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return null
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)]
  const sum = parts.reduce((total, [, number, unit]) => total + Number(number) * UNIT[unit as keyof typeof UNIT], 0) // as: the pattern allows only these
  return text.startsWith('-') ? -sum : sum
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/** One klog line: header, quoted message, `key="value"` pairs. */
export const klogLine = (
  severity: 'I' | 'W' | 'E' | 'F',
  source: string,
  message: string,
  pairs: Readonly<Record<string, string>> = {}
): string => `${klogHeader(severity, source)}${[goQuote(message), ...pairList(pairs)].join(' ')}`

/** One klog line with an unquoted message, as the older formatting calls print it. */
export const klogText = (severity: 'I' | 'W' | 'E' | 'F', source: string, message: string): string =>
  `${klogHeader(severity, source)}${message}`

const pairList = (pairs: Readonly<Record<string, string>>): string[] =>
  Object.entries(pairs).map(([key, value]) => `${key}=${goQuote(value)}`)

const klogHeader = (severity: string, source: string): string => {
  const now = new Date()
  const inContainer = process.env['FAKE_CONTAINER'] !== undefined
  const date = `${pad(now.getMonth() + 1, 2)}${pad(now.getDate(), 2)}`
  const time = `${pad(now.getHours(), 2)}:${pad(now.getMinutes(), 2)}:${pad(now.getSeconds(), 2)}`
  return `${severity}${date} ${time}.${pad(now.getMilliseconds(), 3)}000 ${String(inContainer ? 1 : process.pid).padStart(7)} ${source}] `
}
