const COMPARISONS = {
  '>=': (code: number, limit: number) => code >= limit,
  '<=': (code: number, limit: number) => code <= limit,
  '>': (code: number, limit: number) => code > limit,
  '<': (code: number, limit: number) => code < limit
} as const

/** A test for status codes: `403`, `4xx`, `>=400` or `400-403`; undefined for what is none of them. */
export const askedStatus = (text: string): ((code: number) => boolean) | undefined => {
  if (/^\d{3}$/.test(text)) return code => code === Number(text)
  if (/^[1-5]xx$/i.test(text)) return code => Math.floor(code / 100) === Number(text[0])
  const [, comparison, limit] = /^(>=|<=|>|<) ?(\d{3})$/.exec(text) ?? []
  if (comparison !== undefined) {
    const holds = COMPARISONS[comparison as keyof typeof COMPARISONS] // as: one of the words of the expression
    return code => holds(code, Number(limit))
  }
  const [, least, most] = /^(\d{3})-(\d{3})$/.exec(text) ?? []
  if (least === undefined || Number(least) > Number(most)) return undefined
  return code => code >= Number(least) && code <= Number(most)
}
