/** A text with the capitals of ASCII as small letters; all others stay, as in C. */
export const asciiLower = (text: string): string => text.replace(/[A-Z]+/g, letters => letters.toLowerCase())

/** A text with the small letters of ASCII as capitals; all others stay, as in C. */
export const asciiUpper = (text: string): string => text.replace(/[a-z]+/g, letters => letters.toUpperCase())
