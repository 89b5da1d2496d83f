/**
 * The name that a field selector such as `metadata.name=x` asks for; undefined where it asks for none, or cannot be read.
 * As ParseSelector and RequiresExactMatch of k8s.io/apimachinery, pkg/fields/selector.go.
 */
export const selectedName = (selector: string): string | undefined => {
  // nearly all are of this form
  const [, plain] = /^metadata\.name=([A-Za-z0-9:_-][A-Za-z0-9:._-]*)$/.exec(selector) ?? []
  if (plain !== undefined) return plain
  const terms = termsOf(selector).map(parseTerm)
  if (terms.includes(undefined)) return undefined
  const name = terms.find(term => term?.field === 'metadata.name' && term.isEqual)?.value
  return name === undefined || NO_PATH_SEGMENT.test(name) ? undefined : name
}

// apimachinery pkg/api/validate/content/path.go: such a name could not stand in a URL
const NO_PATH_SEGMENT = /^\.{1,2}$|[/%]/

// a comma behind a backslash is data; the API server sorts the terms by their bytes
const termsOf = (selector: string): string[] =>
  [...selector.matchAll(/(?:\\[\s\S]|[^\\,])*\\?/g)]
    .map(match => match[0])
    .filter(term => term !== '')
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

const parseTerm = (term: string): { field: string; isEqual: boolean; value: string } | undefined => {
  const match = /^([\s\S]*?)(!=|==|=)([\s\S]*)$/.exec(term)
  const [, field = '', operator, raw = ''] = match ?? []
  if (!match || !/^(?:[^\\,=]|\\[\\,=])*$/.test(raw)) return undefined
  return { field, isEqual: operator !== '!=', value: raw.replace(/\\([\\,=])/g, '$1') }
}
