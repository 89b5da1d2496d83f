/** Several errors as Go's utilerrors.NewAggregate prints them: each once, in brackets where there are more than one. */
export const aggregate = (errors: readonly string[]): string => {
  const distinct = [...new Set(errors)]
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`
}
