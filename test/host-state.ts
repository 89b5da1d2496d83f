import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import fs from 'node:fs'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import {
  BACKUP_DIRECTORY,
  createBackup,
  listBackups,
  pruneBackups,
  readBackup,
  type BackupRequest
} from '../src/host/backup.ts'
import { sha256 } from '../src/sha256.ts'
import type { Host } from '../src/host/host.ts'
import { closeJournal, JOURNAL_FILE, readJournal, writeJournal, type Journal } from '../src/host/journal.ts'
import { acquireLock, LOCK_FILE, lives, readLock } from '../src/host/lock.ts'
import { nodeHost } from '../src/host/node-host.ts'
import { appendRun, RUN_LOG } from '../src/host/run-log.ts'
import { ensureSafeDirectory, ensureStateDirectory, STATE_DIRECTORY } from '../src/host/state-directory.ts'
import { hostPath, join } from '../src/paths.ts'
import { causeOf, fakeHost, isKilled, type FakeEntry } from './fake-host.ts'

const at = hostPath
const mine = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
const realHost = (t: Test): Host => nodeHost({ root: fs.realpathSync(t.testdir({ var: { lib: {}, log: {} } })) })

// Every n from 1 until a run gets through: what holds after a fault at any step.
const atEveryStep = (try_: (n: number) => boolean): number => {
  for (let n = 1; n < 200; n += 1) if (!try_(n)) return n - 1
  throw new Error('the run has no end')
}

const caught = (run: () => unknown): unknown => {
  try {
    run()
    return null
  } catch (error) {
    return error
  }
}

const CONTENDER = `
  import { createInterface } from 'node:readline'
  import { nodeHost } from './src/host/node-host.ts'
  import { acquireLock } from './src/host/lock.ts'
  const host = nodeHost({ root: process.argv[2] })
  let lock = null
  const steps = {
    take: () => { lock = acquireLock(host, 'apply'); return 'taken' },
    release: () => { lock?.release(); lock = null; return 'released' }
  }
  const step = line => { try { return steps[line]() } catch (error) { return error.code ?? error.stack } }
  createInterface({ input: process.stdin }).on('line', line => console.log(step(line)))
  console.log('ready')
`

const contender = (t: Test, program: string, root: string) => {
  const child: ChildProcess = spawn(process.execPath, [program, root], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [waiting, answers]: [((line: string) => void)[], string[]] = [[], []]
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', line => {
      const next = waiting.shift()
      if (next) next(line)
      else answers.push(line)
    })
  }
  return {
    process: child,
    say: (line: string): void => void child.stdin?.write(`${line}\n`),
    answer: (): Promise<string> => {
      const [ready] = answers.splice(0, 1)
      return ready === undefined ? new Promise(resolve => waiting.push(resolve)) : Promise.resolve(ready)
    }
  }
}

// By a process of this boot which has ended; every round with other bytes, as real locks have.
const plantStaleLock = (host: Host, round: number): void => {
  const holder = {
    pid: 1,
    start: 999_999_999 + round,
    bootId: host.bootId(),
    command: 'old',
    since: '2026-11-22T01:15:00.000Z'
  }
  ensureStateDirectory(host)
  host.writeAtomic(LOCK_FILE, Buffer.from(`${JSON.stringify(holder)}\n`), { mode: 0o600, ...mine })
}

