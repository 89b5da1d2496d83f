import { option, type OptionName, RUNNING, SETTINGS } from './options.ts'

/** An option of an Ansible module, or without a prefix of the role. */
export interface AnsibleOption {
  readonly name: string
  readonly type: 'str' | 'int' | 'bool' | 'path' | 'dict' | 'raw'
  readonly doc: string
  /** What holds where the option is absent, in words. */
  readonly absent?: string
  readonly default?: string
  readonly choices?: readonly string[]
}

/** What the module audit passes to the program, by what the program takes. */
export const AUDIT_TAKES = {
  plan: ['root', ...SETTINGS, 'purge', 'backup-dir'],
  apply: ['root', ...SETTINGS, ...RUNNING],
  remove: ['root', 'manifest', 'purge', ...RUNNING]
} as const satisfies Record<string, readonly OptionName[]>

/** What the module audit_info passes to the program. */
export const INFO_TAKES = {
  status: ['root', 'manifest', 'backup-dir'],
  check: ['root', 'manifest', 'backup-dir', 'fail-on', 'kubernetes-version', 'kubeconfig', 'kubectl', 'kubeadm-config']
} as const satisfies Record<string, readonly OptionName[]>

/** Options of the program that the module audit gives by itself, or by an option of its own that says the same. */
export const GIVEN_BY_MODULE: readonly OptionName[] = ['yes', 'no-wait', 'no-rollback']

// where the words for the command line would mislead
const WORDING: Readonly<Partial<Record<OptionName, Partial<AnsibleOption>>>> = {
  settings: { doc: 'a YAML file of this machine with settings of the program by name; the options here win' },
  root: { doc: 'look up every file path of the node below this directory; files that are named to be read are not' },
  'log-format': { doc: 'the format of the log, json or legacy' },
  'log-mode': { doc: 'how events are written, batch, blocking or blocking-strict' },
  'webhook-mode': { doc: 'how events are sent, batch, blocking or blocking-strict' },
  'webhook-config': { doc: 'a kubeconfig to install for the webhook backend, a file of this machine' },
  'kubernetes-version': {
    doc: 'the release whose rules count; put it in quotes: 1.30 without them is the number 1.3'
  },
  set: {
    type: 'dict',
    doc: 'any other C(--audit-*) flag: a mapping of its name, as audit-log-batch-max-size, to its value; a list is joined with commas'
  },
  wait: {
    doc: 'wait for the new kube-apiserver; false writes and does not wait',
    absent: 'it is waited for where a kubelet runs and the root is /'
  },
  purge: {
    doc: 'remove the policy and webhook files too that auditpatch made, logs stay; only with I(state=absent)',
    absent: 'they stay'
  },
  'fail-on': {
    doc: 'fail when there is a finding of this severity or a worse one',
    absent: 'findings never make the module fail, and C(passed) is false where there is an error'
  }
}

const EXECUTABLE: AnsibleOption = {
  name: 'executable',
  type: 'path',
  doc: 'the program auditpatch on the managed node',
  absent: 'auditpatch on the PATH, in /usr/local/bin and in the directories of system programs'
}

const OWN: readonly AnsibleOption[] = [
  {
    name: 'state',
    type: 'str',
    doc: 'with present, audit logging is switched on with the given options; with absent, every audit setting and what only served it is taken out',
    default: 'present',
    choices: ['present', 'absent']
  },
  EXECUTABLE,
  {
    name: 'policy_content',
    type: 'raw',
    doc: 'the audit policy itself, a mapping or YAML text, in place of I(policy)'
  },
  {
    name: 'rollback',
    type: 'bool',
    doc: 'put everything back when the change fails; false leaves it',
    absent: 'it is put back'
  }
]

/** The name of an option of the program in Ansible. */
export const ansibleName = (name: OptionName): string => name.replaceAll('-', '_')

const NUMBERS = ['DAYS', 'N', 'MIB']
const PLACES = ['PATH', 'FILE', 'DIR']

const typeOf = (name: OptionName): AnsibleOption['type'] => {
  const { type, value = '' } = option(name)
  if (type === 'flag' || value === 'BOOL') return 'bool'
  if (NUMBERS.includes(value)) return 'int'
  return PLACES.includes(value) ? 'path' : 'str'
}

// a module has no standard input
const withoutStdin = (text: string): string =>
  text
    .split('; ')
    .filter(phrase => !phrase.includes('standard input'))
    .join('; ')

const rowOf = (name: OptionName): AnsibleOption => {
  const { doc, choices, default: fallback } = option(name)
  const [, text = doc, absent = fallback] = /^(.*?)(?: \[(.*)\])?$/.exec(doc) ?? []
  return {
    name: ansibleName(name),
    type: typeOf(name),
    doc: withoutStdin(text),
    ...(absent === undefined ? {} : { absent }),
    ...(choices ? { choices } : {}),
    ...WORDING[name]
  }
}

const rowsOf = (names: readonly OptionName[], own: readonly AnsibleOption[]): readonly AnsibleOption[] => [
  ...own,
  ...[...new Set(names)].filter(name => !GIVEN_BY_MODULE.includes(name)).map(rowOf)
]

/** The options of the module audit. */
export const AUDIT_OPTIONS = rowsOf(Object.values(AUDIT_TAKES).flat(), OWN)

/** The options of the module audit_info. */
export const INFO_OPTIONS = rowsOf(Object.values(INFO_TAKES).flat(), [EXECUTABLE])

// options of the role that are not those of its modules, or mean a little more
const ROLE_OWN: readonly AnsibleOption[] = [
  {
    ...EXECUTABLE,
    doc: 'the path of an auditpatch that is on the managed node already, as /usr/bin/auditpatch; the role then copies none',
    absent: 'the role copies the program there, and I(binary_dir) says where from'
  },
  {
    name: 'binary_dir',
    type: 'path',
    doc: 'a directory of the controller with auditpatch-linux-x64, auditpatch-linux-arm64 and SHA256SUMS, as C(npm run build:binary) makes them; the role copies the one that fits the managed node to I(install_dir) there, and compares its checksum',
    absent: 'the role copies nothing, and I(executable) has to name a program that is on the managed node'
  },
  {
    name: 'install_dir',
    type: 'path',
    doc: 'the directory of the managed node that the program is copied to; it is made where it is not there',
    default: '/usr/local/bin'
  },
  {
    name: 'allow_parallel',
    type: 'bool',
    doc: 'let the role run on several hosts of a batch at once; without a wait each restarts its kube-apiserver at the same time',
    default: 'false'
  },
  {
    ...rowOf('fail-on'),
    doc: 'the mildest finding that the playbook verify and the tasks check.yml fail for',
    absent: 'error'
  },
  {
    name: 'verify',
    type: 'bool',
    doc: 'look at the node afterwards, and fail where it is not as wished',
    default: 'true'
  }
]

/** The options of the role, by their names without its prefix. */
export const ROLE_OPTIONS: readonly AnsibleOption[] = [
  ...new Map([...INFO_OPTIONS, ...AUDIT_OPTIONS, ...ROLE_OWN].map(each => [each.name, each] as const)).values()
]

/** Names that begin as the role's options do and are none: what its playbooks take, and what it registers. */
export const ROLE_NAMES_TOO = ['hosts', 'become', 'result'] as const
