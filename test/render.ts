import t from 'tap'
import type { Receipt } from '../src/apply/receipt.ts'
import type { Status } from '../src/facts/status.ts'
import { hostPath } from '../src/paths.ts'
import type { Plan, PlannedFile } from '../src/plan/change.ts'
import { diffLines } from '../src/render/diff.ts'
import { fileDiff, fileJson } from '../src/render/file-diff.ts'
import { findingLines } from '../src/render/findings.ts'
import { planJson, receiptJson } from '../src/render/json.ts'
import { harmless, paintFor, wrapText } from '../src/render/paint.ts'
import { planLines } from '../src/render/plan.ts'
import { receiptLines } from '../src/render/receipt.ts'
import { statusLines } from '../src/render/status.ts'

const plain = paintFor(false)
const state = (text: string | null) =>
  text === null ? null : { bytes: new TextEncoder().encode(text), owner: { mode: 0o600, uid: 0, gid: 0 } }
const file = (before: string | null, after: string | null, more: Partial<PlannedFile> = {}): PlannedFile => ({
  role: 'manifest',
  path: hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml'),
  before: state(before),
  after: state(after),
  isSensitive: false,
  ...more
})

const plan = (more: Partial<Plan> = {}): Plan => ({
  command: 'apply',
  manifest: hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml'),
  changes: [],
  files: [],
  directories: [],
  owners: [],
  flags: {},
  mounts: [],
  findings: [],
  proof: { log: undefined, policy: undefined, isLogBatched: false },
  ...more
})

const receipt = (more: Partial<Receipt> = {}): Receipt => ({
  changed: true,
  backup: { id: '20261122T011500Z-3f9a', directory: hostPath('/var/lib/auditpatch/backups/20261122T011500Z-3f9a') },
  restarted: true,
  healthy: true,
  proven: true,
  rolledBack: false,
  seconds: 41.2,
  findings: [],
  ...more
})

t.test('harmless', async t => {
  t.equal(harmless('a\u001b[2Jb\u0007\u009b31m\u202e\r\u007f'), 'a\\x1b[2Jb\\x07\\x9b31m\\u202e\\x0d\\x7f')
  // what breaks a line, turns its direction, or is not seen: two names that look the same are told apart
  t.equal(harmless('a\u2028b\u2029c'), 'a\\u2028b\\u2029c')
  t.equal(
    harmless('kube\u200b-system \u200fx\u061cy\u2066z\u2069'),
    'kube\\u200b-system \\u200fx\\u061cy\\u2066z\\u2069'
  )
  t.equal(harmless('\ufeffa\u00adb\u2060c\u3164\u{e0041}'), '\\ufeffa\\xadb\\u2060c\\u3164\\u{e0041}')
  for (let code = 0; code < 0x110000; code++) {
    const character = String.fromCodePoint(code)
    // but for tab, line break and marks of Arabic, Syriac and other scripts that are seen
    const isSeen = /[\t\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]|[\u{11000}-\u{1ffff}]/u.test(character)
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character) && !isSeen && harmless(character) === character)
      t.fail(`U+${code.toString(16)} is not shown`)
  }
  t.equal(
    harmless('tabs\tand\nlines, äöü 日本 👍🏽 e\u0301 שלום stay'),
    'tabs\tand\nlines, äöü 日本 👍🏽 e\u0301 שלום stay'
  )
})

t.test('wrapText', async t => {
  t.same(wrapText('one two three', 7), ['one two', 'three'])
  t.same(wrapText('one two three', 7, '  '), ['one two', '  three'])
  t.same(wrapText('averylongwordthatfitsnowhere x', 5), ['averylongwordthatfitsnowhere', 'x'])
  t.same(wrapText('', 5), [''])
})

t.test('diffs', async t => {
  const lines = diffLines(fileDiff(file('a\nb\u001b\n', 'a\nc\n')), plain)
  t.match(lines.join('\n'), /^--- .*kube-apiserver\.yaml/m)
  t.ok(lines.includes('-b\\x1b') && lines.includes('+c') && lines.includes(' a'))
  const colours = diffLines(fileDiff(file('a\n', 'b\n')), paintFor(true))
  t.ok(colours.includes('\u001b[31m-a\u001b[39m') && colours.includes('\u001b[32m+b\u001b[39m'))
  t.match(fileDiff(file(null, 'a\n')), /^--- \/dev\/null/m)
  t.match(fileDiff(file('a\n', null)), /^\+\+\+ \/dev\/null/m)
  t.match(
    diffLines(fileDiff(file('a\r\n', 'b\r\n')), plain),
    ['---', '+++', '@@', '-a', '+b'].map(each => new RegExp(`^${each.replace(/\+/g, '\\+')}`))
  )
})

t.test('a sensitive file shows no value', async t => {
  const secret = 'kind: Config\nusers:\n- name: us\n  user: { token: hunter2-hunter2 }\n'
  const sensitive = file(null, secret, { role: 'webhook', isSensitive: true })
  t.notMatch(fileDiff(sensitive), 'hunter2')
  t.match(fileDiff(sensitive), '<redacted>')
  const json = fileJson(sensitive)
  t.match(json, { sensitive: true, before: null, after: null, sha256: { before: null, after: /^[0-9a-f]{64}$/ } })
  t.notMatch(JSON.stringify(json), 'hunter2')
  const text = planLines(plan({ files: [sensitive] }), plain, 80).join('\n')
  t.notMatch(text, 'hunter2')
})