t.test('state directory', async t => {
  const fake = fakeHost({ '/var/': {} })
  ensureStateDirectory(fake.host)
  t.match(fake.host.lstat(at('/var/lib')), { kind: 'directory', mode: 0o755, uid: 0 })
  t.match(fake.host.lstat(STATE_DIRECTORY), { kind: 'directory', mode: 0o700, uid: 0 })
  t.same(ensureSafeDirectory(fake.host, at('/a/b')), ['/a', '/a/b'])
  const steps = fake.steps()
  ensureStateDirectory(fake.host)
  t.equal(fake.steps(), steps, 'nothing to do the second time')

  const rows: readonly [string, FakeEntry, RegExp][] = [
    ['group can write', { kind: 'directory', mode: 0o770 }, /has mode 0770, wanted a directory of user 0 that only/],
    ['all can write', { kind: 'directory', mode: 0o1777 }, /has mode 1777/],
    ['another owner', { kind: 'directory', mode: 0o700, uid: 1000 }, /belongs to user 1000/],
    ['a file', { kind: 'file' }, /is a file/],
    ['a link', { target: '/srv' }, /is a symlink/],
    ['a dangling link', { target: '/nothing' }, /is a symlink/]
  ]
  for (const [name, entry, message] of rows) {
    const { host, steps } = fakeHost({ '/srv/': {}, '/var/lib/auditpatch': entry })
    t.throws(() => ensureStateDirectory(host), { code: 'UNSAFE_DIRECTORY', path: STATE_DIRECTORY, message }, name)
    t.equal(steps(), 0, `${name}: nothing was changed`)
  }
  const linked = fakeHost({ '/data/lib/': {}, '/var/lib': { target: '/data/lib' } })
  ensureStateDirectory(linked.host)
  t.equal(linked.host.stat(at('/data/lib/auditpatch'))?.kind, 'directory', 'a linked parent is fine')
  const full = fakeHost()
  full.failAt(1, 'ENOSPC')
  t.throws(() => ensureStateDirectory(full.host), { code: 'CANNOT_WRITE', message: /\/var: ENOSPC/ })

  const host = realHost(t)
  ensureStateDirectory(host)
  t.match(host.lstat(STATE_DIRECTORY), { kind: 'directory', mode: 0o700, ...mine })
})

