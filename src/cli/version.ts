import { resultOf } from '../render/result.ts'
import type { Io } from './io.ts'

/** This program's version: that of package.json, which a test compares. */
export const VERSION = '0.1.0'

// the build of the one-file executable puts them in: the time of its commit, and the commit
declare const AUDITPATCH_BUILT: string | undefined
declare const AUDITPATCH_COMMIT: string | undefined

const WORDS = /^(--version|-v|--verbose|--output=json|-o=?json|-o|--output|json)$/

/** How a command line asks for the version, where it asks for nothing else. */
export const readVersion = (
  argv: readonly string[]
): { readonly isJson: boolean; readonly isLong: boolean } | undefined =>
  argv.includes('--version') && argv.every(word => WORDS.test(word))
    ? { isJson: argv.some(word => word.endsWith('json')), isLong: argv.some(word => /^(-v|--verbose)$/.test(word)) }
    : undefined

/** Prints the version; with --verbose or as JSON also when and from what it was built, and what runs it. Gives the exit code. */
export const tellVersion = ({ isJson, isLong }: NonNullable<ReturnType<typeof readVersion>>, io: Io): number => {
  const built = typeof AUDITPATCH_BUILT === 'string' ? AUDITPATCH_BUILT : null
  const commit = typeof AUDITPATCH_COMMIT === 'string' ? AUDITPATCH_COMMIT : null
  const { versions, platform, arch } = process
  const runtime = versions.bun === undefined ? `node ${versions.node}` : `bun ${versions.bun}`
  if (isJson)
    io.out(
      `${JSON.stringify(resultOf('Version', { version: VERSION, built, commit, runtime, platform: `${platform}-${arch}` }))}\n`
    )
  else if (isLong)
    io.out(
      `auditpatch ${VERSION}\n${commit === null ? '' : `commit ${commit} of ${built ?? ''}\n`}${runtime}, ${platform}-${arch}\n`
    )
  else io.out(`${VERSION}\n`)
  return 0
}
