import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const SOURCE = join(ROOT, 'test', 'oracle', 'standin')
const TARGET = join(ROOT, 'node_modules', '.tmp', 'standin')
// of the modules in go.mod
const VERSION = 'v1.36.6'
const STAMP = [
  `-X k8s.io/component-base/version.gitVersion=${VERSION}`,
  '-X k8s.io/component-base/version.gitMajor=1',
  '-X k8s.io/component-base/version.gitMinor=36'
]
const ARGUMENTS = ['build', '-buildvcs=false', '-mod=readonly', '-ldflags', `-s -w ${STAMP.join(' ')}`]
const OFFLINE = /dial tcp|no such host|i\/o timeout|module lookup disabled|toolchain not available|connection refused/

const run = promisify(execFile)

/**
 * The stand-in kube-apiserver, built from test/oracle/standin when its sources have changed: the path of the program, or
 * null, with the reason on standard error, where Go or its modules cannot be had. In CI that is an error.
 */
export const standInBinary = async (): Promise<string | null> => {
  const path = join(TARGET, `kube-apiserver-${sourceHash()}`)
  if (existsSync(path)) return path
  mkdirSync(TARGET, { recursive: true })
  const missing = await goProblem()
  if (missing !== null) return without(missing)
  return alone(join(TARGET, 'lock'), async () => (existsSync(path) ? path : await build(path)))
}

const build = async (path: string): Promise<string | null> => {
  const draft = `${path}.${String(process.pid)}`
  try {
    await run('nice', ['-n', '10', 'go', ...ARGUMENTS, '-o', draft, '.'], {
      cwd: SOURCE,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' },
      maxBuffer: 1 << 24
    })
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? error) // as: execFile adds stderr to its errors
    if (OFFLINE.test(text)) return without(`its Go modules cannot be had: ${text.slice(0, 400)}`)
    throw new Error(`the stand-in API server does not build:\n${text}`, { cause: error })
  }
  for (const old of readdirSync(TARGET)) if (/^kube-apiserver-[0-9a-f]+$/.test(old)) rmSync(join(TARGET, old))
  chmodSync(draft, 0o755)
  renameSync(draft, path)
  return path
}

const without = (reason: string): null => {
  const text = `no stand-in API server: ${reason}`
  if (process.env['CI']) throw new Error(text)
  process.stderr.write(`${text}\n`)
  return null
}

const goProblem = async (): Promise<string | null> => {
  try {
    await run('go', ['env', 'GOVERSION'], { cwd: SOURCE })
    return null
  } catch (error) {
    return `go does not run here: ${error instanceof Error ? error.message : String(error)}`
  }
}

const sourceHash = (): string => {
  const hash = createHash('sha256').update(ARGUMENTS.join('\n'))
  for (const name of readdirSync(SOURCE).sort()) {
    if (/(?<!_test)\.go$|^go\.(mod|sum)$|\.tsv$/.test(name))
      hash.update(`${name}\n`).update(readFileSync(join(SOURCE, name)))
  }
  return hash.digest('hex').slice(0, 12)
}

/** Does the work while no other process does; a lock whose owner has died is taken over. */
const alone = async <T>(lock: string, work: () => Promise<T>): Promise<T> => {
  while (!take(lock)) await wait(200)
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

const take = (lock: string): boolean => {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (isAbandoned(lock)) rmSync(lock, { force: true })
    return false
  }
}

const isAbandoned = (lock: string): boolean => {
  try {
    const owner = Number(readFileSync(lock, 'utf8'))
    if (owner > 0) return !isAlive(owner)
    return Date.now() - statSync(lock).mtimeMs > 5000
  } catch {
    return false
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH' // as: kill throws system errors
  }
}
