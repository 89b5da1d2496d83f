import { posix } from 'node:path'
import { covers } from '../../paths.ts'

/** What programs of an image lie where: the directories that are links to others, and the names in each. */
export interface ImageFiles {
  readonly links: Readonly<Record<string, string>>
  readonly programs: Readonly<Record<string, readonly string[]>>
  /** Names of programs that it is known not to have. */
  readonly lacks: readonly string[]
}

/** A container in which commands are run one after the other: what they do to its files stays. */
export interface Machine {
  readonly image: ImageFiles
  /** Paths without links of programs and of what commands made. */
  readonly files: Set<string>
  readonly directories: Set<string>
  /** Paths from which something was moved elsewhere. */
  readonly moved: Set<string>
  /** Why files of the image cannot be removed, as a program would say it; null where they can. */
  readonly refusal: string | null
  /** What the current command has slept. */
  seconds: number
  /** What a program printed last to say that it failed. */
  complaint: string
  directory: string
}

/** A container of an image as it is when it starts. */
export const machineOf = (image: ImageFiles, refusal: string | null): Machine => {
  const files = Object.entries(image.programs).flatMap(([directory, names]) =>
    names.map(name => `${directory}/${name}`)
  )
  return {
    ...{ image, refusal, seconds: 0, complaint: '', directory: '/' },
    files: new Set(files),
    directories: new Set([...EVERYWHERE, ...files.flatMap(above)]),
    moved: new Set()
  }
}

const EVERYWHERE = ['/', '/tmp', '/etc', '/root', '/var', '/dev', '/proc', '/usr', '/home']

const above = (path: string): string[] => {
  const directory = posix.dirname(path)
  return directory === '/' ? [] : [directory, ...above(directory)]
}

/** A path without links, from the current directory. */
export const realPath = ({ image, directory }: Pick<Machine, 'image' | 'directory'>, path: string): string => {
  const absolute = posix.resolve(directory, path)
  const link = Object.keys(image.links).find(each => covers(each, absolute))
  return link === undefined ? absolute : `${image.links[link] ?? ''}${absolute.slice(link.length)}`
}

/** Notes what a program prints of its failure. Gives its exit code. */
export const fail = (machine: Machine, complaint: string, code = 1): number => {
  machine.complaint = complaint
  return code
}

const SEARCHED = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Where a program lies that is called so; undefined where there is none any more. */
export const programAt = (machine: Machine, name: string): string | undefined => {
  const tried = name.includes('/') ? [name] : SEARCHED.map(directory => `${directory}/${name}`)
  return tried.map(path => realPath(machine, path)).find(path => machine.files.has(path))
}

/** Images as they are made from Debian and from Alpine, as far as a probe needs them. */
export const IMAGES = {
  Debian: {
    links: { '/bin': '/usr/bin', '/sbin': '/usr/sbin' },
    programs: {
      '/usr/bin': [
        ...[
          'sh',
          'dash',
          'bash',
          'rm',
          'unlink',
          'touch',
          'mv',
          'cp',
          'ln',
          'chmod',
          'chown',
          'cat',
          'ls',
          'stat',
          'sleep'
        ],
        ...[
          'true',
          'false',
          'echo',
          'printf',
          'test',
          '[',
          'env',
          'which',
          'timeout',
          'nice',
          'find',
          'xargs',
          'sed',
          'grep'
        ],
        ...['perl', 'apt-get', 'dpkg', 'mkdir', 'rmdir', 'tar', 'date', 'id']
      ]
    },
    lacks: ['busybox', 'ash', 'apk', 'zsh', 'sudo']
  },
  Alpine: {
    links: {},
    programs: {
      '/bin': [
        ...[
          'busybox',
          'sh',
          'ash',
          'bash',
          'rm',
          'touch',
          'mv',
          'cp',
          'ln',
          'chmod',
          'chown',
          'cat',
          'ls',
          'stat',
          'sleep'
        ],
        ...['true', 'false', 'echo', 'printenv', 'mkdir', 'rmdir', 'sed', 'grep', 'tar', 'date', 'nice']
      ],
      '/usr/bin': ['test', '[', 'unlink', 'env', 'which', 'printf', 'timeout', 'find', 'xargs', 'wget', 'id'],
      '/sbin': ['apk']
    },
    lacks: ['dash', 'apt-get', 'dpkg', 'perl', 'zsh', 'sudo']
  }
} as const satisfies Readonly<Record<string, ImageFiles>>
