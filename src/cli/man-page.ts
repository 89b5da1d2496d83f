import { DEFAULT_LOG_PATH, DEFAULT_POLICY_PATH, DEFAULT_WEBHOOK_PATH } from '../audit/wanted.ts'
import { DEFAULT_MANIFEST } from '../facts/kubelet.ts'
import { RUN_LOG } from '../host/run-log.ts'
import { wrapText } from '../render/paint.ts'
import { COMMAND_GROUPS, type Command } from './command.ts'
import { EXIT_CODES } from './exit-codes.ts'
import {
  CLUSTER,
  EVERYWHERE,
  FILTERS,
  FOUND,
  option,
  OPTIONS,
  type OptionName,
  REQUEST,
  RUNNING,
  SETTINGS
} from './options.ts'

/** The man page auditpatch(1) of these commands as roff, with the date of a release as YYYY-MM-DD. */
export const manPage = (commands: readonly Command[], version: string, date: string): string =>
  [
    `.TH AUDITPATCH 1 ${date} "auditpatch ${version}" "User Commands"`,
    // an option that is divided at the end of a line cannot be searched for
    '.nh',
    '.nr HY 0',
    '.ad l',
    '.SH NAME',
    'auditpatch \\- switch on audit logging of a kubeadm control plane',
    ...section('SYNOPSIS', ['.B auditpatch', '.RI [ command ]', '.RI [ options ]']),
    ...section('DESCRIPTION', DESCRIPTION.flatMap(paragraph)),
    ...section('COMMANDS', commandParts(commands)),
    ...section('OPTIONS', GROUPS.flatMap(optionGroup)),
    ...section(
      'EXIT STATUS',
      EXIT_CODES.flatMap(({ code, meaning }) => term(bold(String(code)), prose(meaning)))
    ),
    ...section('ENVIRONMENT', term(bold('NO_COLOR'), prose('not empty: no colours unless --color always is given'))),
    ...section(
      'FILES',
      FILES.flatMap(([path, does]) => term(italic(path), prose(does)))
    ),
    ...section('EXAMPLES', examples(commands)),
    ...section('SEE ALSO', [
      '.BR kubeadm (1),',
      '.BR kubectl (1),',
      '.BR kubelet (1)',
      '.PP',
      '.UR https://kubernetes.io/docs/tasks/debug/debug\\-cluster/audit/',
      'Auditing of Kubernetes',
      '.UE'
    ])
  ].join('\n') + '\n'

const DESCRIPTION = [
  'auditpatch edits the manifest of the static pod kube-apiserver as text: audit flags, hostPath volumes and mounts go in, every other byte stays. It backs up, shows the diff, writes, waits for the new kube-apiserver, proves that an event reached the log, and puts everything back when that fails. Doing it again changes nothing; remove gives the old bytes back.',
  'Without a command it is plan, which writes nothing. No command asks a question unless a terminal is there to answer; with --yes none does. Standard output is for results, standard error for talk.'
]

const FILES: readonly (readonly [path: string, does: string])[] = [
  [DEFAULT_MANIFEST, "the manifest, unless the kubelet's configuration names another directory"],
  [DEFAULT_POLICY_PATH, 'the audit policy, unless the manifest names another file'],
  [DEFAULT_WEBHOOK_PATH, 'the kubeconfig of the webhook backend'],
  [DEFAULT_LOG_PATH, 'the audit log, unless the manifest names another file; never removed'],
  [
    option('backup-dir').default ?? '',
    'the backup sets that restore puts back. They stay when the program is removed: the manifest that it changed stays too, and they are the way back'
  ],
  [RUN_LOG, 'a line of JSON for every run that could write']
]

const NAMED: readonly (readonly [title: string, names: readonly OptionName[]])[] = [
  ['Everywhere', [...EVERYWHERE, 'help', 'version']],
  ['Settings', SETTINGS],
  ['Running', RUNNING],
  ['The request', REQUEST],
  ['Events of a log', [...FILTERS, ...FOUND]],
  ['The cluster', CLUSTER]
]

