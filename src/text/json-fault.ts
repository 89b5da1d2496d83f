/** Why bytes are no JSON that end at `end`, from what `scanValue` gave; it begins as the words of valyala/fastjson do. */
export const jsonFault = (bytes: Buffer, fault: number, end: number): string => {
  const at = ~fault
  if (at >= end) return 'cannot parse JSON: it ends too early'
  const text = bytes
    .toString('latin1', at, Math.min(end, at + SHOWN))
    .replace(/["\\]/g, '\\$&')
    .replace(UNSHOWN, hex)
  return `cannot parse JSON: unparsed tail: "${text}${end > at + SHOWN ? '...' : ''}"`
}

const SHOWN = 40
const UNSHOWN = /[^ -~]/g

const hex = (byte: string): string => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
