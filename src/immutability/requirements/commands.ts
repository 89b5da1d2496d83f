import { nameOf } from '../../paths.ts'
import { listAt, recordAt, stringAt, valueAt, type Unknown } from '../../text/guard.ts'
import type { Path } from '../../text/locate.ts'
import type { Requirement } from '../requirement.ts'
import { type ContainerSubject, isWritable, mountAt, wordsOf } from '../subject.ts'
import { WRAPPERS } from '../written/command-wrappers.ts'
import { changesFiles, commandWrites } from '../written/command-writes.ts'
import { installsCode } from '../written/installs-code.ts'

const stringsAt = (value: unknown, key: string): string[] =>
  listAt(value, key).flatMap(each => (typeof each === 'string' ? [each] : []))

/** The words that a container starts with: its command, then its args. */
export const argvOf = (container: Unknown): string[] => [
  ...stringsAt(container, 'command'),
  ...stringsAt(container, 'args')
]

// the options of env that take the next word
const ENV_WITH_VALUE = /^(-[A-Za-z]*[uC]|--unset|--chdir)$/

const shellOf = ([word = '', ...rest]: readonly string[]): string | undefined => {
  const name = nameOf(word)
  if (name === 'env') return shellOf(behindEnv(rest))
  const program = name === 'busybox' ? nameOf(rest[0] ?? '') : name
  return WRAPPERS.get(program)?.runs === 'shell' ? word : undefined
}

const behindEnv = (words: readonly string[]): readonly string[] => {
  const [word, ...rest] = words
  if (word === undefined || !/^-|=/.test(word)) return words
  return behindEnv(ENV_WITH_VALUE.test(word) ? rest.slice(1) : rest)
}

/** The commands that are run in a container besides its own: those of its probes and of its lifecycle. */
export const HOOKS = [
  ['startupProbe'],
  ['livenessProbe'],
  ['readinessProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop']
] as const satisfies readonly Path[]

interface Hook {
  readonly name: string
  readonly path: Path
  readonly argv: readonly string[]
}

/** The commands of a container's hooks that change files where no volume takes them. */
export const changingHooks = ({ container, mounts }: ContainerSubject): Hook[] =>
  HOOKS.flatMap(way => {
    const exec = recordAt(valueAt(container.data, way), 'exec')
    const argv = stringsAt(exec, 'command')
    const isHeld = (path: string): boolean => {
      const mount = mountAt(mounts, path)
      return mount !== undefined && isWritable(mount)
    }
    const written = commandWrites(argv, stringAt(container.data, 'workingDir'))
    const isHarmless = written.length > 0 && written.every(({ path }) => isHeld(path)) && !installsCode(argv)
    return changesFiles(argv) && !isHarmless
      ? [{ name: way.join('.'), path: [...container.path, ...way, 'exec', 'command'], argv }]
      : []
  })

/** What a container is told to run. */
export const COMMAND_REQUIREMENTS = [
  {
    code: 'shell-command',
    severity: 'warning',
    about: 'container',
    what: "the image's program without a shell",
    why: 'an image with a shell is an image in which anything can be run',
    judge: ({ container }) => {
      const list = stringsAt(container.data, 'command').length > 0 ? 'command' : 'args'
      const shell = shellOf(argvOf(container.data))
      return shell === undefined
        ? []
        : [
            {
              path: [...container.path, list, 0],
              message: `${wordsOf(container)} is started by a shell (${shell})`,
              remediation: 'start the program itself; an image without a shell gives nobody one'
            }
          ]
    }
  },
  {
    code: 'package-manager',
    severity: 'error',
    about: 'container',
    what: 'all code in the image',
    why: 'what is fetched at the start is other code each time, and fails where the root file system is read-only',
    judge: ({ container }) => {
      const installed = installsCode(argvOf(container.data))
      const list = installsCode(stringsAt(container.data, 'command')) ? 'command' : 'args'
      return installed
        ? [
            {
              path: [...container.path, list],
              message: `${wordsOf(container)} fetches code when it starts (${installed.word})`,
              remediation: 'build it into the image'
            }
          ]
        : []
    }
  },
  {
    code: 'changing-hook',
    severity: 'error',
    about: 'container',
    what: 'probes and hooks that only look',
    why: 'it changes the container while it runs; where the root file system is read-only it fails, and a failing startupProbe ends the container',
    judge: subject =>
      changingHooks(subject).map(({ name, path }) => ({
        path,
        message: `${wordsOf(subject.container)} is changed by its ${name}`,
        remediation: 'build the change into the image and take the command out'
      }))
  }
] as const satisfies readonly Requirement[]
