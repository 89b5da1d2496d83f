import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { type LogFiles, logFiles } from '../src/host/growing-file.ts'
import { followLog, type Following } from '../src/serve/follow.ts'

const writer = join(dirname(fileURLToPath(import.meta.url)), 'fixtures', 'rotating-writer.mjs')

// as short as may be, so that looks fall into every moment of a rotation
const sleep = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 1))

interface Followed {
  readonly text: () => string
  readonly lines: () => string[]
  /** Resolves when so much of the log was given. */
  readonly until: (isEnough: (text: string) => boolean) => Promise<void>
  readonly stop: () => Promise<void>
}

const follow = (path: string, more: Partial<Following> = {}): Followed => {
  const end = new AbortController()
  let text = ''
  const done = (async () => {
    const chunks = followLog(path, { files: logFiles(), sleep, signal: end.signal, ...more })
    for await (const chunk of chunks) text += Buffer.from(chunk).toString()
  })()
  const wait = async (isEnough: (text: string) => boolean): Promise<void> => {
    while (!isEnough(text)) await Promise.race([sleep(), done])
  }
  return {
    text: () => text,
    lines: () => text.split('\n').slice(0, -1),
    until: wait,
    stop: async () => {
      end.abort()
      await done
    }
  }
}

const numbersOf = (lines: readonly string[]): unknown[] => lines.map(line => JSON.parse(line).n as unknown) // as: any

const hardRotation = async (t: Test, lines: number, most: number, compressAfter: number): Promise<void> => {
  const directory = t.testdir({ 'audit-notes.log': 'not of the log\n' })
  const path = join(directory, 'audit.log')
  const followed = follow(path)
  const child = spawn(process.execPath, [writer, path, String(lines), String(most), String(compressAfter)])
  const [code] = (await once(child, 'exit')) as [number] // as: what the event gives
  t.equal(code, 0, 'the writer came to its end')
  const rotations = fs.readdirSync(directory).length - 2
  t.ok(rotations > 20, `the log was rotated ${rotations} times`)
  await followed.until(text => text.includes(`"n":${lines - 1},`) && text.endsWith('\n'))
  await followed.stop()
  const wanted = Array.from({ length: lines }, (_, n) => n)
  t.same(numbersOf(followed.lines()), wanted, 'every line came once and in order')
}

t.test('a log that is rotated all the time', t => hardRotation(t, 20_000, 20_000, 0))
t.test('a log whose rotated files are compressed at once', t => hardRotation(t, 20_000, 20_000, 1))
t.test('a log whose rotated files are compressed later', t => hardRotation(t, 20_000, 8_000, 3))

// what happens between two looks, said step by step
const stepwise = (t: Test) => {
  const directory = t.testdir({})
  const at = (name: string): string => join(directory, name)
  const log = at('audit.log')
  const stamp = (n: number): string => at(`audit-2026-11-22T00-00-0${n}.000.log`)
  return {
    log,
    write: (text: string) => fs.appendFileSync(log, text),
    rotate: (n: number) => fs.renameSync(log, stamp(n)),
    zip: (n: number) => {
      fs.writeFileSync(`${stamp(n)}.gz`, gzipSync(fs.readFileSync(stamp(n))))
      fs.unlinkSync(stamp(n))
    },
    remove: (n: number) => fs.unlinkSync(stamp(n)),
    stamp
  }
}

t.test('several rotations between two looks, some of them compressed', async t => {
  const { log, write, rotate, zip, remove } = stepwise(t)
  write('0 old\n')
  rotate(0)
  write('1 first\n')
  // the looks are let through one by one
  let look: () => void = () => undefined
  const gate = (): Promise<void> => new Promise(resolve => (look = resolve))
  const followed = follow(log, { sleep: gate })
  const looks = async (): Promise<void> => {
    look()
    for (let n = 0; n < 20; n += 1) await sleep()
  }
  await looks()
  t.equal(followed.text(), '1 first\n', 'what was rotated before is not asked for')
  write('2 more\n')
  rotate(1)
  write('3 whole\n')
  rotate(2)
  write('4 zipped\n')
  rotate(3)
  zip(1)
  zip(3)
  write('5 now\n')
  await looks()
  t.equal(followed.text(), '1 first\n2 more\n3 whole\n4 zipped\n5 now\n')
  rotate(4)
  await looks()
  zip(4)
  write('6 after a pause\n')
  await looks()
  t.equal(followed.text().slice(followed.text().indexOf('5')), '5 now\n6 after a pause\n', 'not twice')
  write('7 unended')
  await looks()
  rotate(5)
  remove(5)
  write('8 next\n')
  await looks()
  t.match(followed.text(), /7 unended\n8 next\n$/, 'a line that no file ends is ended')
  fs.truncateSync(log, 0)
  write('9 anew\n')
  await looks()
  t.match(followed.text(), /8 next\n9 anew\n$/, 'a log that was emptied, of the same length')
  fs.writeFileSync(log, 'a short\n')
  await looks()
  fs.writeFileSync(log, 'b a text that is longer than the one before\n')
  await looks()
  t.match(followed.text(), /9 anew\na short\nb a text that is longer than the one before\n$/)
  const end = followed.stop()
  look()
  await end
})

