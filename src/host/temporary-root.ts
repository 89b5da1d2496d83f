import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hostPath } from '../paths.ts'
import { translating } from './file-error.ts'

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
  for (const [file, text] of Object.entries(files)) {
    const target = join(path, file)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    writeFileSync(target, text, { mode: 0o600 })
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
