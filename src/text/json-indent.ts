/** JSON on one line as Go's json.Indent writes it with two blanks; undefined for what encoding/json does not take. */
export const indented = (json: string): string | undefined => {
  if (!isJson(json)) return undefined
  let [text, depth, at] = ['', 0, 0]
  while (at < json.length) {
    const mark = json.charAt(at)
    const stop = mark === '"' ? stringStop(json, at) : isEmpty(mark, json.charAt(at + 1)) ? at + 2 : at + 1
    if (mark === '}' || mark === ']') text += lineAt((depth -= 1))
    text += json.slice(at, stop)
    if (stop === at + 1) {
      if (mark === '{' || mark === '[') text += lineAt((depth += 1))
      else if (mark === ',') text += lineAt(depth)
      else if (mark === ':') text += ' '
    }
    at = stop
  }
  return text
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return false
  }
}

const lineAt = (depth: number): string => `\n${'  '.repeat(depth)}`

const isEmpty = (mark: string, next: string): boolean =>
  (mark === '{' && next === '}') || (mark === '[' && next === ']')

const stringStop = (json: string, at: number): number => {
  let next = at + 1
  while (json[next] !== '"') next += json[next] === '\\' ? 2 : 1
  return next + 1
}
