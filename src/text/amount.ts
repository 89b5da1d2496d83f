const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Bytes as people read them: `1.4 MiB`. */
export const bytesText = (bytes: number): string => {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${numberText(bytes / 1024 ** power)} ${UNITS[power] ?? ''}`
}

/** A number with as many digits as matter. */
export const numberText = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? `${Math.round(value)}` : value >= 10 ? value.toFixed(1) : value.toFixed(2)

/** A time span in milliseconds: `4 h`, `12 days`. */
export const spanText = (milliseconds: number): string => {
  const minutes = milliseconds / 60_000
  if (minutes < 1) return `${Math.max(0, Math.round(milliseconds / 1000))} s`
  if (minutes < 90) return `${Math.round(minutes)} min`
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`
  const days = minutes / 60 / 24
  return days > 3650 ? 'more than ten years' : `${Math.round(days)} days`
}

/** A count with commas: `3,000`. */
export const countText = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

/** A count with its noun: `1 event`, `3,000 events`. */
export const countedText = (count: number, noun: string): string =>
  `${countText(count)} ${noun}${count === 1 ? '' : 's'}`

/** A part of a whole: `31 %`; empty where the whole is nothing. */
export const shareText = (part: number, whole: number): string =>
  whole === 0
    ? ''
    : part > 0 && part / whole < 0.001
      ? '<0.1 %'
      : `${((part / whole) * 100).toFixed(part === whole || part === 0 ? 0 : 1)} %`

/** A number of days: `36 hours`, `12 days`. */
export const daysText = (days: number): string =>
  days < 2 ? `${numberText(days * 24)} hours` : days > 3650 ? 'more than ten years' : `${numberText(days)} days`
