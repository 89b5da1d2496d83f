import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { NETWORK, spawnGo } from '../oracle/go.ts'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

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
  return build(program, path)
}

// one process builds, and others that want the same wait for it; the kernel takes the lock from one that died
const ALONE = '[ -e "$0" ] || { nice -n 10 go "$@" && chmod 755 "$0.draft" && mv "$0.draft" "$0"; }'

const build = (program: GoProgram, path: string): string | null => {
  const directory = dirname(path)
  const words = [...argumentsOf(program), '-o', `${path}.draft`, program.package]
  const { status, stderr, error } = spawnGo('flock', [join(directory, 'lock'), 'sh', '-c', ALONE, path, ...words], {
    cwd: join(ROOT, program.directory),
    env: { CGO_ENABLED: '0', GOFLAGS: '' }
  })
  if (status !== 0 && NETWORK.test(stderr))
    return without(program, `its Go modules cannot be had: ${stderr.slice(0, 400)}`)
  if (status !== 0) throw new Error(`${program.name} does not build: ${error?.message ?? status}\n${stderr}`)
  const isOld = (name: string): boolean => name.startsWith(`${program.name}-`) && /-[0-9a-f]+$/.test(name)
  for (const old of readdirSync(directory).filter(name => isOld(name) && name !== basename(path)))
    rmSync(join(directory, old), { force: true })
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
