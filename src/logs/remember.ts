/** A function that remembers what it gave for the texts it was asked for; all is forgotten when there are too many. */
export const remember = <T>(most: number, make: (text: string) => T): ((text: string) => T) => {
  const known = new Map<string, T>()
  return text => {
    const found = known.get(text)
    if (found !== undefined) return found
    const own = detached(text)
    const made = make(own)
    if (known.size >= most) known.clear()
    known.set(own, made)
    return made
  }
}

/** A copy of a text: a piece of a long one keeps all of that in memory. */
export const detached = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')
