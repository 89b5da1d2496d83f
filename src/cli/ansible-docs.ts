import {
  type AnsibleOption,
  ansibleName,
  AUDIT_OPTIONS,
  AUDIT_TAKES,
  GIVEN_BY_MODULE,
  INFO_OPTIONS,
  INFO_TAKES,
  ROLE_NAMES_TOO,
  ROLE_OPTIONS
} from './ansible-options.ts'
import { EXIT_CODES } from './exit-codes.ts'
import type { OptionName } from './options.ts'

const PREFIX = 'kube_audit_'
const WIDTH = 110

/** The files of the Ansible collection that hold generated regions, as paths from the top. */
export const ANSIBLE_FILES = [
  'examples/ansible/plugins/module_utils/program.py',
  'examples/ansible/plugins/modules/audit.py',
  'examples/ansible/plugins/modules/audit_info.py',
  'examples/ansible/roles/kube_audit/meta/argument_specs.yml',
  'examples/ansible/roles/kube_audit/tasks/present.yml',
  'examples/ansible/roles/kube_audit/tasks/absent.yml',
  'examples/ansible/roles/kube_audit/tasks/inspect.yml',
  'examples/ansible/roles/kube_audit/vars/main.yml',
  'examples/ansible/roles/kube_audit/README.md'
] as const

// an option that the text names, as Ansible marks it up; `prefix` is that of the role's variables
const sentence = (text: string, prefix: string): string => {
  const marked = text
    .replaceAll('this machine', 'the managed node')
    .replace(/--([a-z][a-z-]*[a-z])(?![a-z-])/g, (_, name: string) => `I(${prefix}${name.replaceAll('-', '_')})`)
    .replace(/I\((?!kube_audit_)(?=\w)/g, `I(${prefix}`)
  // the program keeps its name
  const first = marked.charAt(0)
  return `${marked.startsWith('kubeadm') ? first : first.toUpperCase()}${marked.slice(1)}.`
}

const sentences = ({ doc, absent }: AnsibleOption, prefix = ''): string[] => [
  sentence(doc, prefix),
  ...(absent === undefined ? [] : [sentence(`when absent: ${absent}`, prefix)])
]

/** A text in double quotes on several lines, as YAML folds them; each line but the first is indented. */
const quoted = (text: string, indent: number): string => {
  const lines = ['']
  for (const word of JSON.stringify(text).split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && indent + line.length + word.length >= WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}

const optionDocs = (options: readonly AnsibleOption[], prefix = ''): string[] =>
  options.flatMap(each =>
    [
      `${prefix}${each.name}:`,
      `  description:`,
      ...sentences(each, prefix).map(text => `    - ${quoted(text, 6)}`),
      `  type: ${each.type}`,
      ...(each.choices ? ['  choices:', ...each.choices.map(choice => `    - ${choice}`)] : []),
      ...(each.default === undefined ? [] : [`  default: ${each.default}`])
    ].flatMap(text => text.split('\n'))
  )

const specs = (options: readonly AnsibleOption[]): string[] =>
  options.map(({ name, type, choices, default: fallback }) => {
    const more = [
      ...(choices ? [`'choices': [${choices.map(choice => `'${choice}'`).join(', ')}]`] : []),
      ...(fallback === undefined ? [] : [`'default': '${fallback}'`])
    ]
    return `'${name}': {${[`'type': '${type}'`, ...more].join(', ')}},`
  })

/** The names in Ansible of what a module passes on. */
const passedOn = (names: readonly OptionName[]): string[] => [
  ...new Set(names.filter(name => !GIVEN_BY_MODULE.includes(name)).map(ansibleName))
]

const commands = (takes: Readonly<Record<string, readonly OptionName[]>>): string[] =>
  Object.entries(takes).flatMap(([command, names]) => [
    `'${command}': [`,
    ...passedOn(names).map(name => `    '${name}',`),
    '],'
  ])

const FROM_ROLE = ['state', 'executable']

const passed = (names: readonly string[]): string[] =>
  names.filter(name => !FROM_ROLE.includes(name)).map(name => `${name}: "{{ ${PREFIX}${name} | default(omit) }}"`)

const namesOf = (options: readonly AnsibleOption[]): string[] => options.map(({ name }) => name)

const cell = (text: string): string => text.replaceAll(/[IC]\(([^)]*)\)/g, '`$1`').replaceAll('|', '\\|')

const variableTable = (): string[] => [
  '',
  '| variable | type | meaning |',
  '|---|---|---|',
  ...ROLE_OPTIONS.map(each => {
    const type = each.choices ? each.choices.join(', ') : each.type
    const fallback = each.default === undefined ? '' : ` Default: ${each.default}.`
    return `| \`${PREFIX}${each.name}\` | ${type} | ${cell(sentences(each, PREFIX).join(' '))}${fallback} |`
  }),
  ''
]

/** What is generated in the files of the collection, by the name of its region; lines without their indentation. */
export const ansibleRegions = (): Readonly<Record<string, readonly string[]>> => ({
  'exit-codes': EXIT_CODES.map(({ code, meaning }) => `${code}: ${JSON.stringify(meaning)},`),
  'audit-options': optionDocs(AUDIT_OPTIONS),
  'audit-arguments': specs(AUDIT_OPTIONS),
  'audit-commands': commands(AUDIT_TAKES),
  'info-options': optionDocs(INFO_OPTIONS),
  'info-arguments': specs(INFO_OPTIONS),
  'info-commands': commands(INFO_TAKES),
  'role-options': optionDocs(ROLE_OPTIONS, PREFIX),
  'role-present': passed(namesOf(AUDIT_OPTIONS).filter(name => name !== 'purge')),
  'role-absent': passed([...passedOn(AUDIT_TAKES.remove), 'rollback']),
  'role-info': passed(namesOf(INFO_OPTIONS).filter(name => name !== 'fail_on')),
  'role-names': [...namesOf(ROLE_OPTIONS), ...ROLE_NAMES_TOO].map(name => `- ${PREFIX}${name}`),
  'role-variables': variableTable()
})

/** A file of the collection with its regions brought up to date: what stands between `# <name>` and `# </name>`. */
export const fillAnsible = (text: string): string =>
  Object.entries(ansibleRegions()).reduce(
    (current, [name, lines]) =>
      current.replace(
        new RegExp(`^([ ]*)(# <${name}>|<!-- ${name} -->)\\n[\\s\\S]*?^[ ]*(# </${name}>|<!-- /${name} -->)$`, 'm'),
        (_, indent: string, open: string, close: string) =>
          [open, ...lines, close].map(line => (line === '' ? '' : `${indent}${line}`)).join('\n')
      ),
    text
  )