t.test('findings', async t => {
  const lines = findingLines(
    [
      { code: 'a-b', severity: 'error', message: 'bad\u001b', file: '/x', line: 3, column: 4, remediation: 'mend it' },
      { code: 'c', severity: 'warning', message: 'odd', file: '/x', line: 3 },
      { code: 'd', severity: 'info', message: 'so' }
    ],
    plain,
    80
  )
  t.same(lines, ['error: bad\\x1b', '  /x:3:4 [a-b]', '  mend it', 'warning: odd', '  /x:3 [c]', 'note: so'])
})

t.test('plans', async t => {
  const change = { file: '/f', path: 'spec', name: 'n', before: null, after: 'v', reason: 'because' } as const
  const kinds = [
    ['set-flag', '+ set --n=v'],
    ['remove-flag', '- remove --n='],
    ['add-volume', '+ add volume n: v'],
    ['add-mount', '+ add mount v'],
    ['set-annotation', '+ annotate n=v'],
    ['remove-annotation', '- remove annotation n'],
    ['write-file', '+ write /f (n)'],
    ['remove-file', '- remove /f (n)'],
    ['make-directory', '+ make directory /f, v'],
    ['set-owner', '+ set owner of /f, v']
  ] as const
  for (const [kind, line] of kinds) {
    const lines = planLines(plan({ changes: [{ ...change, kind }] }), plain, 80)
    t.equal(lines[0], line, kind)
    t.ok(lines.includes('    because'))
  }
  const evil = { ...change, kind: 'set-flag', name: 'x\u001b[2J', after: '\u0007' } as const
  t.notMatch(planLines(plan({ changes: [evil] }), plain, 80).join('\n'), /[\u001b\u0007]/)
  t.match(planJson(plan({ changes: [{ ...change, kind: 'set-flag' }] })), {
    kind: 'PlanResult',
    changed: true,
    seconds: 0
  })
})

t.test('receipts', async t => {
  const lines = receiptLines(plan(), receipt(), plain, 80, '')
  t.ok(lines.includes('done in 41.2 s: kube-apiserver restarted, healthy, an event was recorded'))
  t.ok(lines.includes('to go back: auditpatch restore 20261122T011500Z-3f9a'))
  const unwaited = receipt({ restarted: null, healthy: null, proven: null, backup: null })
  t.ok(receiptLines(plan(), unwaited, plain, 80, '').includes('done in 41.2 s'), 'what was not seen is not said')
  t.match(receiptLines(plan(), receipt({ changed: false, backup: null }), plain, 80, '').join('\n'), 'nothing to do')
  const failure = { code: 'ROLLED_BACK', message: 'why' } as const
  const failed = receiptLines(plan(), receipt({ failure, rolledBack: true }), plain, 80, '')
  t.notMatch(failed.join('\n'), /done|healthy/, 'a failure is no success')
  t.match(receiptJson(plan(), receipt({ failure }), { ...failure, next: 'do' }), {
    kind: 'ApplyResult',
    code: 'ROLLED_BACK',
    message: 'why',
    next: 'do'
  })
})

t.test('status', async t => {
  const now = Date.UTC(2026, 10, 22, 3, 15)
  const status: Status = {
    manifest: '/m',
    version: '1.36.2',
    configured: true,
    proven: false,
    flags: {},
    policy: { path: '/p', host: '/host/p', rules: 3 },
    log: {
      path: '/l/a.log',
      host: '/l/a.log',
      size: 3 * 1024 * 1024,
      rotated: 2,
      written: '2026-11-22T01:15:00.000Z',
      rotation: { maxage: 30, maxbackup: 10, maxsize: 100 },
      growth: {
        since: '2026-11-21T01:15:00.000Z',
        until: '2026-11-22T01:15:00.000Z',
        eventsPerSecond: 0.75,
        bytesPerDay: 2 ** 30,
        historyDays: 1.07
      },
      freeBytes: 5 * 2 ** 30
    },
    webhook: { path: '/w', host: null, server: null },
    running: { pid: 7, since: '2026-11-20T03:15:00.000Z', matches: false, healthy: false },
    kubelet: true,
    backups: 2,
    newestBackup: '20261122T011500Z-3f9a',
    lastRun: { time: '2026-11-22T02:15:00.000Z', command: 'apply', exit: 4 },
    interrupted: 'apply of x',
    atWork: null,
    findings: []
  }
  const lines = (changes: Partial<Status> = {}): string =>
    statusLines({ ...status, ...changes }, now, plain, 80).join('\n')
  for (const part of [
    'manifest    /m, Kubernetes 1.36.2',
    'running     pid 7, since 2 days, does not answer as healthy\n            with OTHER flags than the manifest',
    'proven      no: nothing was written since the server was started',
    'policy      /p, 3 rules\n            on the host /host/p',
    '3 MiB, 2 rotated, written 2 h ago',
    '0.75 events a second, 1 GiB a day since 2026-11-21T01:15Z',
    'rotated at 100 MiB, 10 files kept for 30 days\n            at this rate that is a history of 26 h',
    '5 GiB free',
    'webhook     /w, on no volume of the host',
    'last change apply, 60 min ago, ended with 4',
    'interrupted apply of x: run auditpatch recover'
  ])
    t.ok(lines().includes(part), part)
  const none = lines({ configured: false, proven: null, policy: null, log: null, webhook: null, running: null })
  t.match(
    none,
    /configured {2}no: .*\nrunning {5}no kube-apiserver: auditpatch explain-failure\nproven {6}cannot be told/
  )
  t.notMatch(lines({ manifest: '/m\u001b' }), '\u001b')
  const log = { ...status.log, path: '-', host: null, size: null } as Status['log'] // as: the spread of a nullable type
  t.match(lines({ log }), 'log         standard output')
  t.match(
    lines({ findings: [{ code: 'x', severity: 'error', message: 'bad' }] }),
    /error: bad\n1 error: auditpatch check/
  )
})
