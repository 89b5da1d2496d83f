/** Ends a campaign before it begins, as what was asked for is not there; `tellWrongWords` says it, without a stack. */
export const refuseWords = (why: string): never => {
  throw Object.assign(new Error(why), { code: 'WRONG_WORDS' })
}

/** The number of an option, above zero and at most 1 for a part, else whole and at least `least`. */
export const numberOf = (name: string, text: string, least: number | 'part'): number => {
  const value = Number(text)
  const isRight = least === 'part' ? value > 0 && value <= 1 : /^\d{1,15}$/.test(text) && value >= least
  const wanted = least === 'part' ? 'a number above 0, at most 1,' : `a whole number from ${least} up`
  return isRight ? value : refuseWords(`--${name}: ${wanted} is wanted, found "${text}"`)
}

/** The names in a list with commas, each of which must be there: what no run hits would pass every test. */
export const namesOf = (name: string, text: string, there: readonly string[]): readonly string[] => {
  const given = text.split(',').map(word => word.trim())
  const unknown = given.filter(word => !there.includes(word))
  return unknown.length === 0
    ? given
    : refuseWords(`--${name}: there is no ${unknown.join(', ')}; there are ${there.join(', ')}`)
}
