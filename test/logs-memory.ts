// The reader of logs remembers users, requests, minutes and days: what it remembers of lines before must change nothing.
import fc from 'fast-check'
import t from 'tap'
import { viewOf } from '../src/logs/byte-words.ts'
import { eventReader } from '../src/logs/event-reader.ts'
import { hashOf, pieceTable } from '../src/logs/piece-table.ts'
import { logLines } from './logs/generate-log.ts'
import { heldByReader, heldPlainly, isSame } from './logs/held.ts'

const lines: string[] = []
for (const line of logLines(11)) if (lines.push(line) === 3000) break
const first = lines[0] ?? ''

/** One line of each kind of request. */
const kinds = [
  ...new Map(
    lines.map(line => [/"stage":"(\w+)".*?"verb":"(\w+)"/.exec(line)?.slice(1).join(' ') ?? '', line])
  ).values()
]

const isJson = (bytes: Buffer): boolean => {
  try {
    JSON.parse(bytes.toString())
    return true
  } catch {
    return false
  }
}

t.test('a line that was read before does not stand for one with another byte', async t => {
  for (const line of kinds) {
    const bytes = Buffer.from(line)
    const head = bytes.indexOf('"userAgent"') === -1 ? 400 : bytes.indexOf('"userAgent"')
    const changed = Array.from({ length: head }, (_, at) => {
      const other = Buffer.from(bytes)
      // no quote, brace or backslash: what is between head and tail is not looked at
      other[at] = other[at] === 0x78 ? 0x79 : 0x78
      return other
    }).filter(other => isJson(other))
    const log = Buffer.concat([...Array.from({ length: 6 }, () => bytes), ...changed.flatMap(other => [other, bytes])])
    const [found, wanted] = [await heldByReader(log, { isStrict: false, seed: 3 }), heldPlainly(log)]
    t.ok(isSame(found, wanted), `${changed.length} other lines`, { found, wanted })
  }
})

t.test('words of every length', async t => {
  const uri = (length: number): string => `/api/v1/${'p'.repeat(length)}?watch=true`
  const log = Buffer.from(
    Array.from({ length: 1300 }, (_, length) => length)
      .filter(length => length < 300 || length % 50 < 4)
      .flatMap(length => [
        first.replace(/"requestURI":"[^"]*"/, () => `"requestURI":"${uri(length)}"`),
        first.replace(/"user":\{"username":"[^"]*"/, () => `"user":{"username":"${'u'.repeat(length)}"`),
        first.replace(/"verb":"[^"]*"/, () => `"verb":"${'v'.repeat(length)}"`)
      ])
      .flatMap(line => [line, line, line, line])
      .join('')
  )
  t.ok(isSame(await heldByReader(log, { isStrict: false, seed: 4 }), heldPlainly(log)))
})

t.test('a watch of one object, in whatever order its query is', async t => {
  const query = [
    'fieldSelector=metadata.name%3Da',
    'resourceVersion=7',
    'timeoutSeconds=9',
    'timeoutSeconds=x',
    'limit=y',
    'watch=true',
    'fieldSelector=metadata.name%3Db',
    'resourceVersionMatch=NotOlderThan'
  ]
  const watch = lines.find(line => line.includes('"verb":"watch"')) ?? ''
  const samples = fc.sample(fc.shuffledSubarray(query, { minLength: 1 }), { numRuns: 600, seed: 5 })
  const uris = samples.map(parts => `/api/v1/namespaces/x/secrets?${parts.join('\\u0026')}`)
  const log = Buffer.from(
    uris.map(uri => watch.replace(/"requestURI":"[^"]*"/, () => `"requestURI":"${uri}"`)).join('')
  )
  t.ok(isSame(await heldByReader(log, { isStrict: false, seed: 6 }), heldPlainly(log)))
  t.match(watch, '"verb":"watch"')
})

t.test('a second event on a line, wherever the first was cut off', async t => {
  for (const line of [first, kinds.find(each => each.length > 3000) ?? '']) {
    const whole = Buffer.from(line)
    for (let at = 1; at < Math.min(whole.length - 1, 2000); at++) {
      const log = Buffer.concat([whole, whole.subarray(0, at), whole])
      const { events, bad } = await heldByReader(log, { isStrict: false, seed: 7 })
      if (events.length === 1 && bad === 1) continue
      t.fail(`cut off at ${at}`, { events: events.length, bad })
      return
    }
  }
  t.pass('is a bad line')
})

t.test('moments', t => {
  const times = [
    ...['2026-11-22T00:04:29.799858Z', '2026-11-22T00:04:59.999999Z', '2026-11-22T00:05:00.000000Z'],
    ...['2026-11-22T23:59:60.000000Z', '2026-11-22T23:59:61.000000Z', '2026-11-22T24:00:00.000000Z'],
    ...['2026-11-22T23:60:00.000000Z', '2024-02-29T00:00:00.000000Z', '2026-02-29T00:00:00.000000Z'],
    ...['2026-02-30T00:00:00.000000Z', '0000-01-01T00:00:00.000000Z', '9999-12-31T23:59:59.999999Z'],
    ...['1969-12-31T23:59:59.000001Z', '2026-11-22T00:04:2:.799858Z', '2026-11-22T00:04:29,799858Z'],
    ...['2026-11-22 00:04:29.799858Z', '2026-11-22T00:04:29.79985:Z', '2026-11-22T00:04:29.799858z']
  ]
  const [usual = ''] = times
  const spoilt = Array.from(usual, (_, at) =>
    [':', '/', 'x', 'é'].map(other => usual.slice(0, at) + other + usual.slice(at + 1))
  )
  const mixed = [...times, ...times.toReversed(), ...[...times, ...spoilt.flat()].flatMap(time => [time, usual, time])]
  const momentsIn = (isStrict: boolean): (number | null)[] => {
    const found: (number | null)[] = []
    const { readLine } = eventReader(({ moment }) => found.push(moment), { isStrict })
    for (const time of mixed) {
      const line = Buffer.from(
        first.trimEnd().replace(/("stageTimestamp":")[^"]*/, (_, key: string) => `${key}${time}`)
      )
      readLine(line, 0, line.length, t.fail)
    }
    return found
  }
  const found = momentsIn(false)
  t.same(found, momentsIn(true))
  t.equal(found[0], Date.parse('2026-11-22T00:04:29.799Z') * 1000 + 858)
  t.equal(found[1], Date.parse('2026-11-22T00:04:59.999Z') * 1000 + 999)
  t.equal(found[8], null, 'that day was not')
  t.end()
})

t.test('a table of pieces finds what was kept, and nothing else', t => {
  const word = fc.array(fc.constantFrom('a', 'b', '/'), { minLength: 8, maxLength: 70 }).map(all => `${all.join('')}"`)
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), words => {
      const table = pieceTable<{ readonly word: string }>(4, 2, 48)
      for (const each of words) {
        const bytes = Buffer.from(`--${each}--------`)
        const [view, hash] = [viewOf(bytes), hashOf(viewOf(bytes), 2, each.length)]
        const place = table.find(view, 2, bytes.length, hash)
        if (place !== -1 && table.values[place]?.word !== each) return false
        if (place === -1) table.keep(view, 2, each.length, hash, { word: each })
        const again = table.find(view, 2, bytes.length, hash)
        if (each.length <= 48 ? table.values[again]?.word !== each : again !== -1) return false
        // a piece that reaches beyond the end is not there
        if (table.find(view, 2, 2 + each.length - 1, hash) !== -1) return false
      }
      return true
    }),
    { numRuns: 300 }
  )
  t.end()
})