const GROUPS: typeof NAMED = [
  ...NAMED,
  [
    'Of single commands',
    // the keys of a literal
    (Object.keys(OPTIONS) as OptionName[]).filter(name => !NAMED.some(([, names]) => names.includes(name)))
  ]
]

const section = (title: string, lines: readonly string[]): string[] => [`.SH ${title}`, ...lines]

const commandParts = (commands: readonly Command[]): string[] => [
  ...commands.filter(({ name }) => !Object.hasOwn(COMMAND_GROUPS, name.split(' ', 1)[0] ?? '')).flatMap(commandPart),
  ...Object.entries(COMMAND_GROUPS).flatMap(([group, doc]) => {
    const own = commands.filter(({ name }) => name.startsWith(`${group} `))
    return own.length > 0 ? [`.SS ${group}`, ...prose(doc), ...own.flatMap(commandPart)] : []
  })
]

const commandPart = ({ name, usage, summary, details, options, formats }: Command): string[] => {
  const takes = taken(options)
  return [
    ...term(usage === '' ? bold(name) : `${bold(name)} ${usageWords(usage)}`, prose(summary)),
    ...(details === undefined ? [] : ['.IP', ...(details.includes('\n') ? verbatim(details) : prose(details))]),
    ...(formats === undefined ? [] : ['.IP', ...prose(`--output may be ${formats.join(', ')} too.`)]),
    ...(takes === '' ? [] : ['.IP', ...prose(`Options: ${takes}.`)])
  ]
}

/** The options of a command besides those of every one, whole groups by their title. */
const taken = (options: readonly OptionName[]): string => {
  const whole = GROUPS.slice(1).filter(([, names]) => names.every(name => options.includes(name)))
  const single = options.filter(name => !whole.some(([, names]) => names.includes(name)))
  return [...whole.map(([title]) => `those of ${title}`), ...single.map(name => `--${name}`)].join(', ')
}

const optionGroup = ([title, names]: (typeof GROUPS)[number]): string[] => [
  `.SS ${title}`,
  ...names.flatMap(name => {
    const { alias, value, doc, default: usual, choices } = option(name)
    const short = alias === undefined ? '' : `${bold(`-${alias}`)}, `
    const given = choices?.join('|') ?? value
    const long = `${bold(`--${name}`)}${given === undefined ? '' : ` ${italic(given)}`}`
    return term(short + long, prose(usual === undefined ? doc : `${doc} [${usual}]`))
  })
]

const examples = (commands: readonly Command[]): string[] =>
  commands
    .flatMap(command => command.examples.slice(0, 1))
    .flatMap(([line, does]) => term(bold(line.replaceAll('$0', 'auditpatch')), prose(does)))

const paragraph = (text: string, index: number): string[] => [...(index === 0 ? [] : ['.PP']), ...prose(text)]

const term = (head: string, lines: readonly string[]): string[] => ['.TP', head, ...lines]

const verbatim = (text: string): string[] => ['.EX', ...text.split('\n').map(guarded), '.EE']

const usageWords = (usage: string): string =>
  usage
    .split(/([\w|]+)/)
    .map((part, index) => (index % 2 === 1 ? italic(part) : escaped(part)))
    .join('')

const bold = (text: string): string => `\\fB${escaped(text)}\\fR`

const italic = (text: string): string => `\\fI${escaped(text)}\\fR`

// what somebody may copy from the page must stay a minus
const escaped = (text: string): string => text.replaceAll('\\', '\\e').replaceAll('-', '\\-')

// at the start of a line a dot or a quote would be a request
const guarded = (line: string): string => escaped(line).replace(/^(?=[.'])/, '\\&')

/** Sentences as lines of at most 80 characters; a new sentence begins a line, so that it gets its space. */
const prose = (text: string): string[] =>
  text
    .split(/(?<=[.!?]) /)
    .flatMap(sentence => wrapText(escaped(sentence), 78))
    .map(line => line.replace(/^(?=[.'])/, '\\&'))
