import type { Requirement } from '../immutability/requirement.ts'
import { REQUIREMENTS } from '../immutability/requirements.ts'
import { EXIT_CODES } from './exit-codes.ts'
import {
  CLUSTER,
  EVERYWHERE,
  FALCO,
  FILTERS,
  FOUND,
  IMMUTABLE,
  option,
  type OptionName,
  PRACTICE,
  REQUEST,
  RUNNING,
  SETTINGS,
  SETUP
} from './options.ts'

const GROUPS: readonly (readonly [title: string, names: readonly OptionName[]])[] = [
  ['every command', EVERYWHERE],
  ['plan, apply, render, kubeadm', SETTINGS],
  ['apply, remove, restore, recover', RUNNING],
  ['kubeadm, check', CLUSTER],
  ['check', ['fix']],
  ['policy explain; log query takes those from --verb to --group', REQUEST],
  ['log query', [...FILTERS, ...FOUND]],
  ['check, policy lint, test, compare, immutable check, drill check', ['fail-on']],
  ['policy map, log summary', ['html']],
  ['log replay', ['against']],
  ['log summary', ['top']],
  ['log replay, summary, query', ['strict']],
  ['log replay, log summary', ['threads']],
  ['falco, with --follow; there `-o` is --option, and --output has no short form', FALCO],
  ['immutable patch', IMMUTABLE],
  ['falco setup', SETUP],
  ['drill start, exam', PRACTICE]
]

const row = (name: OptionName): string => {
  const { alias, value, doc, default: fallback, choices } = option(name)
  const given = choices ? choices.join('|') : value
  const term = `${alias === undefined ? '' : `-${alias}, `}--${name}${given === undefined ? '' : ` ${given}`}`
  return `| \`${term.replaceAll('|', '\\|')}\` | ${doc}${fallback === undefined ? '' : ` [${fallback}]`} |`
}

const ALL: readonly Requirement[] = REQUIREMENTS

/** The tables of the README that follow from the code, by the name of their place in it. */
export const readmeTables = (): Readonly<Record<string, string>> => ({
  options: GROUPS.map(([title, names]) =>
    [`**${title}**`, '', '| option | meaning [default] |', '|---|---|', ...names.map(row)].join('\n')
  ).join('\n\n'),
  requirements: [
    '| code | wanted | else |',
    '|---|---|---|',
    ...ALL.map(
      ({ code, what, severity, since }) =>
        `| \`${code}\` | ${what}${since === undefined ? '' : ` (since ${since})`} | ${severity} |`
    )
  ].join('\n'),
  'exit-codes': [
    '| code | meaning |',
    '|---|---|',
    ...EXIT_CODES.map(({ code, meaning }) => `| ${code} | ${meaning} |`)
  ].join('\n')
})

/** A README with its tables brought up to date: what stands between `<!-- name -->` and `<!-- /name -->`. */
export const fillReadme = (text: string): string =>
  Object.entries(readmeTables()).reduce(
    (current, [name, table]) =>
      current.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- /${name} -->)`),
        (_, open: string, close: string) => `${open}\n${table}\n${close}`
      ),
    text
  )
