import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { alertsIn, auditEvent, logOfEvents, RULE_A, RULE_B } from './fake-audit.ts'
import { type Running, startFalco } from './fake-run.ts'

const sleep = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))

const setUp = (t: Test, log?: string) => {
  const dir = t.testdir({ 'rules.yaml': RULE_A + RULE_B, ...(log === undefined ? {} : { 'audit.log': log }) })
  const at = (name: string): string => join(dir, name)
  const start = (...words: string[]): Running => {
    const running = startFalco(['-r', at('rules.yaml'), ...words])
    t.teardown(() => running.interrupt())
    return running
  }
  return { at, start }
}

const alerts = (running: Running): string => alertsIn(running.out()).alerts

const until = async (running: Running, isSo: () => boolean): Promise<void> => {
  let isDone = false
  void running.done.then(() => (isDone = true))
  while (!isSo() && !isDone) await sleep()
}

const sees = async (t: Test, running: Running, want: string): Promise<void> => {
  await until(running, () => alerts(running) === want)
  t.equal(alerts(running), want)
}

const STATISTICS = /^Events detected: (\d+)\nRule counts by severity:\n[^]*Triggered rules by rule name:\n[^]*/

// what was alerted is told, and nothing more
const ends = async (t: Test, running: Running, count: number): Promise<void> => {
  const { code, out } = await running.done
  t.equal(code, 0)
  t.equal(STATISTICS.exec(alertsIn(out).statistics)?.[1], String(count), 'statistics')
}

t.test('a log that is followed through rotations', async t => {
  const { at, start } = setUp(t, logOfEvents(0, 1))
  const log = at('audit.log')
  const [next, whole] = [start('--follow', log), start('-e', log, '--follow')]
  await sees(t, whole, 'A0 B1')
  // the other has come to the end of the log when it sees what is written next
  await until(next, () => {
    appendFileSync(log, logOfEvents(7))
    return alerts(next) !== ''
  })
  const both = async (want: string): Promise<void> => {
    const rows = [
      [next, want],
      [whole, `A0 B1 ${want}`]
    ] as const
    for (const [running, all] of rows) {
      const others = (): string => alerts(running).replace(/ ?B7/g, '').trimStart()
      await until(running, () => others() === all)
      t.equal(others(), all)
    }
  }
  const line = JSON.stringify(auditEvent(3))
  appendFileSync(log, line.slice(0, 100))
  await sleep()
  appendFileSync(log, `${line.slice(100)}\nno event\n`)
  await both('B3')
  renameSync(log, at('audit-2026-11-22T10-00-00.000.log'))
  writeFileSync(log, logOfEvents(4))
  await both('B3 B4')
  for (const running of [next, whole]) {
    t.match(
      running.err(),
      /^following \S+ from its (end|beginning)\n\[k8saudit\] cannot parse JSON: unparsed tail: "no event"\n$/,
      'told while it is followed'
    )
    t.notMatch(running.out(), STATISTICS, 'which stand at the end')
    const count = alerts(running).split(' ').length
    running.interrupt()
    await ends(t, running, count)
  }
})

t.test('the plugin’s file:// is followed from its end, and waited for', async t => {
  const { at, start } = setUp(t)
  const log = at('audit.log')
  const running = start('-o', `plugins[0].open_params=file://${log}`)
  await until(running, () => running.err().includes('waiting'))
  t.match(running.err(), `${log} is not there yet; waiting for it\n`)
  writeFileSync(log, logOfEvents(0))
  await sees(t, running, 'A0')
  running.interrupt()
  await ends(t, running, 1)
})

t.test('-M by the clock', async t => {
  const { at, start } = setUp(t, logOfEvents(0))
  const all = [
    start('-e', at('audit.log'), '--follow', '-M', '1'),
    start('--listen', 'http://127.0.0.1:0', '-M1')
  ] as const
  await Promise.all([ends(t, all[0], 1), ends(t, all[1], 0)])
})

t.test('what nobody reads any more ends', async t => {
  const { at } = setUp(t, logOfEvents(0))
  const words = ['-r', at('rules.yaml'), '--follow', at('audit.log')]
  const { code } = await startFalco(words, { isRead: () => false }).done
  t.equal(code, 0)
})

t.test('a webhook', async t => {
  const { at, start } = setUp(t)
  const file = at('alerts.txt')
  const running = start(
    '--listen',
    'http://127.0.0.1:0/k8s-audit',
    '-o',
    'file_output.enabled=true',
    '-o',
    `file_output.filename=${file}`
  )
  await until(running, () => running.err() !== '')
  const [, url = ''] = /^listening on (http:\/\/127\.0\.0\.1:[1-9]\d*\/k8s-audit)\n$/.exec(running.err()) ?? []
  t.not(url, '', `the address is told: ${running.err()}`)
  const post = async (body: unknown, type = 'application/json'): Promise<number> =>
    (await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': type } })).status
  const list = (...numbers: readonly number[]) => ({ kind: 'EventList', items: numbers.map(n => auditEvent(n)) })

  t.equal(await post(list(0, 1)), 200)
  await sees(t, running, 'A0 B1')
  t.equal(await post(auditEvent(3)), 200)
  await sees(t, running, 'A0 B1 B3')
  t.equal(await post(list(4), 'text/plain'), 400)
  t.equal(await post({ kind: 0 }), 200, 'Falco answers before it reads')
  t.equal(await post(list(6)), 200)
  await sees(t, running, 'A0 B1 B3 A6')
  t.match(running.err(), /\n\[k8saudit\] data not recognized as a k8s audit event\n$/)
  running.interrupt()
  await ends(t, running, 4)
  await t.rejects(post(list(0)), 'nobody listens any more')
})

t.test('an output that fails ends all', async t => {
  const { start } = setUp(t)
  const running = start(
    '--listen',
    'http://127.0.0.1:0/',
    '-o',
    'file_output.enabled=true',
    '-o',
    'file_output.filename=/dev/full'
  )
  await until(running, () => running.err() !== '')
  const [, url = ''] = /^listening on (\S+)\n$/.exec(running.err()) ?? []
  await fetch(url, {
    method: 'POST',
    body: JSON.stringify(auditEvent(0)),
    headers: { 'content-type': 'application/json' }
  })
  const { code, err } = await running.done
  t.equal(code, 1)
  t.match(err, /\/dev\/full cannot be written \(ENOSPC\)\nnext: /)
})
