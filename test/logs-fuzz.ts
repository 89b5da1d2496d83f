import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { eventReader } from '../src/logs/event-reader.ts'
import type { LogEvent } from '../src/logs/log-event.ts'
import { readLog } from '../src/logs/read-log.ts'
import { recordAt, stringAt } from '../src/text/guard.ts'
import { diceFrom } from './oracle/dice.ts'
import { everyCut, type FuzzLine, fuzzLines } from './logs/fuzz-lines.ts'
import { logLines } from './logs/generate-log.ts'
import { type Held, heldByReader, heldInParts, heldPlainly, isSame, type Reading } from './logs/held.ts'

const IS_LONG = process.env['AUDITPATCH_LONG'] !== undefined
const LINES = IS_LONG ? 1_000_000 : 300
const IN_A_LOG = IS_LONG ? 2000 : 100

const take = <T>(count: number, from: Iterator<T>): T[] =>
  Array.from({ length: count }, () => {
    const { value, done } = from.next()
    if (done === true) throw new Error('the generator ended')
    return value
  })

const [ordinary = ''] = take(1, logLines(1))
const FIRST = Buffer.from(ordinary)

/** Whether a log is read as it is plainly; an ordinary line is put before it, which tells that it is one of lines. */
const bothOf = async (lines: readonly Buffer[], reading: Reading): Promise<{ found: Held; wanted: Held }> => {
  const log = Buffer.concat([FIRST, ...lines])
  return { found: await heldByReader(log, reading), wanted: heldPlainly(log) }
}

/** The one event of a line, which may be in a list. */
const parsed = (line: Buffer): unknown => JSON.parse(line.toString().replace(/^\ufeff/, '')) as unknown

/** Fails with the first line that is read otherwise than by JSON.parse. */
const readsTheSame = async (t: Test, lines: readonly Omit<FuzzLine, 'isStrict'>[], reading: Reading): Promise<void> => {
  const whole = await bothOf(
    lines.map(({ bytes }) => bytes),
    reading
  )
  if (isSame(whole.found, whole.wanted)) return
  for (const { bytes, name } of lines) {
    const { found, wanted } = await bothOf([bytes], reading)
    if (isSame(found, wanted)) continue
    const line = bytes.length > 6000 ? `${bytes.toString('utf8', 0, 6000)}...` : bytes.toString()
    t.fail(`a line is read otherwise: ${name}`, { line, reading, found, wanted })
    return
  }
  t.fail('a log is read otherwise than its lines', { reading, names: lines.map(({ name }) => name) })
}

t.test('hard lines are read as JSON.parse reads them', async t => {
  const lines = fuzzLines(IS_LONG ? 7 : 1)
  let read = 0
  while (read < LINES && t.passing()) {
    const all = take(IN_A_LOG, lines)
    read += all.length
    await readsTheSame(t, all, { isStrict: true, seed: read })
    const quick = all.filter(({ isStrict }) => !isStrict)
    await readsTheSame(t, quick, { isStrict: false, seed: read })
  }
  t.ok(read >= LINES, `${read} lines`)
})

t.test('a URI is read whichever way it is written', async t => {
  const line = take(400, logLines(2)).find(each => each.includes('"verb":"watch"')) ?? ''
  const uris = [
    '/api/v1/pods\\u003ffieldSelector=metadata.name%3Dq',
    '/api/v1/pods?a=b\\u0026fieldSelec\\u0074or=metadata.name%3Dq',
    '/api/v1/pods?%66ieldSelector=metadata.name%3Dq',
    '/api/v1/po\\/ds?x',
    '/api/v1/pods%3Fa=b'
  ]
  for (const uri of uris) {
    const bytes = Buffer.from(line.replace(/"requestURI":"[^"]*"/, () => `"requestURI":"${uri}"`))
    await readsTheSame(t, [{ bytes, name: uri }], { isStrict: false, seed: 1 })
  }
  t.match(line, '"verb":"watch"', `${uris.length} URIs`)
})

t.test('the parts of a log hold what the whole holds, wherever they begin', async t => {
  const dice = diceFrom(4)
  const lines = fuzzLines(5)
  for (let round = 0; round < (IS_LONG ? 500 : 20) && t.passing(); round++) {
    const hard = take(30, lines).filter(({ isStrict, bytes }) => !isStrict && bytes.length < 100_000)
    const log = Buffer.concat([FIRST, ...hard.map(({ bytes }) => bytes)])
    const whole = heldPlainly(log)
    const near = log.indexOf(10, dice.pick(log.length - 100))
    const places = dice.chance(50) ? [near - 1, near, near + 1] : [dice.pick(log.length), dice.pick(log.length)]
    const borders = places.filter(place => place > 0 && place < log.length).sort((a, b) => a - b)
    const found = await heldInParts(log, borders)
    t.ok(isSame(found, whole), `parts that begin at ${borders.join()}`, {
      found,
      whole,
      names: hard.map(({ name }) => name)
    })
  }
})

const LAYOUTS: Readonly<Record<string, (values: readonly unknown[]) => string>> = {
  'one after the other': values => values.map(value => JSON.stringify(value, null, 2)).join('\n'),
  'with nothing between them': values => values.map(value => JSON.stringify(value, null, '\t')).join(''),
  'an array': values => `${JSON.stringify(values, null, 4)}\n`,
  'an array on one line': values => `\ufeff${JSON.stringify(values)}`,
  'a list': values =>
    JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: values }, null, 1),
  'an array with an item a line': values => `[\n${values.map(value => JSON.stringify(value)).join(',\n')}\n]\n`,
  'lists one after the other': values =>
    values.map(value => JSON.stringify({ items: [value, value], kind: 'EventList' }, null, 2)).join('\r\n')
}

