import { askedRequest, isRequest, REQUEST_KEYS } from '../../audit/asked-request.ts'
import type { Request } from '../../audit/request.ts'
import { AuditError } from '../../errors.ts'
import { localChunks } from '../../host/local-files.ts'
import { isRecord, type Unknown } from '../../text/guard.ts'
import { harmless } from '../../render/paint.ts'
import { parseJson } from '../../text/json.ts'
import { linesIn } from '../../text/lines.ts'
import type { Io } from '../io.ts'
import type { Session } from '../session.ts'

/**
 * The requests of a file, or for `-` of standard input: one JSON object a line, blank lines left out, read as they come.
 * Throws BAD_REQUEST with the line. Keys that no request has are told of once, and dropped.
 */
export function* requestLines(file: string, io: Io, session: Session): Generator<Request> {
  const name = file === '-' ? 'standard input' : file
  const known: Set<string> = new Set(REQUEST_KEYS)
  let line = 0
  for (const text of linesIn(file === '-' ? io.input() : localChunks(file), name, LONGEST)) {
    line += 1
    if (text.trim() === '') continue
    const fail = (message: string, cause?: unknown): AuditError =>
      new AuditError('BAD_REQUEST', message, { path: name, position: { line, column: 1 }, cause })
    const asked = parse(text, fail)
    for (const key of Object.keys(asked)) {
      if (known.has(key)) continue
      known.add(key)
      session.talk(
        harmless(`warning: ${name}:${line}: no request has a key ${JSON.stringify(key)}; it is not looked at`)
      )
    }
    const request = askedRequest(asked)
    if (!isRequest(request)) throw fail(request.message)
    yield request
  }
}

// a line that holds one request, in bytes
const LONGEST = 1024 * 1024

const parse = (text: string, fail: (message: string, cause?: unknown) => AuditError): Unknown => {
  let value: unknown
  try {
    value = parseJson(text, 'the line')
  } catch (cause) {
    throw fail(cause instanceof AuditError ? cause.message : 'the line is no JSON', cause)
  }
  if (isRecord(value)) return value
  throw fail('a JSON object is wanted')
}