t.test('lock', async t => {
  t.test('one holder at a time', async t => {
    const { host } = fakeHost()
    const lock = acquireLock(host, 'apply')
    t.same(readLock(host), lock.holder)
    t.match(lock.holder, { pid: 99, command: 'apply', bootId: 'boot-1', since: '2026-11-22T01:15:00.000Z' })
    t.throws(() => acquireLock(host, 'remove'), {
      code: 'LOCKED',
      path: LOCK_FILE,
      message: '/var/lib/auditpatch/lock is held by process 99 (auditpatch apply) since 2026-11-22T01:15:00.000Z'
    })
    lock.release()
    t.equal(readLock(host), null)
    const second = acquireLock(host, 'restore')
    lock.release()
    t.same(readLock(host), second.holder, 'a lock given back twice is not the lock of the next')
    second.release()
    t.same(host.list(STATE_DIRECTORY), [])
  })

  t.test('a holder that lives no more', async t => {
    const rows: readonly [string, (fake: ReturnType<typeof fakeHost>) => void][] = [
      ['ended', fake => fake.revive()],
      ['another boot', fake => fake.revive({ reboot: true })],
      [
        'its pid was given again',
        fake => {
          fake.revive()
          fake.start({ pid: 99, start: 777_777, argv: ['sh'] })
        }
      ]
    ]
    for (const [name, change] of rows) {
      const fake = fakeHost()
      const { holder } = acquireLock(fake.host, 'apply')
      t.equal(lives(fake.host, holder), true)
      change(fake)
      t.equal(lives(fake.host, holder), false, name)
      t.equal(readLock(fake.host), null, name)
      acquireLock(fake.host, 'recover').release()
      t.same(fake.host.list(STATE_DIRECTORY), [], `${name}: nothing is left`)
    }
  })

  t.test('the same pid and start in another boot is another process', async t => {
    const fake = fakeHost()
    const { start } = acquireLock(fake.host, 'apply').holder
    fake.revive({ reboot: true })
    fake.start({ pid: 99, start, argv: ['sh'] })
    t.doesNotThrow(() => acquireLock(fake.host, 'apply'))
  })

  t.test('garbage does not block for ever', async t => {
    for (const bytes of ['', '\n', '{', '[]', 'null', '{"pid":"99"}', 'x'.repeat(200_000), '\0\xff']) {
      const { host } = fakeHost({ [LOCK_FILE]: { bytes }, '/var/lib/auditpatch/': { mode: 0o700 } })
      const lock = acquireLock(host, 'apply')
      t.same(readLock(host), lock.holder, bytes.slice(0, 20))
    }
    for (const [entry, message] of [
      [{ kind: 'directory' }, /is a directory/],
      [{ target: '/nothing' }, /is a symlink/]
    ] as const) {
      const { host } = fakeHost({ '/var/lib/auditpatch/': { mode: 0o700 }, [LOCK_FILE]: entry })
      t.throws(() => acquireLock(host, 'apply'), { code: 'WRONG_KIND', message })
    }
  })

  t.test('killed at every step, the next run takes it and leaves nothing', async t => {
    for (const isStale of [false, true]) {
      for (const done of [false, true]) {
        const steps = atEveryStep(n => {
          const fake = fakeHost()
          if (isStale) acquireLock(fake.host, 'old')
          if (isStale) fake.revive()
          fake.killAt(n, { done })
          const error = caught(() => acquireLock(fake.host, 'apply').release())
          if (error === null) return false
          t.ok(isKilled(error), `step ${n}`)
          fake.revive()
          acquireLock(fake.host, 'apply').release()
          t.same(fake.host.list(STATE_DIRECTORY), [], `step ${n} ${done}`)
          return true
        })
        t.ok(steps > 4, `${steps} steps`)
      }
    }
  })

  t.test('failing at every step, it is not held', async t => {
    for (const isStale of [false, true]) {
      for (const done of [false, true]) {
        const steps = atEveryStep(n => {
          const fake = fakeHost()
          if (isStale) acquireLock(fake.host, 'old')
          if (isStale) fake.revive()
          const before = fake.steps()
          fake.failAt(n, 'EIO', { done })
          const error = caught(() => acquireLock(fake.host, 'apply'))
          // A directory that is there after all is no failure.
          if (error === null) return fake.steps() - before >= n
          t.match(error, { code: 'CANNOT_WRITE', message: /EIO/ }, `step ${n}`)
          t.equal(readLock(fake.host), null, `step ${n} ${done}`)
          acquireLock(fake.host, 'apply').release()
          t.same(fake.host.list(STATE_DIRECTORY), [], `step ${n} ${done}`)
          return true
        })
        t.ok(steps > 3, `${steps} steps`)
      }
    }
  })

  t.test('a thief that another overtakes at any moment: exactly one wins', async t => {
    const calls = ['link', 'lstat', 'readFrom', 'removeFile', 'appendLine', 'list'] as const
    let both = 0
    const points = atEveryStep(n => {
      const fake = fakeHost()
      acquireLock(fake.host, 'old')
      fake.revive()
      const rival = fake.start({ argv: ['node', 'auditpatch', 'apply'] })
      const rivalHost: Host = { ...fake.host, pid: rival.pid }
      const won: string[] = []
      let [count, isDone] = [0, false]
      const overtaken = { ...fake.host, pid: fake.host.pid }
      for (const name of calls) {
        const call = fake.host[name] as (...args: unknown[]) => unknown
        // Each wrapper passes its arguments on unchanged.
        overtaken[name] = ((...args: unknown[]) => {
          if ((count += 1) === n) {
            isDone = true
            if (caught(() => acquireLock(rivalHost, 'rival')) === null) won.push('rival')
          }
          return call(...args)
        }) as never
      }
      const error = caught(() => acquireLock(overtaken, 'apply'))
      if (error === null) won.push('apply')
      else t.match(error, { code: 'LOCKED' })
      t.equal(won.length, 1, `${won.join(' and ')} won, overtaken at call ${n}`)
      t.equal(readLock(fake.host)?.command, won[0])
      if (isDone && error === null) both += 1
      return isDone
    })
    t.ok(points > 10, `${points} points`)
    t.ok(both > 0, 'also the one that was overtaken wins, when it has the claim')
  })

  t.test('real processes', async t => {
    const directory = fs.realpathSync(t.testdir({ root: { var: { lib: {} } } }))
    const host = nodeHost({ root: `${directory}/root` })
    const program = `${directory}/contender.cjs`
    await build({
      stdin: { contents: CONTENDER, resolveDir: process.cwd() },
      bundle: true,
      platform: 'node',
      outfile: program
    })
    const contenders = [1, 2, 3, 4].map(() => contender(t, program, host.root))
    await Promise.all(contenders.map(one => one.answer()))

    for (let round = 0; round < 25; round += 1) {
      plantStaleLock(host, round)
      for (const one of contenders) one.say('take')
      const answers = await Promise.all(contenders.map(one => one.answer()))
      t.same(
        answers.filter(answer => answer !== 'LOCKED'),
        ['taken'],
        `round ${round}: ${answers.join(' ')}`
      )
      for (const one of contenders) one.say('release')
      await Promise.all(contenders.map(one => one.answer()))
    }
    t.same(host.list(STATE_DIRECTORY), [])

    const [victim, heir] = contenders
    victim?.say('take')
    t.equal(await victim?.answer(), 'taken')
    t.throws(() => acquireLock(host, 'apply'), {
      code: 'LOCKED',
      message: new RegExp(`process ${victim?.process.pid} `)
    })
    victim?.process.kill('SIGKILL')
    await new Promise(resolve => victim?.process.once('exit', resolve))
    heir?.say('take')
    t.equal(await heir?.answer(), 'taken', 'a killed holder holds nothing')
  })
})

