import { spawnSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

const PREFIX = 'auditpatch-clean-root-'
const SUITE = 'bookworm'

/** Runs a program to its end and gives what it said; throws when it fails. */
export const perform = (file: string, ...args: readonly string[]): string => {
  const done = spawnSync(file, args, { encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C' } })
  if (done.status !== 0)
    throw new Error(`${file} ${args.join(' ')}: ${done.status} ${done.stderr}${done.stdout.slice(-2000)}`)
  return done.stdout
}

/** The Debian mirror that this machine takes its own packages from. */
const mirrorOf = (): string => {
  const targets = perform(
    'apt-get',
    'indextargets',
    '--format',
    '$(ORIGIN)|$(CODENAME)|$(REPO_URI)',
    'Created-By: Packages'
  )
  const [, , mirror] =
    targets
      .split('\n')
      .map(line => line.split('|'))
      .find(([origin, codename = '']) => origin === 'Debian' && codename !== '' && !codename.includes('-')) ?? []
  if (mirror === undefined) throw new Error(`apt has no Debian mirror, found ${targets}: run apt-get update first`)
  return mirror
}

const dayBefore = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

// one process makes it, and others wait for it; a mirror that fails is asked again
const MAKE = `[ -e "$0" ] && exit
root=$0 draft=$0.draft
again() {
  rm -rf --one-file-system "$draft" && mkdir -m 700 "$draft" && debootstrap --variant=minbase "$@"
}
again "$@" || { sleep 10; again "$@"; } || { sleep 60; again "$@"; } || exit
mv -T "$draft" "$root"`

/**
 * A Debian root of today by debootstrap, kept in the directory of temporary files; not to be written to. That of yesterday
 * is left alone, for a test that began before midnight.
 */
const cachedRoot = (name: string, ...options: readonly string[]): string => {
  const root = join(tmpdir(), `${PREFIX}${dayBefore(0)}-${name}`)
  for (const old of readdirSync(tmpdir()).filter(each => each.startsWith(PREFIX) && each < `${PREFIX}${dayBefore(1)}`))
    rmSync(join(tmpdir(), old), { recursive: true, force: true })
  const words = [...options, SUITE, `${root}.draft`, mirrorOf()]
  perform('flock', `${root}.lock`, 'sh', '-c', MAKE, root, ...words)
  const { uid, mode } = lstatSync(root)
  if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`${root} is not root's own: remove it`)
  return root
}

/** The path of a clean Debian with sshd and sudo, for one test; it goes when the test ends. */
export const cleanRoot = (t: Test): string => {
  const model = cachedRoot('amd64', '--arch=amd64', '--include=openssh-server,sudo')
  const directory = mkdtempSync(join(tmpdir(), 'auditpatch-root-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const root = join(directory, 'root')
  perform('cp', '--archive', '--reflink=auto', model, root)
  perform('chmod', '0755', root)
  return root
}

/** Debian's libraries for arm64, unpacked and not set up, for `qemu-aarch64-static -L`. */
export const arm64Libraries = (): string => cachedRoot('arm64', '--arch=arm64', '--foreign')
