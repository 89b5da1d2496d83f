import { RE2JS } from '@bufbuild/re2'

/**
 * A test for texts in which a regular expression is found, in the syntax of Go (RE2). No expression and no text make it
 * take more than linear time, which JavaScript's own do not promise. Throws for what is no regular expression.
 */
export const regularExpression = (pattern: string): ((text: string) => boolean) => {
  const compiled = new RE2JS(pattern)
  return text => compiled.test(text)
}

/** The same for texts that are matched as a whole. */
export const wholeExpression = (pattern: string): ((text: string) => boolean) => {
  const compiled = new RE2JS(pattern)
  return text => compiled.testExact(text)
}