const journal: Journal = {
  id: 'run-1',
  command: 'apply',
  phase: 'writing',
  started: '2026-11-22T01:15:00.000Z',
  version: '0.1.0',
  backup: { id: '20261122T011500Z-3f9a', directory: BACKUP_DIRECTORY },
  manifest: at('/etc/kubernetes/manifests/kube-apiserver.yaml'),
  files: [
    {
      role: 'policy',
      path: at('/etc/kubernetes/audit/policy.yaml'),
      before: null,
      after: { sha256: sha256(Buffer.from('policy')), mode: 0o600, uid: 0, gid: 0 }
    }
  ],
  directories: [at('/etc/kubernetes/audit')],
  processes: [{ pid: 4711, start: 1234 }],
  lock: { pid: 99, start: 1000, bootId: 'boot-1' }
}

t.test('journal', async t => {
  const fake = fakeHost()
  t.equal(readJournal(fake.host), null)
  writeJournal(fake.host, journal)
  t.same(readJournal(fake.host), journal)
  t.match(fake.host.lstat(JOURNAL_FILE), { kind: 'file', mode: 0o600, uid: 0, gid: 0 })
  writeJournal(fake.host, { ...journal, phase: 'waiting' })
  t.equal(readJournal(fake.host)?.phase, 'waiting')
  closeJournal(fake.host)
  t.equal(readJournal(fake.host), null)
  t.doesNotThrow(() => closeJournal(fake.host))

  const real = realHost(t)
  writeJournal(real, journal)
  t.same(readJournal(real), journal)

  const wrong = (change: object): string => JSON.stringify({ ...journal, ...change })
  const [file] = journal.files
  const rows: readonly [string, RegExp][] = [
    ['', /JSON/],
    ['{"id":', /JSON/],
    ['\xff\xfe', /UTF-8/],
    ['null', /the value is null, wanted an object/],
    ['[]', /the value is \[\], wanted an object/],
    ['{}', /id is absent, wanted a string/],
    [wrong({ phase: 'done' }), /phase is "done", wanted writing or waiting or undoing/],
    [wrong({ command: 'constructor' }), /command is "constructor"/],
    [wrong({ manifest: 'etc/x' }), /manifest is "etc\/x", wanted an absolute path/],
    [wrong({ manifest: '/etc/../x' }), /manifest is/],
    [wrong({ started: 'yesterday' }), /started is/],
    [wrong({ files: {} }), /files is \{\}, wanted a list/],
    [wrong({ files: [{ ...file, role: 'pod' }] }), /files\[0\]\.role is "pod"/],
    [wrong({ files: [{ ...file, after: { sha256: 'x', mode: 0, uid: 0, gid: 0 } }] }), /files\[0\]\.after\.sha256/],
    [wrong({ files: [{ role: 'policy', path: '/x', after: null }] }), /files\[0\]\.before is absent/],
    [wrong({ processes: [{ pid: -1, start: 1 }] }), /processes\[0\]\.pid is -1/],
    [wrong({ lock: { pid: 1.5, start: 1, bootId: '' } }), /lock\.pid is 1\.5/],
    [wrong({ backup: { id: '../../etc', directory: '/x' } }), /backup\.id is/]
  ]
  for (const [bytes, message] of rows) {
    const { host } = fakeHost({ [JOURNAL_FILE]: { bytes: Buffer.from(bytes, 'latin1') } })
    t.throws(() => readJournal(host), { code: 'BAD_JOURNAL', path: JOURNAL_FILE, message }, String(message))
  }
  const later = fakeHost({ [JOURNAL_FILE]: wrong({ later: true }) })
  t.same(readJournal(later.host), journal, 'what a later version adds is left out')

  for (const done of [false, true]) {
    const crashed = fakeHost()
    writeJournal(crashed.host, journal)
    crashed.killAt(1, { done })
    t.ok(isKilled(caught(() => writeJournal(crashed.host, { ...journal, phase: 'undoing' }))))
    t.ok(isKilled(caught(() => readJournal(crashed.host))), 'the dead do not read')
    crashed.revive()
    t.equal(readJournal(crashed.host)?.phase, done ? 'undoing' : 'writing')
  }
})

