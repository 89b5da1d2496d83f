import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hostPath } from '../paths.ts'
import { fileError, translating } from './file-error.ts'

/** A directory that looks like a node, and goes when it is done with. */
export interface TemporaryRoot {
  readonly path: string
  readonly remove: () => void
}

/** Makes a directory below the system's temporary one and fills it with files, by paths without the root in front. */
export const makeTemporaryRoot = (name: string, files: Readonly<Record<string, string>>): TemporaryRoot => {
  const above = tmpdir()
  const path = translating('CANNOT_WRITE', 'cannot make a temporary directory in', hostPath(above), () =>
    realpathSync(mkdtempSync(join(above, `${name}-`)))
  )
  const remove = (): void => rmSync(path, { recursive: true, force: true })
  try {
    for (const [file, text] of Object.entries(files)) writeBelow(path, file, text)
  } catch (error) {
    // a full disk is not made fuller
    remove()
    throw fileError('CANNOT_WRITE', 'cannot write below', hostPath(path), error)
  }
  return { path, remove }
}

const writeBelow = (path: string, file: string, text: string): void => {
  const target = join(path, file)
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
  writeFileSync(target, text, { mode: 0o600 })
}
