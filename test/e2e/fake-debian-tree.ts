import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { perform } from './fake-clean-root.ts'

const FILES = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/sh\n',
  'etc/group': 'root:x:0:\nwww-data:x:33:\n',
  'etc/hosts': '127.0.0.1 localhost\n'
} as const
// large, and only what a package's scripts and postgres' compiler would want
const NOT_UNPACKED = /^(lib)?perl|^libllvm|^libz3|^locales_|^dpkg_|^iproute2_/
const NOT_KEPT = ['doc', 'info', 'locale', 'man'] as const

/**
 * Debian packages of this machine's release and what they depend on, unpacked into a new tree and not set up: no script runs,
 * no service starts, and the machine's own packages stay as they are.
 */
export const makeDebianTree = (tree: string, packages: readonly string[]): void => {
  for (const name of ['proc', 'sys', 'dev', 'run', 'root', 'etc', 'tmp', 'var/tmp', 'var/run', 'var/lock'])
    mkdirSync(join(tree, name), { recursive: true })
  for (const name of ['tmp', 'var/tmp']) chmodSync(join(tree, name), 0o1777)
  const archives = download(`${tree}.apt`, ['base-files', ...packages])
  for (const archive of archives) perform('dpkg-deb', '--extract', archive, tree)
  rmSync(`${tree}.apt`, { recursive: true })
  for (const name of NOT_KEPT) rmSync(join(tree, 'usr/share', name), { recursive: true, force: true })
  // as the scripts of base-files have it
  for (const [name, target] of [
    ['var/run', '/run'],
    ['var/lock', '/run/lock']
  ] as const) {
    mkdirSync(join(tree, target), { recursive: true })
    perform('cp', '--archive', `${join(tree, name)}/.`, join(tree, target))
    rmSync(join(tree, name), { recursive: true })
    symlinkSync(target, join(tree, name))
  }
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(tree, path), text)
}

// with lists and a cache of its own, and for a machine that has no package: so apt takes each that is needed
const download = (directory: string, packages: readonly string[]): readonly string[] => {
  const archives = join(directory, 'cache/archives')
  mkdirSync(join(archives, 'partial'), { recursive: true })
  mkdirSync(join(directory, 'lists/partial'), { recursive: true })
  writeFileSync(join(directory, 'status'), '')
  const own = [
    `Dir::State::status=${directory}/status`,
    `Dir::State::lists=${directory}/lists`,
    `Dir::Cache=${directory}/cache`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'Acquire::Retries=3'
  ].flatMap(each => ['-o', each])
  perform('apt-get', '-qq', ...own, 'update')
  perform('apt-get', '-qq', ...own, 'install', '--yes', '--download-only', '--no-install-recommends', ...packages)
  return readdirSync(archives)
    .filter(name => name.endsWith('.deb') && !NOT_UNPACKED.test(name))
    .map(name => join(archives, name))
}
