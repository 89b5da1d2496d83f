// What a quick matcher costs that parses every line: splits at line breaks, JSON.parse, then the compiled policy. Prints the
// events and bytes of each rule as JSON.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { requestOfEvent } from '../../src/audit/event-request.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decodePolicy } from '../../src/policy/decode.ts'

const [policyFile = '', log = ''] = process.argv.slice(2)
const { policy } = decodePolicy(readFileSync(policyFile, 'utf8'), policyFile, { major: 1, minor: 36 })
if (policy === null) throw new Error(`${policyFile}: no policy`)

const decide = compilePolicy(policy)
const rules = policy.rules.map(() => ({ events: 0, bytes: 0 }))
const unmatched = { events: 0, bytes: 0 }
const state = { badLines: 0 }

const take = (text: string, size: number): void => {
  let event: unknown
  try {
    event = JSON.parse(text)
  } catch {
    state.badLines += 1
    return
  }
  const request = requestOfEvent(event)
  if (request === null) {
    state.badLines += 1
    return
  }
  const { rule } = decide(request)
  const sum = (rule === null ? undefined : rules[rule]) ?? unmatched
  sum.events += 1
  sum.bytes += size
}

let buffer = Buffer.allocUnsafe(1 << 20)
let kept = 0
const handle = openSync(log, 'r')
for (;;) {
  if (kept === buffer.length) {
    const wider = Buffer.allocUnsafe(buffer.length * 2)
    buffer.copy(wider)
    buffer = wider
  }
  const read = readSync(handle, buffer, kept, buffer.length - kept, null)
  const end = kept + read
  let start = 0
  for (let at = buffer.indexOf(10, 0); at !== -1 && at < end; at = buffer.indexOf(10, start)) {
    take(buffer.toString('utf8', start, at), at + 1 - start)
    start = at + 1
  }
  buffer.copyWithin(0, start, end)
  kept = end - start
  if (read === 0) break
}
closeSync(handle)
if (kept > 0) take(buffer.toString('utf8', 0, kept), kept)
process.stdout.write(`${JSON.stringify({ rules, unmatched, ...state })}\n`)
