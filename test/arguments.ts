import fc from 'fast-check'
import t from 'tap'
import type { Command } from '../src/cli/command.ts'
import { COMMANDS } from '../src/cli/commands.ts'
import { type Args, EVERYWHERE, option, type OptionName, OPTIONS } from '../src/cli/options.ts'
import { parseArguments } from '../src/cli/parse.ts'
import { falcoWords } from '../src/cli/falco/falco-words.ts'
import { readArguments } from '../src/cli/read-arguments.ts'

const RUNS = Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 300)
const NAMES = Object.keys(OPTIONS) as OptionName[] // as: the keys of a literal

const shown = ({ name, options }: Command, args: Args): unknown => {
  const own = [...EVERYWHERE, ...options]
  return {
    name,
    texts: own.map(each => (option(each).type === 'string' ? args.text(each) : undefined)),
    flags: own.filter(each => option(each).type === 'flag' && args.has(each)),
    lists: own.map(each => (option(each).type === 'list' ? args.list(each) : [])),
    positionals: args.positionals
  }
}

const byYargs = async (argv: readonly string[]): Promise<unknown> => {
  try {
    const parsed = await parseArguments(argv, COMMANDS, 80)
    return parsed.kind === 'command' ? shown(parsed.command, parsed.args) : parsed.kind
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}

const value = fc.constantFrom(
  'x',
  '/a/b',
  '-',
  '12',
  'a=b',
  'audit-x=1',
  'template:exam',
  'json',
  'sarif',
  'never',
  'info',
  'a b'
)
const spelt = fc.constantFrom(...NAMES).chain(name => {
  const { alias, choices, type } = option(name)
  const names = alias === undefined ? [`--${name}`] : [`--${name}`, `-${alias}`]
  const values = choices ? fc.oneof(fc.constantFrom(...choices), value) : value
  if (type === 'flag') return fc.constantFrom(...names).map(word => [word])
  return fc
    .tuple(fc.constantFrom(...names), values, fc.boolean())
    .map(([word, given, isAttached]) => (isAttached && word.startsWith('--') ? [`${word}=${given}`] : [word, given]))
})
const odd = fc.constantFrom(
  '--',
  '--nope',
  '-z',
  '--root',
  '--yes=false',
  'true',
  'plan',
  'policy',
  '--help',
  '-qv',
  '-ojson',
  '--no-quiet',
  ''
)

t.test('what is read without yargs is what yargs would read', async t => {
  let read = 0
  const property = fc.asyncProperty(
    fc.constantFrom(...COMMANDS),
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: spelt },
        { weight: 2, arbitrary: value.map(word => [word]) },
        odd.map(word => [word])
      ),
      {
        maxLength: 4
      }
    ),
    fc.boolean(),
    async (command, words, isNamed) => {
      // most lines get options of their command, so that many are fit to be read
      const own = words.flat()
      const argv = [...(isNamed ? command.name.split(' ') : []), ...own]
      const chosen = readArguments(argv, COMMANDS)
      if (!chosen) return
      read += 1
      const found = shown(chosen.command, chosen.args)
      const wanted = await byYargs(argv)
      if (JSON.stringify(found) !== JSON.stringify(wanted))
        throw new Error(`${JSON.stringify(argv)}: ${JSON.stringify(found)}, yargs ${JSON.stringify(wanted)}`)
    }
  )
  await fc.assert(property, { numRuns: 2 * RUNS })
  t.ok(read > RUNS / 4, `${read} lines were read`)
})

t.test('every example of the help is read, or is for yargs', async t => {
  for (const command of COMMANDS)
    for (const [line] of command.examples) {
      const words = /\$0 ([^|>]*)/.exec(line)?.[1]?.trim().split(/ +/) ?? []
      t.equal(readArguments(falcoWords(words), COMMANDS)?.command.name, command.name, line)
    }
})

t.test('an option with one value is given one, at each command that has it', async t => {
  let [once, last] = [0, 0]
  for (const command of COMMANDS) {
    const given = [...EVERYWHERE, ...command.options].filter(name => option(name).type === 'string')
    const words = [...command.usage.matchAll(/</g)].map(() => 'x')
    for (const name of given) {
      const [one = 'a', two = 'b'] = [...(option(name).choices ?? [])]
      const line = (...values: string[]): string[] => [
        ...command.name.split(' '),
        ...words,
        ...values.flatMap(value => [`--${name}`, value])
      ]
      t.equal(
        readArguments(line(one, one), COMMANDS)?.args.text(name),
        one,
        `${command.name} --${name}: the same twice`
      )
      const read = readArguments(line(one, two), COMMANDS)
      if (EVERYWHERE.some(each => each === name)) {
        last += 1
        t.equal(read?.args.text(name), two, `${command.name} --${name}: the last counts`)
        continue
      }
      once += 1
      t.equal(read, undefined, `${command.name} --${name}: left to yargs`)
      // to ask it about all commands takes long
      if (!/^(log|apply)/.test(command.name)) continue
      t.match(await byYargs(line(one, two)), new RegExp(`^--${name}: one is wanted, found "${one}" and "${two}"`))
    }
  }
  t.ok(once > 50 && last > 50, `${once} options have one value, of ${last} the last counts`)
})

t.test('what is to be told of is left to yargs', async t => {
  for (const line of [
    '--help',
    'plan -h',
    'policy',
    'nope',
    'plan extra',
    'plan --polcy x',
    'plan --color red',
    'plan --policy a --policy b',
    'completion zsh fish'
  ])
    t.equal(readArguments(line.split(' '), COMMANDS), undefined, line)
  t.equal(
    readArguments(['plan', '--policy', '"quoted"'], COMMANDS)?.args.text('policy'),
    '"quoted"',
    'no quotes are taken off'
  )
})
