const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** Microseconds since 1970 of a time as RFC 3339 writes it; undefined for what is none. Finer digits are dropped. */
export const microsecondsOf = (text: string): number | undefined => {
  const found = FORM.exec(text)
  if (!found) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number)
  // a leap second counts as the next one's beginning
  if (hour > 23 || minute > 59 || second > 60) return undefined
  // Date.UTC takes the year 99 for 1999
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  // the 30th of February is no day
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const [hours = 0, minutes = 0] = found.slice(9, 11).map(Number)
  if (hours > 23 || minutes > 59) return undefined
  const away = (found[8] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - (found[8] === undefined ? 0 : away)
  return seconds * 1e6 + Number((found[7] ?? '').padEnd(6, '0').slice(0, 6))
}
