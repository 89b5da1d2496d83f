import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { Request } from '../../src/audit/request.ts'
import { headReader } from '../../src/logs/event-head.ts'
import { json } from '../fake-cli.ts'
import { takeLog } from '../fake-log.ts'
import { heldByReader, heldPlainly, isSame } from '../logs/held.ts'

/** Holds the reading of a log that a server wrote to what was sent; every line has to be read without being parsed. */
export const readsLog = async (t: Test, log: Buffer, sent: ReadonlyMap<string, Request>): Promise<void> => {
  const { readHead } = headReader()
  const parsed = log
    .toString()
    .split('\n')
    .filter(line => line !== '' && !readHead(Buffer.from(line), 0, Buffer.byteLength(line)))
  t.same(parsed, [], 'no line has to be parsed')
  const plain = heldPlainly(log)
  t.ok(plain.events.length > 0 && plain.bad === 0, `${plain.events.length} events`)
  for (const isStrict of [false, true])
    t.ok(isSame(await heldByReader(log, { isStrict, seed: 1 }), plain), `${isStrict ? 'strictly' : 'by the head'}: all`)
  let found = 0
  await takeLog(log.toString(), ({ request, value }) => {
    const id = String(value()['auditID'])
    const wanted = sent.get(id)
    // the server asks itself as well
    if (wanted === undefined) return
    found += 1
    t.strictSame(request, wanted, `${id}: what was sent`)
  })
  t.ok(sent.size === 0 || found > 0, `${found} events of requests that were sent`)
}

/** Holds a replay to the server: the policy that made a log keeps it as it is. Gives how many events it has. */
export const replaysItself = async (t: Test, policy: string, log: string, name: string): Promise<number> => {
  const { value } = await json(t, ['log', 'replay', '--policy', policy, log])
  const { events, bytes } = value
  t.equal(bytes, readFileSync(log).length, `${name}: all bytes`)
  t.match(
    value,
    {
      kept: { events, bytes },
      levels: { same: events, lowered: 0, raised: 0 },
      unmatched: { events: 0, bytes: 0 },
      estimated: { events: 0, bytes: 0, unknown: 0 },
      badLines: 0
    },
    `${name}: kept as it is`
  )
  return Number(events)
}