t.test('run log', async t => {
  const record = { command: 'apply', version: '0.1.0', exit: 0, changed: true, seconds: 41.2 }
  const host = realHost(t)
  t.equal(appendRun(host, record), null)
  t.equal(appendRun(host, { ...record, exit: 4, error: { code: 'ROLLED_BACK', message: 'a\nb' } }), null)
  const lines = host.read(RUN_LOG, 10_000)?.toString().trimEnd().split('\n') ?? []
  t.equal(lines.length, 2, 'one line a run, whatever is in it')
  t.match(JSON.parse(lines[0] ?? ''), { ...record, pid: process.pid, uid: mine.uid, time: /^\d{4}-.*Z$/ })
  t.match(JSON.parse(lines[1] ?? ''), { exit: 4, error: { message: 'a\nb' } })
  t.equal(host.stat(RUN_LOG)?.mode, 0o600)

  fs.appendFileSync(`${host.root}${RUN_LOG}`, '{"half":')
  t.equal(appendRun(host, record), null)
  const found = host.read(RUN_LOG, 10_000)?.toString().trimEnd().split('\n') ?? []
  t.equal(found.length, 4, 'half a line, as a full disk leaves it, stays by itself')
  t.match(JSON.parse(found[3] ?? ''), record)

  const fake = fakeHost({ '/var/log/': {} })
  fake.failAt(1, 'EROFS')
  const error = appendRun(fake.host, record)
  t.match(error, { code: 'CANNOT_WRITE', path: RUN_LOG })
  t.equal(causeOf(error), 'EROFS')
  t.match(appendRun(fakeHost().host, record), { code: 'CANNOT_WRITE' }, 'no /var/log')
  t.match(appendRun(fakeHost({ [RUN_LOG]: { target: '/etc/passwd' } }).host, record), { code: 'CANNOT_WRITE' })
  fake.killAt(1)
  t.ok(isKilled(caught(() => appendRun(fake.host, record))), 'only errors of ours are values')
})

const request: BackupRequest = {
  command: 'apply',
  version: '0.1.0',
  manifests: at('/etc/kubernetes/manifests'),
  files: [
    {
      role: 'manifest',
      path: at('/etc/kubernetes/manifests/kube-apiserver.yaml'),
      before: { bytes: Buffer.from('old \xff\0 bytes', 'latin1'), ownership: { mode: 0o600, uid: 0, gid: 7 } },
      after: Buffer.from('new')
    },
    { role: 'policy', path: at('/etc/kubernetes/audit/policy.yaml'), before: null, after: Buffer.from('policy') },
    {
      role: 'webhook',
      path: at('/etc/kubernetes/audit/webhook.yaml'),
      before: { bytes: Buffer.alloc(0), ownership: { mode: 0o640, uid: 65532, gid: 0 } },
      after: null
    }
  ]
}

const edit =
  (from: string, to: string) =>
  (fake: ReturnType<typeof fakeHost>, home: string): void =>
    fake.put(`${home}/metadata.json`, (fake.text(`${home}/metadata.json`) ?? '').replace(from, to))

