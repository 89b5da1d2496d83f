import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SOURCE = fileURLToPath(new URL('../oracle/standin/enter/main.go', import.meta.url))
const BUILT = fileURLToPath(new URL('../../node_modules/.tmp', import.meta.url))

/** The program that makes a container and becomes its server, built when its source is new. */
export const enterBinary = async (): Promise<string> => {
  const digest = createHash('sha256').update(readFileSync(SOURCE)).digest('hex')
  const target = join(BUILT, `enter-${digest.slice(0, 16)}`)
  if (existsSync(target)) return target
  mkdirSync(dirname(target), { recursive: true })
  // several tests of one process may ask at once
  const own = `${target}.${randomUUID()}`
  // needs nothing but Go's own packages
  const env = { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off', GOFLAGS: '' }
  await promisify(execFile)('go', ['build', '-trimpath', '-o', own, SOURCE], { env })
  renameSync(own, target)
  return target
}
