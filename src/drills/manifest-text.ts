import type { Style } from '../text/style.ts'
import type { Value } from '../text/value.ts'
import { writePair } from '../text/write-value.ts'

/** An object of the API, or a part of one, as a drill puts it together. */
export type ManifestData = { readonly [key: string]: Value }

/** The text of an object as people write it, its keys in the given order. */
export const manifestText = (data: ManifestData): string =>
  Object.entries(data)
    .map(([key, value]) => `${writePair(key, value, 0, STYLE)}\n`)
    .join('')

const STYLE: Style = {
  eol: '\n',
  listIndent: 2,
  mapIndent: 2,
  dashGap: 1,
  quote: 'plain',
  colon: ': ',
  json: false
}
