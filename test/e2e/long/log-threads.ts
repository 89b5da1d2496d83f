import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { writeLog } from '../../logs/generate-log.ts'

t.setTimeout(600_000)

const TOP = join(import.meta.dirname, '../../..')
const EXECUTABLE = join(TOP, `dist/auditpatch-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`)
const PROGRAMS = [[process.execPath, join(TOP, 'bin/auditpatch.js')], [EXECUTABLE]] as const
const TIME = '/usr/bin/time'
const THREADS = ['1', '2', '3'] as const

const MIB = 1024 * 1024
// in such parts a log is shared out
const PART = 32 * MIB
const SIZE = 4.4 * PART

/** A line that is no event, where it stands in the file; lines count from 1 and bytes from 0. */
interface Planted {
  readonly line: number
  readonly byte: number
  readonly code: 'bad-log-line' | 'log-line-cut'
}

const BAD = 'this is no event, and no JSON\n'
const FIT = 200

// what stands at the ends of the parts: how far before the end a line begins, and whether it is bad
const AT_ENDS = [
  { before: 0, isBad: true },
  { before: 11, isBad: true },
  { before: BAD.length, isBad: true },
  { before: 100, isBad: false }
]

/** Writes a log again with bad lines in it, and says where they are. */
const plant = (log: Buffer, file: string): Planted[] => {
  const handle = openSync(file, 'w')
  const planted: Planted[] = []
  let [line, byte] = [1, 0]
  const write = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at, bytes.length - at)
    line += 1
    byte += bytes.length
  }
  const spoil = (text = BAD, code: Planted['code'] = 'bad-log-line'): void => {
    planted.push({ line, byte, code })
    write(Buffer.from(text))
  }
  spoil()
  const ends = AT_ENDS.values()
  for (let at = 0, end = 0, count = 1; at < log.length; at = end, count += 1) {
    end = log.indexOf(10, at) + 1
    const border = PART * Math.ceil((byte + 1) / PART)
    if (byte + end - at > border - FIT) {
      const { before, isBad } = ends.next().value ?? { before: 0, isBad: false }
      // a line of spaces is nothing, and brings the next one to its place
      write(Buffer.from(`${' '.repeat(border - before - byte - 1)}\n`))
      if (isBad) spoil()
    }
    if (count === 70_000) for (const _ of THREADS) spoil('{"kind":"Event","level":"Metadata"}\r\n')
    write(log.subarray(at, end))
  }
  spoil('{"kind":"Event","level":"Meta', 'log-line-cut')
  closeSync(handle)
  return planted
}

interface Asked {
  readonly args: readonly string[]
  /** Of memory, in bytes. */
  readonly most: number
  readonly dir: string
}

const run = (t: Test, program: readonly string[], { args, most, dir }: Asked): string => {
  const report = join(dir, 'memory')
  const name = [...program.slice(-1), ...args.slice(0, 2), ...args.slice(-2)].join(' ')
  const { status, stdout, stderr } = spawnSync(TIME, ['-f', '%M', '-o', report, ...program, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * MIB
  })
  t.equal(status, 0, `${name}: ends well`, { stderr })
  const memory = Number(readFileSync(report, 'utf8')) * 1024
  t.ok(memory > MIB && memory < most, `${name}: ${Math.round(memory / MIB)} MiB`)
  return stdout
}

const placesIn = (findings: readonly Readonly<Record<string, unknown>>[]): Planted[] =>
  findings
    .filter(({ code }) => code === 'bad-log-line' || code === 'log-line-cut')
    .map(({ code, line, message }) => ({
      line: Number(line),
      byte: Number(/\(byte (\d+)\)/.exec(String(message))?.[1]),
      code: code as Planted['code'] // as: filtered
    }))

const missing = [TIME, EXECUTABLE].filter(file => !existsSync(file))
if (process.env['CI'] && missing.length > 0) t.fail(`NEEDS ${missing.join(', ')}`)
const skip = missing.includes(TIME) && `NEEDS ${TIME}`
const programs = PROGRAMS.filter(program => program.every(file => existsSync(file)))
if (programs.length < PROGRAMS.length) t.comment(`NOT TRIED: ${EXECUTABLE} is not there`)

