import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { spawnGo } from './go.ts'

/** The minor releases of Kubernetes 1 that there is an oracle for, the oldest first. */
export const MINORS = [29, 30, 31, 32, 33, 34, 35, 36] as const
export type Minor = (typeof MINORS)[number]

/** Whether there is a Go to build the oracle with. */
export const hasGo = (): boolean => spawnSync('go', ['version']).status === 0

/** Builds the oracle of a minor release where it is not built yet, and gives the program's path. */
export const buildOracle = (top: string, minor: Minor): string => {
  const directory = join(top, 'node_modules/.tmp/oracle')
  mkdirSync(directory, { recursive: true })
  const program = join(directory, `1.${minor}`)
  const args = ['build', '-buildvcs=false', `-modfile=minors/1.${minor}.mod`, '-o', program, '.']
  const { status, stderr, error } = spawnGo('go', args, { cwd: join(top, 'test/oracle') })
  if (status !== 0) throw new Error(`the oracle of 1.${minor} was not built: ${error?.message ?? status} ${stderr}`)
  return program
}
