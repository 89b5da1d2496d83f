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
const OFFLINE = /dial tcp|no such host|i\/o timeout|module lookup disabled|toolchain not available|connection refused/

const run = promisify(execFile)

/** A Go program that tests need. */
export interface GoProgram {
  /** Its file's name, before the hash of its sources. */
  readonly name: string
  /** Where its go.mod is, below the top of the project. */
  readonly directory: string
  readonly package: string
  /** The module file, where it is not go.mod. */
  readonly modfile?: string
  /** The version of Kubernetes that it shall say it has, `v1.36.3`. */
  readonly version: string
}

/**
 * A Go program, built when its sources have changed: its path, or null, with the reason on standard error, where Go or
 * its modules cannot be had. In CI that is an error.
 */
export const goBinary = async (program: GoProgram): Promise<string | null> => {
  const target = join(ROOT, 'node_modules', '.tmp', program.name)
  const path = join(target, `${program.name}-${sourceHash(program)}`)
  if (existsSync(path)) return path
  mkdirSync(target, { recursive: true })
  const missing = await goProblem()
  if (missing !== null) return without(program, missing)
  return alone(join(target, 'lock'), async () => (existsSync(path) ? path : await build(program, path)))
}

const build = async (program: GoProgram, path: string): Promise<string | null> => {
  const draft = `${path}.${String(process.pid)}`
  try {
    await run('nice', ['-n', '10', 'go', ...argumentsOf(program), '-o', draft, program.package], {
      cwd: join(ROOT, program.directory),
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
      maxBuffer: 1 << 24
    })
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? error) // as: execFile adds stderr to its errors
    if (OFFLINE.test(text)) return without(program, `its Go modules cannot be had: ${text.slice(0, 400)}`)
    throw new Error(`${program.name} does not build:\n${text}`, { cause: error })
  }
  const isOld = (name: string): boolean => name.startsWith(`${program.name}-`) && /-[0-9a-f]+$/.test(name)
  for (const old of readdirSync(dirname(path)).filter(isOld)) rmSync(join(dirname(path), old))
  chmodSync(draft, 0o755)
  renameSync(draft, path)
  return path
}

const argumentsOf = ({ modfile, version }: GoProgram): string[] => {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const stamps = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor })
  const stamp = stamps.map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  const flags = ['-buildvcs=false', '-mod=readonly', '-ldflags', `-s -w ${stamp.join(' ')}`]
  return ['build', ...(modfile === undefined ? [] : [`-modfile=${modfile}`]), ...flags]
}

const without = ({ name }: GoProgram, reason: string): null => {
  const text = `no ${name}: ${reason}`
  if (process.env['CI']) throw new Error(text)
  process.stderr.write(`${text}\n`)
  return null
}

const goProblem = async (): Promise<string | null> => {
  try {
    // where there is no go.mod: an older Go must not fetch a newer one only to be asked
    await run('go', ['env', 'GOVERSION'], { cwd: '/' })
    return null
  } catch (error) {
    return `go does not run here: ${error instanceof Error ? error.message : String(error)}`
  }
}

const sourceHash = (program: GoProgram): string => {
  const directory = join(ROOT, program.directory)
  const modfile = program.modfile ?? 'go.mod'
  const sources =
    program.package === '.' ? readdirSync(directory).filter(name => /(?<!_test)\.go$|\.tsv$/.test(name)) : []
  const hash = createHash('sha256').update([...argumentsOf(program), program.package].join('\n'))
  for (const name of [...sources.sort(), modfile, modfile.replace(/\.mod$/, '.sum')])
    hash.update(`${name}\n`).update(readFileSync(join(directory, name)))
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
