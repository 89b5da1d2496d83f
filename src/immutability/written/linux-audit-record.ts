/** One record of the Linux kernel's audit log; the records of one event have one key. */
export interface LinuxAuditRecord {
  readonly key: string
  readonly type: string
  /** The value of a field as text: quotes taken off, a hex-encoded string decoded; undefined where it is not there. */
  readonly field: (name: string) => string | undefined
  /** The text of a field that holds a string, such as a path; undefined for `(null)`. */
  readonly string: (name: string) => string | undefined
}

const HEAD = /^(node=\S{1,255} )?type=([A-Z0-9_[\]]{1,64}) msg=audit\(([^()\n]{1,64}:\d{1,20})\)\s*:/

/** Reads a line of audit.log, of `ausearch --raw` or of `ausearch -i`; undefined for any other line. */
export const parseLinuxAuditRecord = (line: string): LinuxAuditRecord | undefined => {
  const [head, node = '', type = '', stamp = ''] = HEAD.exec(line) ?? []
  if (head === undefined) return undefined
  // what auditd adds for readers stands behind a separator
  const [text = ''] = line.slice(head.length).split('\x1d', 1)
  // ausearch -i writes a date, and strings without quotes
  const isInterpreted = !/^\d+\.\d+:\d+$/.test(stamp)
  const fields = fieldsOf(text)
  const string = (name: string): string | undefined => {
    const raw = fields.get(name)
    if (raw === undefined || raw === '(null)' || raw === '(none)') return undefined
    if (raw.startsWith('"')) return raw.slice(1, -1)
    return isInterpreted ? raw : decodeHex(raw)
  }
  return { key: node + stamp, type, field: name => fields.get(name), string }
}

// the next field begins at a blank and a name, as ausearch -i leaves blanks in a path as they are
const fieldsOf = (text: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  const starts = [...text.matchAll(/(?<=^|\s)([a-z][a-z0-9_-]{0,31})=/g)]
  starts.forEach((match, index) => {
    const value = text.slice(match.index + match[0].length, starts[index + 1]?.index).trim()
    if (match[1] !== undefined && !fields.has(match[1])) fields.set(match[1], value)
  })
  return fields
}

const decodeHex = (text: string): string | undefined => {
  if (!/^(?:[0-9A-F]{2})+$/i.test(text)) return text
  const bytes = Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    Number.parseInt(text.slice(2 * at, 2 * at + 2), 16)
  )
  const decoded = new TextDecoder().decode(bytes)
  return decoded.includes('\ufffd') ? undefined : decoded
}
