import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import type { FakeNode } from './fake-node.ts'
import { PROGRAM, setUpFiles, treeOf } from './fake-run.ts'

/** What a run left: exit code and all that it printed. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A user that is not root. */
export const STRANGER = 1000

/** Where the program keeps what is its own, which may be made before it refuses; `var/lib` and `var/log` themselves too. */
const OWN = /^var\/(lib|log)(\/auditpatch.*)?$/

/** Runs the built program to its end as it is called, 20 s at most, in a shell where `shell` is given (`"$@"` stands for it). */
export const ran = (
  words: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string>; readonly shell?: string } = {}
): Ran => {
  const shell = options.shell === undefined ? [] : ['bash', '-c', options.shell, 'bash']
  // without what tap would have each of its children load
  const { status, stdout, stderr } = spawnSync('env', ['-u', 'NODE_OPTIONS', ...shell, ...PROGRAM, ...words], {
    cwd: options.cwd ?? '/',
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    timeout: 20_000,
    killSignal: 'SIGKILL'
  })
  return { code: status, out: stdout, err: stderr }
}

/** A host made hostile, what is run on it, and what has to come of it. */
export interface Hostile {
  readonly name: string
  readonly make: (node: FakeNode) => void
  /** The command lines, without --root; each has to end as wanted. */
  readonly runs: readonly (readonly string[])[]
  readonly code: number
  readonly words: RegExp
  /** Words that nothing may print. */
  readonly never?: RegExp
  /** What is undone in the end. */
  readonly undo?: (node: FakeNode) => void
}

/** The path of a file of the node on this machine. */
export const at = (node: FakeNode, path: string): string => join(node.dir, path)

/** Makes a directory of the node with those above it, all with the modes that they get. */
export const make = (node: FakeNode, path: string, mode: number, uid = 0): void => {
  mkdirSync(at(node, path), { recursive: true })
  chmodSync(at(node, path), mode)
  if (uid !== 0) chownSync(at(node, path), uid, uid)
}

/** Writes a file of the node for its owner alone. */
export const secret = (node: FakeNode, path: string, text: string): void => {
  mkdirSync(dirname(at(node, path)), { recursive: true, mode: 0o700 })
  writeFileSync(at(node, path), text, { mode: 0o600 })
}

/** Tries the rows, each on a node of its own; where one has to be refused, nothing but the program's own may change. */
export const tryHostile = (t: Test, rows: readonly Hostile[]): void => {
  for (const { name, make, runs, code, words, never, undo } of rows) {
    void t.test(name, async t => {
      const { node } = await setUpFiles(t)
      make(node)
      t.teardown(() => undo?.(node))
      for (const run of runs) {
        const before = treeOf(node, OWN)
        const found = ran([...run, '--root', node.dir])
        t.equal(found.code, code, `${run.join(' ')}: ${found.err}${found.code === null ? ' (it hung)' : ''}`)
        t.match(`${found.out}${found.err}`, words)
        if (code === 3) t.match(found.err, /^auditpatch: [\s\S]*^next: /m)
        if (code !== 0) t.same(treeOf(node, OWN), before, 'nothing is changed')
        if (never) t.notMatch(`${found.out}${found.err}${logOf(node)}`, never)
      }
    })
  }
}

const logOf = (node: FakeNode): string => {
  const path = at(node, 'var/log/auditpatch.log')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
