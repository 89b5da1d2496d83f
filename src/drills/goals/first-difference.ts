import { isRecord } from '../../text/guard.ts'

/** The first place in which two values differ, in words; undefined where they do not. A key with null is as good as none. */
export const firstDifference = (before: unknown, after: unknown, path = ''): string | undefined => {
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      // null is as good as nothing
      if ((before[key] ?? null) === null && (after[key] ?? null) === null) continue
      const found = firstDifference(before[key], after[key], path === '' ? key : `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, each] of before.entries()) {
      const found = firstDifference(each, after[index], `${path}[${index}]`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined
  return `${path} was ${shown(before)} and is ${shown(after)}`
}

const shown = (value: unknown): string => (value === undefined ? 'not there' : JSON.stringify(value).slice(0, 60))