t.test('backup', async t => {
  t.test('holds the bytes and tells of the files', async t => {
    const host = realHost(t)
    const set = createBackup(host, BACKUP_DIRECTORY, request)
    t.match(set.id, /^\d{8}T\d{6}Z-[0-9a-f]{4}$/)
    t.match(set, { directory: BACKUP_DIRECTORY, command: 'apply', version: '0.1.0', created: /Z$/ })
    t.same(set.files, [
      {
        role: 'manifest',
        path: '/etc/kubernetes/manifests/kube-apiserver.yaml',
        before: { sha256: sha256(Buffer.from('old \xff\0 bytes', 'latin1')), size: 12, mode: 0o600, uid: 0, gid: 7 },
        after: { sha256: sha256(Buffer.from('new')) },
        stored: '0-manifest.yaml'
      },
      {
        role: 'policy',
        path: '/etc/kubernetes/audit/policy.yaml',
        before: null,
        after: { sha256: sha256(Buffer.from('policy')) },
        stored: null
      },
      {
        role: 'webhook',
        path: '/etc/kubernetes/audit/webhook.yaml',
        before: { sha256: sha256(Buffer.alloc(0)), size: 0, mode: 0o640, uid: 65532, gid: 0 },
        after: null,
        stored: '2-webhook.yaml'
      }
    ])
    const { files } = readBackup(host, BACKUP_DIRECTORY, set.id)
    t.same(
      files.map(file => file.bytes?.toString('latin1')),
      ['old \xff\0 bytes', undefined, '']
    )
    t.same(listBackups(host, BACKUP_DIRECTORY), { sets: [set], damaged: [] })
    const home = join(BACKUP_DIRECTORY, set.id)
    t.same(host.list(home), ['0-manifest.yaml', '2-webhook.yaml', 'metadata.json'])
    for (const name of host.list(home) ?? []) t.match(host.lstat(join(home, name)), { mode: 0o600, ...mine }, name)
    for (const path of [home, BACKUP_DIRECTORY, STATE_DIRECTORY]) t.equal(host.lstat(path)?.mode, 0o700, path)
  })

  t.test('ids are in the order of the runs, whatever the clock does', async t => {
    const fake = fakeHost()
    const ids = [0, 0, -3_600_000, 10_000, 7_200_000].map(step => {
      fake.stepClock(step)
      return createBackup(fake.host, BACKUP_DIRECTORY, request).id
    })
    t.same(ids, [...ids].sort())
    t.equal(new Set(ids).size, 5)
    t.match(ids, [
      /^20261122T011500Z-/,
      /^20261122T011501Z-/,
      /^20261122T011502Z-/,
      /^20261122T011503Z-/,
      /^20261122T0215/
    ])
    t.same(
      listBackups(fake.host, BACKUP_DIRECTORY).sets.map(set => set.id),
      [...ids].reverse()
    )
    const [, , third] = listBackups(fake.host, BACKUP_DIRECTORY).sets
    t.equal(third?.created, '2026-11-22T00:15:00.000Z', 'and `created` is what the clock said')
  })

  t.test('an unsafe place is refused before anything is made', async t => {
    const rows: readonly [string, string, string, Record<string, FakeEntry>][] = [
      ['the manifests directory', '/etc/kubernetes/manifests', 'BAD_PATH', {}],
      ['below it', '/etc/kubernetes/manifests/.backup', 'BAD_PATH', {}],
      ['below it by a link', '/srv/link/backup', 'BAD_PATH', { '/srv/link': { target: '/etc/kubernetes/manifests' } }],
      ['in the place of the journal', '/var/lib/auditpatch/journal.json', 'BAD_PATH', {}],
      ['below the place of the lock', '/var/lib/auditpatch/lock/a', 'BAD_PATH', {}],
      ['in the place of a file of the run', request.files[0]?.path ?? '', 'BAD_PATH', {}],
      ['open to others', '/srv/open', 'UNSAFE_DIRECTORY', { '/srv/open': { kind: 'directory', mode: 0o777 } }],
      ['a link', '/srv/link', 'UNSAFE_DIRECTORY', { '/srv/link': { target: '/root' }, '/root/': {} }]
    ]
    for (const [name, directory, code, files] of rows) {
      const { host, steps } = fakeHost({ '/etc/kubernetes/manifests/': {}, ...files })
      t.throws(() => createBackup(host, at(directory), request), { code }, name)
      t.equal(steps(), 0, name)
    }
    const beside = fakeHost({ '/etc/kubernetes/manifests/': {} })
    t.doesNotThrow(() => createBackup(beside.host, at('/etc/kubernetes/manifests-old'), request))
  })

  t.test('failing or killed at every step: no half set is listed, and the next run clears up', async t => {
    for (const strike of ['fail', 'kill'] as const) {
      const steps = atEveryStep(n => {
        const fake = fakeHost()
        if (strike === 'fail') fake.failAt(n, 'ENOSPC')
        else fake.killAt(n)
        const error = caught(() => createBackup(fake.host, BACKUP_DIRECTORY, request))
        if (error === null) return false
        if (strike === 'fail') t.match(error, { code: 'CANNOT_WRITE', message: /ENOSPC/ }, `step ${n}`)
        fake.revive()
        t.same(listBackups(fake.host, BACKUP_DIRECTORY), { sets: [], damaged: [] }, `step ${n}`)
        const { id } = createBackup(fake.host, BACKUP_DIRECTORY, request)
        t.same(fake.host.list(BACKUP_DIRECTORY), [id], `step ${n}`)
        return true
      })
      t.equal(steps, 9, 'four directories and the draft, two copies, the metadata, the rename')
    }
  })

  t.test('tampering is found, and named', async t => {
    const rows: readonly [string, RegExp, (fake: ReturnType<typeof fakeHost>, home: string) => void][] = [
      [
        'a byte',
        /0-manifest\.yaml has sha256 [0-9a-f]{64}, wanted/,
        (fake, home) => fake.put(`${home}/0-manifest.yaml`, 'OLD \xff\0 byte')
      ],
      [
        'longer',
        /0-manifest\.yaml is larger than 12 bytes/,
        (fake, home) => fake.put(`${home}/0-manifest.yaml`, 'x'.repeat(99))
      ],
      ['shorter', /0-manifest\.yaml has sha256/, (fake, home) => fake.put(`${home}/0-manifest.yaml`, '')],
      ['gone', /0-manifest\.yaml is not there/, (fake, home) => fake.remove(`${home}/0-manifest.yaml`)],
      [
        'a link',
        /0-manifest\.yaml is a symlink/,
        (fake, home) => fake.put(`${home}/0-manifest.yaml`, { target: '/etc/shadow' })
      ],
      ['no metadata', /metadata\.json is not there/, (fake, home) => fake.remove(`${home}/metadata.json`)],
      ['broken metadata', /does not describe a backup: .*JSON/, (fake, home) => fake.put(`${home}/metadata.json`, '{')],
      ['stored elsewhere', /files\[0\]\.stored is "\.\.\/\.\.\/x"/, edit('"0-manifest.yaml"', '"../../x"')],
      ['stored in metadata', /files\[0\]\.stored is "metadata\.json"/, edit('"0-manifest.yaml"', '"metadata.json"')],
      ['a copy twice', /names a copy twice/, edit('2-webhook.yaml', '0-manifest.yaml')],
      ['a file twice', /names a file twice/, edit('audit/webhook.yaml', 'manifests/kube-apiserver.yaml')],
      [
        'a copy of nothing',
        /a copy without its hash of \/etc\/kubernetes\/audit\/policy/,
        edit('"stored": null', '"stored": "1-policy.yaml"')
      ],
      ['no copy', /has no copy of/, edit('"stored": "0-manifest.yaml"', '"stored": null')],
      ['a relative path', /files\[0\]\.path is/, edit('"/etc/kubernetes/manifests', '"etc/kubernetes/manifests')],
      [
        'another id',
        /is of the backup 20261122T011500Z-ffff, found in/,
        edit('20261122T011500Z-', '20261122T011500Z-ffff",\n"_": "')
      ]
    ]
    for (const [name, message, tamper] of rows) {
      const fake = fakeHost()
      const set = createBackup(fake.host, BACKUP_DIRECTORY, request)
      const good = createBackup(fake.host, BACKUP_DIRECTORY, request)
      const home = join(BACKUP_DIRECTORY, set.id)
      tamper(fake, home)
      t.throws(() => readBackup(fake.host, BACKUP_DIRECTORY, set.id), { code: 'BAD_BACKUP', message }, name)
      const { sets, damaged } = listBackups(fake.host, BACKUP_DIRECTORY)
      t.same(sets, [good], `${name}: the other is listed`)
      t.match(damaged, [{ id: set.id, error: { code: 'BAD_BACKUP', message } }], `${name}: and this one reported`)
    }
  })

  t.test('ids do not lead out', async t => {
    const fake = fakeHost({ '/var/lib/auditpatch/secret/metadata.json': '{}' })
    const set = createBackup(fake.host, at('/backups'), request)
    for (const id of ['..', '../secret', '/etc', '', '.', `.${set.id}`, `${set.id}/`, `../backups/${set.id}`]) {
      t.throws(() => readBackup(fake.host, at('/backups'), id), { code: 'NO_BACKUP' }, id)
    }
    t.throws(() => readBackup(fake.host, at('/backups'), '20261122T011500Z-ffff'), {
      code: 'NO_BACKUP',
      message: 'there is no backup /backups/20261122T011500Z-ffff'
    })
    t.same(listBackups(fake.host, at('/nothing')), { sets: [], damaged: [] })
    fake.put('/backups/20261122T011500Z-fffe', { target: `/backups/${set.id}` })
    t.throws(() => readBackup(fake.host, at('/backups'), '20261122T011500Z-fffe'), {
      code: 'BAD_BACKUP',
      message: /is not a directory/
    })
  })

  t.test('prune', async t => {
    const filled = () => {
      const fake = fakeHost({ '/backups/': { mode: 0o700 }, '/backups/notes/mine': 'x', '/backups/.keep': '' })
      const ids = [1, 2, 3, 4, 5].map(() => createBackup(fake.host, at('/backups'), request).id)
      return { fake, ids: ids.reverse() }
    }
    const foreign = ['.keep', 'notes']
    for (const [keep, left] of [
      [10, 5],
      [5, 5],
      [2, 2],
      [1, 1],
      [0, 1],
      [-3, 1]
    ] as const) {
      const { fake, ids } = filled()
      t.same(pruneBackups(fake.host, at('/backups'), keep), ids.slice(left), `keep ${keep}`)
      t.same(fake.host.list(at('/backups')), [...foreign, ...ids.slice(0, left)].sort(), `keep ${keep}`)
    }
    const { fake, ids } = filled()
    fake.remove(`/backups/${ids[4]}/metadata.json`)
    fake.put(`/backups/.${ids[0]}/0-manifest.yaml`, 'half made')
    t.same(pruneBackups(fake.host, at('/backups'), 3), [ids[3]], 'a damaged set is neither counted nor removed')
    t.same(fake.host.list(at('/backups')), [...foreign, ...ids.filter(id => id !== ids[3])].sort())
    t.same(pruneBackups(fakeHost().host, at('/nothing'), 3), [])

    const steps = atEveryStep(n => {
      const { fake, ids } = filled()
      fake.killAt(n)
      if (caught(() => pruneBackups(fake.host, at('/backups'), 2)) === null) return false
      fake.revive()
      t.same(listBackups(fake.host, at('/backups')).damaged, [], `killed at ${n}: nothing looks damaged`)
      pruneBackups(fake.host, at('/backups'), 2)
      t.same(fake.host.list(at('/backups')), [...foreign, ...ids.slice(0, 2)].sort(), `killed at ${n}`)
      return true
    })
    t.ok(steps > 10)

    const host = realHost(t)
    const real = [1, 2, 3].map(() => createBackup(host, BACKUP_DIRECTORY, request).id)
    t.same(pruneBackups(host, BACKUP_DIRECTORY, 1), real.slice(0, 2).reverse())
    t.same(host.list(BACKUP_DIRECTORY), real.slice(2))
  })
})

