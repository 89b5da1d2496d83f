/** A string as Go's encoding/json writes it, quotes and all. */
export const goText = (text: string): string => {
  const json = JSON.stringify(text)
  return SPECIAL.test(json) ? json.replace(EVERY_SPECIAL, escaped) : json
}

// what could end a script in a page
const SPECIAL = /[<>&\u2028\u2029]/
const EVERY_SPECIAL = /[<>&\u2028\u2029]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
