import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const src = join(root, 'src')

// floor of each room: a file imports its own room or a lower floor. Of two rooms that share a floor in the house, pod stands
// on audit (which flags are booleans decides where a value ends), checks on startup (what would not start is a finding) and
// apply on inspect (what it waits for must be found)
const FLOORS: Readonly<Record<string, number>> = {
  cli: 9,
  render: 8,
  drills: 7,
  apply: 6.5,
  inspect: 6,
  serve: 6,
  pool: 6,
  checks: 5,
  startup: 4.5,
  plan: 4,
  manifest: 3,
  policy: 3,
  kubeadm: 3,
  logs: 3,
  falco: 3,
  immutability: 3,
  facts: 3,
  pod: 2.5,
  audit: 2,
  text: 1,
  host: 1,
  '': 0
}

// who may import a package or a module that touches the machine
const DOORS: readonly {
  readonly door: RegExp
  readonly rooms: readonly string[]
  readonly files?: readonly string[]
}[] = [
  { door: /^(yaml|diff)$/, rooms: ['text'] },
  { door: /^yargs(\/|$)/, rooms: ['cli'] },
  { door: /^@marcbachmann\/cel-js$/, rooms: [], files: ['logs/where.ts'] },
  { door: /^@bufbuild\/re2$/, rooms: [], files: ['text/regular-expression.ts'] },
  { door: /^fs-extra(\/|$)/, rooms: ['host', 'pool'] },
  { door: /^node:(readline|tty)$/, rooms: [], files: ['cli/io.ts'] },
  { door: /^node:fs$/, rooms: ['host', 'pool'], files: ['cli/io.ts'] },
  {
    door: /^node:(fs|os|url|child_process|net|http|https|tls|dns|worker_threads|cluster|process|dgram|v8|vm)/,
    rooms: ['host', 'pool']
  },
  { door: /^node:(path|crypto|zlib|util|buffer|string_decoder|module|perf_hooks|timers)/, rooms: Object.keys(FLOORS) }
]

interface File {
  readonly path: string
  readonly room: string
  readonly text: string
  readonly imports: readonly { readonly from: string; readonly isType: boolean }[]
}

const files: File[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => {
    const text = readFileSync(join(src, path), 'utf8')
    const imports = [
      ...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm)
    ].map(match => ({
      from: match[2] ?? match[3] ?? '',
      isType: match[1] !== undefined
    }))
    return { path, room: path.includes('/') ? (path.split('/')[0] ?? '') : '', text, imports }
  })

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

const roomOf = (file: File, from: string): string => {
  const target = relative(src, resolve(src, dirname(file.path), from))
  return target.includes('/') ? (target.split('/')[0] ?? '') : ''
}

t.test('a file imports its own room or a lower floor', async t => {
  t.ok(files.length > 50, 'the files were found')
  for (const file of files) {
    t.type(FLOORS[file.room], 'number', `${file.path} is in a room of the house`)
    for (const { from } of file.imports.filter(each => each.from.startsWith('.'))) {
      const room = roomOf(file, from)
      const isLower = (FLOORS[room] ?? 99) < (FLOORS[file.room] ?? -1)
      if (room === file.room || isLower) continue
      t.fail(`${file.path} imports ${from}: from ${file.room} to ${room}`)
    }
  }
})

t.test('host is imported from floor 6 up', async t => {
  for (const file of files) {
    const importsHost = file.imports.some(({ from }) => from.startsWith('.') && roomOf(file, from) === 'host')
    if (importsHost && file.room !== 'host') t.ok((FLOORS[file.room] ?? 0) >= 6, `${file.path} may know the machine`)
  }
})

t.test('packages and modules come in by their doors', async t => {
  for (const file of files) {
    for (const { from } of file.imports.filter(each => !each.from.startsWith('.'))) {
      const rule = DOORS.find(({ door }) => door.test(from))
      const isAllowed = rule?.rooms.includes(file.room) === true || rule?.files?.includes(file.path) === true
      t.ok(isAllowed, `${file.path} may import ${from}`)
    }
  }
})

t.test('console and process only where the program talks', async t => {
  for (const file of files) {
    if (['cli/io.ts', 'cli/run.ts', 'cli/run-binary.ts'].includes(file.path) || file.room === 'host') continue
    t.notMatch(
      withoutComments(file.text),
      /\bconsole\.|(?<![.\w])process\.(stdout|stderr|stdin|exit|exitCode|env|cwd|on\()/,
      file.path
    )
  }
})

t.test('files are small, named for what they hold, and typed', async t => {
  for (const file of files) {
    const lines = file.text.split('\n').length - 1
    if (!file.path.endsWith('.generated.ts')) t.ok(lines <= 300, `${file.path} has ${lines} lines`)
    t.notMatch(file.path, /(^|\/)(utils?|helpers?|common|misc|index|types)\.ts$/)
    t.notMatch(
      withoutComments(file.text),
      /:\s*any\b|<any>|\bas any\b|@ts-ignore|export default (?!stringWidth)|^(export )?(enum|namespace) /m,
      file.path
    )
  }
})

t.test('every export says what the caller gets', async t => {
  for (const file of files) {
    for (const match of file.text.matchAll(/^export (?:const|interface|type|class|async function|function) (\w+)/gm)) {
      const before = file.text.slice(0, match.index).trimEnd()
      const isTyped = /^export (interface|type)/.test(match[0])
      if (isTyped || file.path.endsWith('.generated.ts')) continue
      t.ok(
        before.endsWith('*/') ||
          /\/\/ prettier-ignore$/.test(before) ||
          /^export const [A-Z_]+\b/.test(match[0]) ||
          file.path.startsWith('cli/commands/') ||
          // a drill's words are its own
          /^[a-h]\d\d$/.test(match[1] ?? ''),
        `${file.path}: ${match[1] ?? ''} has a sentence`
      )
    }
  }
})

t.test('the top level holds what the design names', async t => {
  const allowed =
    /^(package\.json|package-lock\.json|tsconfig.*\.json|bin|src|templates|test|examples|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md|CONTRIBUTING\.md|\..*|.*\.config\.(js|mjs|ts)|build\.(binary|deb)\.mjs|node_modules|dist)$/
  for (const name of readdirSync(root)) t.match(name, allowed)
})
