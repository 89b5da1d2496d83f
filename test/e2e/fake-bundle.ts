import { build } from 'esbuild'
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))

const ENTRIES = {
  'kubelet.cjs': `import { runKubelet } from './fake-kubelet.ts'
    runKubelet(JSON.parse(process.env.FAKE_KUBELET), process.argv[2].slice('--config='.length))`,
  'apiserver.cjs': `import { runApiServer } from './fake-apiserver.ts'
    runApiServer(JSON.parse(process.env.FAKE_CONTAINER), process.argv.slice(2), Number(process.env.FAKE_PARENT))`
} as const

/**
 * A directory with the two programs as one file each, and links to node named `kubelet` and `kube-apiserver` so that the
 * processes carry these names; made once, and removed when this process ends.
 */
export const builtPrograms = (() => {
  const made: { programs: Promise<string> | null } = { programs: null }
  return (): Promise<string> => (made.programs ??= buildPrograms())
})()

const buildPrograms = async (): Promise<string> => {
  const programs = mkdtempSync(join(tmpdir(), 'fake-node-'))
  chmodSync(programs, 0o755)
  process.once('exit', () => rmSync(programs, { recursive: true, force: true }))
  await Promise.all(
    Object.entries(ENTRIES).map(([name, contents]) =>
      build({
        stdin: { contents, resolveDir: HERE, loader: 'ts' },
        outfile: join(programs, name),
        ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'silent' }
      })
    )
  )
  for (const program of ['kubelet', 'kube-apiserver']) symlinkSync(process.execPath, join(programs, program))
  return programs
}
