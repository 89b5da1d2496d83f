import { realpathSync, statSync } from 'node:fs'
import { AuditError } from '../errors.ts'
import { hostPath } from '../paths.ts'
import { belongsToRoot } from './belongs-to-root.ts'
import { exec } from './exec.ts'
import { ABSENT, translating, unless } from './file-error.ts'
import type { HostReader } from './host.ts'
import { httpGet } from './http-get.ts'
import { processReaders } from './processes.ts'
import { fileReaders } from './read-files.ts'
import { rootedPaths } from './resolve-in-root.ts'

/**
 * The machine this process runs on, to look at only, with every file below `root`. Throws NOT_FOUND or WRONG_KIND for the
 * root. It does not load fs-extra, which the commands that only look need not wait for.
 */
export const nodeHostReader = ({ root }: { readonly root: string }): HostReader => {
  const real = realRoot(root)
  return {
    root: real,
    ...fileReaders(rootedPaths(real)),
    ...processReaders(),
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    random: bytes => process.getBuiltinModule('node:crypto').randomBytes(bytes).toString('hex'),
    pid: process.pid,
    // geteuid is absent on Windows only, where there is no node to work on.
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    belongsToRoot: candidate => belongsToRoot(real, candidate),
    http: httpGet,
    exec
  }
}

// Resolved once: /proc and the kernel's links show real paths only.
const realRoot = (root: string): string =>
  translating('CANNOT_READ', 'cannot read the root directory', hostPath(root), () => {
    const real = unless(ABSENT, null, () => realpathSync(root))
    if (real === null) throw new AuditError('NOT_FOUND', `the root directory ${root} is not there`, { path: root })
    if (statSync(real).isDirectory()) return real
    throw new AuditError('WRONG_KIND', `the root ${root} is not a directory`, { path: root })
  })
