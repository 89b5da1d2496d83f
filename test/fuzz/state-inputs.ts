import type { Dice } from './kind.ts'

const HASH = 'ab'.repeat(32)
const ID = '20261122T011500Z-3f9a'
const TIME = '2026-11-22T01:15:00.000Z'
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml'

type Any = any // what is right, and what is not

// a member is rarely another one, gone, or doubled
const bent = (dice: Dice, value: Any): Any => {
  if (Array.isArray(value)) return value.map(each => bent(dice, each))
  if (typeof value !== 'object' || value === null) return dice.chance(3) ? dice.one(ODD) : value
  return Object.fromEntries(
    Object.entries(value)
      .filter(() => !dice.chance(2))
      .map(([key, each]) => [
        dice.chance(1) ? dice.one(ODD_KEYS) : key,
        dice.chance(2) ? dice.one(ODD) : bent(dice, each)
      ])
  )
}

const ODD: readonly Any[] = [
  null,
  '',
  0,
  -1,
  1e999,
  1.5,
  1e21,
  true,
  [],
  {},
  '/',
  '..',
  '/../x',
  'x\u0000y',
  '\u001b[2J',
  '\ud800',
  'é',
  '__proto__',
  'x'.repeat(5000),
  '/x\ny',
  [[[]]],
  { a: {} },
  '2026-99-99T99:99:99.999Z',
  '99991231T235959Z-ffff',
  HASH.toUpperCase()
]
const ODD_KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'x']

const text = (dice: Dice, value: Any): Buffer => {
  const written = JSON.stringify(bent(dice, value), null, dice.one([2, 0, '\t']))
  return Buffer.from(`${dice.chance(5) ? '\ufeff' : ''}${written}${dice.one(['\n', '', '\n\n'])}`)
}

/** The metadata.json of a backup. */
export const metadataInput = (dice: Dice): Buffer => {
  const file = (role: string, path: string, at: number): Any => ({
    role,
    path,
    before: dice.chance(80) ? { mode: 0o600, uid: 0, gid: 0, sha256: HASH, size: 3000 } : null,
    after: dice.chance(80) ? { sha256: HASH } : null,
    stored: dice.chance(80) ? `${at}-${role}.yaml` : null
  })
  const files = [
    file('manifest', MANIFEST, 0),
    file('policy', '/etc/kubernetes/audit/policy.yaml', 1),
    file('webhook', '/etc/kubernetes/audit/webhook.yaml', 2)
  ]
  return text(dice, {
    id: ID,
    created: TIME,
    command: dice.one(['apply', 'remove', 'restore']),
    version: '0.1.0',
    files: files.slice(0, 1 + dice.pick(3))
  })
}

/** The journal of a run that was cut off. */
export const journalInput = (dice: Dice): Buffer => {
  const state = (): Any => (dice.chance(80) ? { mode: 0o600, uid: 0, gid: 0, sha256: HASH } : null)
  return text(dice, {
    id: ID,
    command: dice.one(['apply', 'remove', 'restore']),
    phase: dice.one(['writing', 'waiting', 'undoing']),
    started: TIME,
    version: '0.1.0',
    backup: { id: ID, directory: '/var/lib/auditpatch/backups' },
    manifest: MANIFEST,
    files: [
      { role: 'manifest', path: MANIFEST, before: state(), after: state() },
      { role: 'policy', path: '/etc/kubernetes/audit/policy.yaml', before: state(), after: state() }
    ].slice(0, 1 + dice.pick(2)),
    directories: dice.chance(50) ? ['/var/log/kubernetes/audit'] : [],
    processes: [{ pid: 100, start: 12345 }],
    lock: { pid: 200, start: 54321, bootId: 'b' }
  })
}

/** What somebody has done of the drills. */
export const progressInput = (dice: Dice): Buffer => {
  const run = (drill: string): Any => ({
    drill,
    seed: dice.pick(1000),
    directory: `/tmp/none/${drill}`,
    started: TIME,
    hints: dice.pick(4),
    isSolved: dice.chance(20),
    madeBy: '0.1.0',
    score: dice.one([null, 0, 50, 100, 101])
  })
  const runs = dice.several(['a01', 'a02', 'b01', 'c05', 'd01', 'f01', 'nope'], 0, 3).map(run)
  const exam = {
    seed: 1,
    started: TIME,
    minutes: 30,
    directory: '/tmp/none',
    tasks: runs.map(({ drill, directory }) => ({ drill, directory }))
  }
  return text(dice, {
    runs: Object.fromEntries(runs.map(each => [each.directory, each])),
    best: Object.fromEntries(runs.map(each => [each.drill, dice.pick(101)])),
    exam: dice.chance(30) ? exam : null,
    sheet: dice.chance(20)
      ? { exam, marks: runs.map(({ drill }) => ({ drill, score: 10, late: null })), ended: TIME }
      : null
  })
}

/** The mark in the directory of a drill. */
export const markInput = (dice: Dice): Buffer =>
  text(dice, { drill: dice.one(['a01', 'a02', 'c05', 'zz']), seed: dice.pick(1000) })