t.test('a log that is not there yet, and where to begin', async t => {
  const { log, write, rotate, zip } = stepwise(t)
  let absent = 0
  const early = follow(join(log, '..', 'none', 'audit.log'), { onAbsent: () => (absent += 1) })
  const followed = follow(log, { onAbsent: () => (absent += 1) })
  await sleep()
  await sleep()
  t.equal(absent, 2, 'told once, also of a directory that is not there')
  write('1\n')
  await followed.until(text => text === '1\n')
  const late = follow(log, { from: 'end' })
  for (let n = 0; n < 5; n += 1) await sleep()
  rotate(1)
  zip(1)
  write('2\n')
  await late.until(text => text !== '')
  await followed.until(text => text.includes('2'))
  t.same([late.text(), followed.text()], ['2\n', '1\n2\n'])
  await Promise.all([early.stop(), followed.stop(), late.stop()])
  t.equal(absent, 2)
})

t.test('what is written between two steps of a look', async t => {
  const { log, write, rotate } = stepwise(t)
  const files = logFiles()
  const steps: (() => void)[] = []
  const step = (): void => steps.shift()?.()
  const busy: LogFiles = {
    ...files,
    identity: path => (step(), files.identity(path)),
    open: path => (step(), files.open(path)),
    names: directory => {
      const names = files.names(directory)
      step()
      return names
    }
  }
  const nothing = (): void => undefined
  write('1\n')
  const followed = follow(log, { files: busy })
  await followed.until(text => text === '1\n')
  steps.push(
    // the name is asked for: it has been taken away since the end was reached
    () => (write('2\n'), rotate(1), write('3\n')),
    // what was rotated was listed: two more are
    () => (rotate(2), write('4\n'), rotate(3), write('5\n')),
    // the rotated file is opened
    nothing,
    // the log is opened: it is rotated before, and after
    () => (rotate(4), write('6\n')),
    () => (write('7\n'), rotate(5), write('8\n'))
  )
  await followed.until(text => text.includes('8'))
  t.same(steps, [])
  await followed.stop()
  t.equal(followed.text(), '1\n2\n3\n4\n5\n6\n7\n8\n')
})

t.test('what cannot be followed is told', async t => {
  const { log, write, rotate, stamp } = stepwise(t)
  await t.rejects(
    follow(join(log, '..')).until(() => false),
    { code: 'CANNOT_READ', message: /no ordinary file/ }
  )
  write('1\n')
  const lost: string[] = []
  // a file that goes between the list and the look
  const files = logFiles()
  const forgetful: LogFiles = { ...files, open: path => (path === stamp(2) ? null : files.open(path)) }
  const followed = follow(log, { files: forgetful, onLost: file => lost.push(file) })
  await followed.until(text => text === '1\n')
  rotate(1)
  write('2\n')
  rotate(2)
  write('3\n')
  await followed.until(text => text.includes('3'))
  await followed.stop()
  t.same(lost, [stamp(2)])
  fs.writeFileSync(`${stamp(4)}.gz`, 'no gzip')
  const damaged: string[] = []
  const broken = follow(log, { onLost: file => damaged.push(file) })
  await broken.until(text => text === '3\n')
  fs.writeFileSync(`${stamp(5)}.gz`, 'no gzip')
  rotate(6)
  write('7\n')
  await broken.until(text => text.includes('7'))
  await broken.stop()
  t.same(damaged, [`${stamp(5)}.gz`], 'what is behind a damaged file is read')
})