t.test('the fake host itself', async t => {
  const fake = fakeHost({ '/a': 'x', '/d/': { mode: 0o711 }, '/l': { target: '/d' } })
  fake.failAt(2, 'EIO', { done: true })
  fake.host.removeFile(at('/a'))
  t.equal(
    causeOf(caught(() => fake.host.writeAtomic(at('/l/b'), Buffer.from('y'), { mode: 0o600, uid: 1, gid: 2 }))),
    'EIO'
  )
  t.equal(fake.text('/d/b'), 'y', 'failed after its effect')
  t.same(fake.operations, [
    { name: 'removeFile', path: '/a' },
    { name: 'writeAtomic', path: '/l/b' }
  ])
  t.same(fake.snapshot('/d'), { '/d': 'directory 711 0:0 ', '/d/b': 'file 600 1:2 y' })

  const seen: number[] = []
  fake.at(2000, () => seen.push(fake.host.monotonic()))
  fake.at(1000, () => {
    seen.push(fake.host.monotonic())
    fake.at(500, () => seen.push(fake.host.monotonic()))
  })
  const before = fake.host.now()
  await fake.host.sleep(1999)
  t.same(seen, [1000, 1500])
  fake.stepClock(-60_000)
  await fake.host.sleep(1)
  t.same(seen, [1000, 1500, 2000])
  t.equal(fake.host.now() - before, 2000 - 60_000)

  fake.at(10, () => fake.killAt(1))
  await fake.host.sleep(10)
  t.ok(isKilled(caught(() => fake.host.removeFile(at('/d/b')))))
  t.ok(isKilled(caught(() => fake.host.stat(at('/d/b')))), 'and every call after')
  fake.revive()
  t.equal(fake.text('/d/b'), 'y')
})
