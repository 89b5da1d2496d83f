import { placeOf } from './writable-places.ts'
import type { WrittenPath } from './written-path.ts'

/** What an option or a variable is called that names a place to write. */
const WORDS = new Set([
  ...['log', 'logs', 'xlog', 'logging', 'logdir', 'logfile', 'cache', 'cachedir', 'data', 'datadir', 'tsdb', 'state'],
  ...[
    'tmp',
    'temp',
    'tmpdir',
    'tempdir',
    'work',
    'workdir',
    'dump',
    'heapdump',
    'spool',
    'storage',
    'upload',
    'uploads'
  ],
  ...['output', 'pid', 'pidfile', 'sock', 'socket']
])

/** A word of a command line, or a variable, with the text that says what it is for. */
interface Named {
  readonly label: string
  readonly value: string
  readonly because: string
}

/**
 * The places that the options of a program and its variables name for logs, caches, data and the like, where an empty volume
 * does; by their names alone, so `--log-file=/var/log/x.log`, `-XX:HeapDumpPath=/var/log` and `LOG_DIR`.
 */
export const namedWrites = (
  argv: readonly string[],
  variables: readonly (readonly [name: string, value: string])[]
): WrittenPath[] =>
  [
    ...argv.flatMap((word, index) => ofWord(word, argv[index - 1] ?? '')),
    ...variables.map(([label, value]) => ({ label, value, because: `its variable ${label}` }))
  ].flatMap(toWrite)

const ofWord = (word: string, before: string): Named[] => {
  const because = `its argument ${word.slice(0, 60)}`
  if (word.startsWith('/')) return before.startsWith('-') ? [{ label: before, value: word, because }] : []
  const [, label, value] = /^(-[^/\s]*[=:])(\/\S*)$/.exec(word) ?? []
  return label === undefined || value === undefined ? [] : [{ label, value, because }]
}

const toWrite = ({ label, value, because }: Named): WrittenPath[] => {
  const words = label
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
  const path = /^\/[\w.@+-]+(?:\/[\w.@+-]+)*(?=\/?$)/.exec(value)?.[0]
  if (path === undefined || path.split('/').includes('..') || !words.some(word => WORDS.has(word))) return []
  const isFile = !value.endsWith('/') && /[^/]\.\w+$/.test(path)
  const directory = isFile ? path.slice(0, path.lastIndexOf('/')) || '/' : path
  const { rule } = placeOf(directory)
  return rule === 'volume' || rule === 'whole'
    ? [{ path, kind: isFile ? 'file' : 'directory', isOwnDirectory: false, because }]
    : []
}