t.test('any number of threads, and both programs, give the same', { skip }, async t => {
  const dir = t.testdir()
  const [whole, file] = [join(dir, 'whole.log'), join(dir, 'audit.log')]
  const written = writeLog(whole, SIZE, 7)
  const planted = plant(readFileSync(whole), file)
  rmSync(whole)
  t.teardown(() => rmSync(file, { force: true }))
  t.same(
    AT_ENDS.flatMap(({ before, isBad }, index) => (isBad ? [PART * (index + 1) - before] : [])).filter(
      place => !planted.some(({ byte }) => byte === place)
    ),
    [],
    'bad lines stand at the ends of parts'
  )
  const against = ['--against', 'template:baseline']
  const commands = {
    replay: { command: ['--policy', join(TOP, 'test/bench/log-policy.yaml'), ...against], most: 150 * MIB },
    // its tables are full, in each thread and where they are put together
    summary: { command: ['--policy', 'template:baseline'], most: 220 * MIB }
  }
  for (const [name, { command, most }] of Object.entries(commands)) {
    const outputs = programs.flatMap(program =>
      THREADS.map(threads => {
        const args = ['log', name, ...command, '-o', 'json', file, '--threads', threads]
        return run(t, program, { args, most, dir })
      })
    )
    const [first = '{}'] = outputs
    outputs.forEach((out, index) => t.ok(out === first, `${name}: run ${index + 1} says what the first says`))
    const told = JSON.parse(first) as Readonly<Record<string, unknown>> // as: the contract, whose schema others hold
    t.equal(told['badLines'], planted.length, `${name}: bad lines`)
    t.same(placesIn(told['findings'] as []), planted, `${name}: where they are`) // as: of the contract too
    if (name === 'replay')
      t.match(told, { ...written, against: { unmatched: {} } }, 'every event that was written, and no other')
  }
})

t.test('and where there are more users than are kept, or more kinds of requests', { skip }, t => {
  const dir = t.testdir()
  const event = (user: string, resource: string, body: string): string => {
    const time = '2026-11-22T00:04:29.786524Z'
    return `${JSON.stringify({
      ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: body === '' ? 'Metadata' : 'RequestResponse' },
      ...{ auditID: '18234e48-3020-4f10-bd70-c1447f181b49', stage: 'ResponseComplete' },
      ...{ requestURI: `/apis/a.b/v1/namespaces/d/${resource}`, verb: 'create', user: { username: user } },
      ...{ sourceIPs: ['10.0.0.1'], userAgent: 'x', responseStatus: { code: 201 } },
      ...(body === '' ? {} : { requestObject: { x: body }, responseObject: { x: body } }),
      ...{ requestReceivedTimestamp: time, stageTimestamp: time }
    })}\n`
  }
  const logs = ['a', 'b', 'c'].map((name, index) => {
    const file = join(dir, `${name}.log`)
    const lines = Array.from({ length: 6000 }, (_, at) => event(`${name}${at}`, `r${at}`, at % 3 === 0 ? '' : name))
    writeFileSync(file, [...lines, ...Array.from({ length: index + 1 }, () => event('zed', 'zeds', ''))].join(''))
    return file
  })
  const outputs = programs.flatMap(program =>
    [[], ['--strict']].flatMap(more =>
      THREADS.map(threads => {
        const args = ['log', 'replay', ...more, '--policy', policyIn(dir), '-o', 'json', ...logs, '--threads', threads]
        return run(t, program, { args, most: 260 * MIB, dir })
      })
    )
  )
  const [first = '{}'] = outputs
  outputs.forEach((out, index) => t.ok(out === first, `run ${index + 1} says what the first says`))
  t.match(JSON.parse(first), { users: [{ key: 'zed', events: 6 }] }, 'the loudest of all')
  t.end()
})

const policyIn = (dir: string): string => {
  const file = join(dir, 'all.yaml')
  writeFileSync(file, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: RequestResponse\n')
  return file
}
