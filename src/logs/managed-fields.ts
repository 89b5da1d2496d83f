import { valueEnd } from '../text/json-spans.ts'
import { isNamed, jsonName } from './json-name.ts'
import { PASSED_OVER, walkList, walkMap } from '../text/json-walk.ts'

/**
 * How many bytes of the body that stands from `start` to `end` the API server leaves out with omitManagedFields
 * (k8s.io/apiserver pkg/audit/request.go): the metadata.managedFields of the object, of the items of a list and of the objects
 * in the rows of a table. All else of that name stays.
 */
export const managedFieldsIn = (bytes: Uint8Array, start: number, end: number): number => {
  const last = lastPlace(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)) + start
  if (last < start) return 0
  let size = 0
  const metadataAt = (at: number): number => {
    let [members, own] = [0, 0]
    const stop = walkMap(bytes, at, end, (key, keyEnd, value) => {
      members += 1
      if (!isNamed(bytes, key, keyEnd, MANAGED_FIELDS)) return PASSED_OVER
      const valueStop = valueEnd(bytes, value, end)
      own = valueStop - key
      return valueStop
    })
    // with a comma before or behind it, unless it is alone
    if (own > 0) size += own + (members > 1 ? 1 : 0)
    return stop
  }
  const objectAt = (at: number, isBody: boolean): number =>
    walkMap(bytes, at, end, (key, keyEnd, value) => {
      // behind the last one there is nothing to be looked for
      if (value > last) return end
      if (isNamed(bytes, key, keyEnd, METADATA)) return metadataAt(value)
      if (isBody && isNamed(bytes, key, keyEnd, ITEMS))
        return walkList(bytes, value, end, item => objectAt(item, false))
      if (isBody && isNamed(bytes, key, keyEnd, ROWS)) return walkList(bytes, value, end, rowAt)
      return PASSED_OVER
    })
  const rowAt = (at: number): number =>
    walkMap(bytes, at, end, (key, keyEnd, value) =>
      isNamed(bytes, key, keyEnd, OBJECT) ? objectAt(value, false) : PASSED_OVER
    )
  objectAt(start, true)
  return size
}

const MANAGED_FIELDS = jsonName('managedFields')
const METADATA = jsonName('metadata')
const ITEMS = jsonName('items')
const ROWS = jsonName('rows')
const OBJECT = jsonName('object')

const QUOTED = Buffer.from('"managedFields"')

/** Where the name stands for the last time, whatever it is there; the end where some of it may be escapes; -1 for nowhere. */
const lastPlace = (body: Buffer): number => {
  if (hasEscapedLetter(body)) return body.length
  let last = -1
  for (let at = body.indexOf(QUOTED); at !== -1; at = body.indexOf(QUOTED, at + QUOTED.length)) last = at
  return last
}

const ESCAPE = Buffer.from('\\u00')
const [FOUR, SIX, SEVEN] = [0x34, 0x36, 0x37]

// letters have the numbers from 41 to 7a; Go escapes &, < and >
const hasEscapedLetter = (body: Buffer): boolean => {
  for (let at = body.indexOf(ESCAPE); at !== -1; at = body.indexOf(ESCAPE, at + ESCAPE.length)) {
    const digit = body[at + ESCAPE.length]
    if (digit === FOUR || digit === SIX || digit === SEVEN) return true
  }
  return false
}