t.test('events in any layout are those of lines', async t => {
  const dice = diceFrom(8)
  const lines = fuzzLines(9)
  for (let round = 0; round < (IS_LONG ? 30 : 8) && t.passing(); round++) {
    const hard = take(60, lines).filter(({ isStrict, bytes }) => !isStrict && bytes.length < 100_000)
    const values = hard
      .flatMap(({ bytes }) => (heldPlainly(bytes).events.length === 1 ? [parsed(bytes)] : []))
      // an array in an array is nobody's log
      .filter(value => !Array.isArray(value))
      .slice(0, 8)
    for (const [name, write] of Object.entries(LAYOUTS)) {
      const log = Buffer.from(write(values))
      const found = await heldByReader(log, { isStrict: dice.chance(50), seed: round })
      const twice = name.startsWith('lists') ? values.flatMap(value => [value, value]) : values
      const wanted = heldPlainly(Buffer.from(twice.map(value => `${JSON.stringify(value)}\n`).join('')))
      t.ok(isSame(found, wanted), `${name}: ${wanted.events.length} events`, { found, wanted, log: log.toString() })
    }
  }
})

t.test('a line that is cut is no event, wherever it is cut', async t => {
  const lines = take(400, logLines(3)).map(line => Buffer.from(line.slice(0, -1)))
  const has = (text: string) => (line: Buffer) => line.includes(text) && line.length < 6000
  const wanted = ['"level":"Metadata"', '"responseObject"', '"requestObject"', '"stage":"ResponseStarted"', '"user":{}']
  for (const text of wanted) {
    const line = lines.find(has(text))
    if (line === undefined) throw new Error(`no line with ${text}`)
    const cuts = everyCut(line)
    const every = cuts.map((bytes, end) => ({ bytes, name: `cut at ${end} of ${line.length}, ${text}` }))
    await readsTheSame(t, every, { isStrict: false, seed: 1 })
    t.equal((await heldByReader(Buffer.concat(cuts.slice(1)), { isStrict: false, seed: 1 })).bad, line.length - 1, text)
  }
})

const CORPUS = new URL('../../shared/corpus/', import.meta.url)
const REAL = 'real-node-1.36.audit.log.gz'

/** The server tells in the objectRef what it took the URI for; name and namespace it may have from the body. */
const agreesWithReferences = async (t: Test, log: Buffer): Promise<void> => {
  let [compared, at] = [0, 0]
  const read = (into: Buffer, to: number): number => {
    const size = log.copy(into, to, at)
    at += size
    return size
  }
  const take = (event: LogEvent): void => {
    const { resource, subresource, apiGroup } = event.request
    const reference = recordAt(event.value(), 'objectRef')
    if (Object.keys(reference).length === 0) return
    compared += 1
    const told = ['resource', 'subresource', 'apiGroup'].map(key => stringAt(reference, key) ?? '')
    if (told.join() !== [resource, subresource, apiGroup].join()) t.fail(`${told.join()}: ${event.request.path}`)
  }
  await readLog({ read }, eventReader(take, { isStrict: false }))
  t.ok(compared > 1000, `${compared} references agree`)
}

t.test('real logs', async t => {
  if (!existsSync(CORPUS)) {
    t.comment('SKIPPED: no directory ../shared/corpus')
    return t.end()
  }
  const index = readFileSync(new URL('index.tsv', CORPUS), 'utf8').trim().split('\n')
  const rows = index.map(row => row.split('\t')).filter(([, kind]) => kind === 'auditlog')
  const files = [REAL, ...rows.flatMap(([, , file]) => (file === undefined ? [] : [file]))]
  t.ok(files.length > 5, `${files.length} logs`)
  for (const file of files) {
    if (!existsSync(new URL(file, CORPUS))) {
      t.comment(`SKIPPED: no ${file} in ../shared/corpus`)
      continue
    }
    const bytes = readFileSync(new URL(file, CORPUS))
    const log = file.endsWith('.gz') ? gunzipSync(bytes) : bytes
    if (file === REAL) await agreesWithReferences(t, log)
    for (const isStrict of [true, false]) {
      const [found, wanted] = [await heldByReader(log, { isStrict, seed: 1 }), heldPlainly(log)]
      // one event on several lines is for the reader alone
      const isOfLines = wanted.events.length > 0 || found.events.length === 0
      if (isOfLines)
        t.ok(isSame(found, wanted), `${file}: ${found.events.length} events, ${found.bad} bad`, { found, wanted })
      else
        t.ok(found.events.length > 0 && found.bad === 0, `${file} in another layout: ${found.events.length} events`, {
          found
        })
    }
  }
})
