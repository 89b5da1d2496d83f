import type { OptionsWithValue } from './command-options.ts'

/** A program that installs code. */
export interface Installer extends OptionsWithValue {
  readonly names: string
  /** The subcommands that install; any operand does where there are none. */
  readonly words?: readonly string[]
  readonly isTwoWords?: true
  /** Options that install. */
  readonly options?: readonly string[]
  /** Options with which it only asks. */
  readonly unless?: readonly string[]
  /** It installs without any word as well. */
  readonly isBare?: true
}

/** The programs that put code into a container. */
// prettier-ignore
export const INSTALLERS = [
  { names: 'apt-get apt aptitude', words: ['install', 'upgrade', 'dist-upgrade', 'full-upgrade', 'reinstall', 'build-dep'], short: 'oct', long: ['option', 'config-file', 'target-release'] },
  { names: 'apk', words: ['add', 'upgrade', 'fix'], short: 'Xpt', long: ['repository', 'root', 'arch', 'keys-dir', 'cache-dir', 'virtual'] },
  { names: 'yum dnf microdnf tdnf', words: ['install', 'reinstall', 'localinstall', 'groupinstall', 'update', 'upgrade'], short: 'cdexR', long: ['config', 'enablerepo', 'disablerepo', 'installroot', 'releasever', 'setopt'] },
  { names: 'zypper', words: ['install', 'in', 'update', 'up', 'dup', 'dist-upgrade', 'patch', 'source-install', 'si'], short: 'cRD', long: ['root', 'config', 'reposd-dir'] },
  { names: 'pacman', options: ['S', 'U', 'sync', 'upgrade'], unless: ['s', 'i', 'l', 'g', 'Q'] },
  { names: 'dpkg', options: ['i', 'install', 'unpack'] },
  { names: 'rpm', options: ['i', 'U', 'F', 'install', 'upgrade', 'freshen'], unless: ['q', 'query', 'V', 'verify'] },
  { names: 'pip pip2 pip3 pipx', words: ['install', 'wheel', 'inject'], long: ['proxy', 'log', 'cache-dir', 'python', 'retries', 'timeout'] },
  { names: 'uv', words: ['pip install', 'tool install', 'python install'], isTwoWords: true },
  { names: 'conda mamba micromamba', words: ['install', 'create', 'update'] },
  { names: 'poetry', words: ['install', 'add', 'update'] },
  { names: 'npm', words: ['install', 'i', 'in', 'ci', 'clean-install', 'add', 'update', 'up', 'exec', 'x', 'install-ci-test', 'it', 'cit'], short: 'C', long: ['prefix', 'registry', 'loglevel', 'cache', 'userconfig'] },
  { names: 'npx bunx pnpx' },
  { names: 'yarn', words: ['install', 'add', 'up', 'upgrade', 'dlx', 'global'], long: ['cwd'], isBare: true },
  { names: 'pnpm bun', words: ['install', 'i', 'add', 'update', 'up', 'dlx', 'x'], short: 'C', long: ['dir', 'cwd'] },
  { names: 'gem', words: ['install', 'update'] },
  { names: 'bundle bundler', words: ['install', 'update', 'add'] },
  { names: 'go', words: ['install', 'get'], short: 'C' },
  { names: 'cargo', words: ['install', 'binstall', 'fetch', 'add'], short: 'C' },
  { names: 'composer', words: ['install', 'require', 'update', 'create-project'], short: 'd', long: ['working-dir'] },
  { names: 'pecl pear', words: ['install', 'upgrade'] },
  { names: 'cpan cpanm docker-php-ext-install' }
] as const satisfies readonly Installer[]
