import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Command } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { completionScript } from '../../src/cli/completion/completion-script.ts'
import { type Shell, SHELLS } from '../../src/cli/completion/words.ts'
import { EVERYWHERE } from '../../src/cli/options.ts'
import { POLICY_TEMPLATES } from '../../src/policy/templates.generated.ts'
import { askShell, noProgram } from '../fake-shell.ts'

const completion: Command = {
  name: 'completion',
  usage: '[shell]',
  summary: 'Print a completion script',
  options: [],
  positionals: 1,
  examples: [],
  run: () => Promise.resolve(0)
}
const commands = COMMANDS.some(({ name }) => name === 'completion') ? COMMANDS : [...COMMANDS, completion]

const names = Object.keys(POLICY_TEMPLATES)
const templates = names.map(name => `template:${name}`)
const files = ['my policy.yaml', 'policies']
const behind = (group: string): string[] =>
  commands.filter(({ name }) => name.startsWith(`${group} `)).map(({ name }) => name.slice(group.length + 1))

// prettier-ignore
const ROWS: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['', [...commands.map(({ name }) => name.split(' ')[0] ?? '')]],
  ['po', ['policy']],
  ['rest', ['restore']],
  ['nonsense ', []],
  ['policy ', behind('policy')],
  ['policy li', ['lint', 'list']],
  ['kubeadm ', behind('kubeadm')],
  ['--root / kubeadm s', ['save', 'show']],
  ['-o json -q policy ', behind('policy')],
  ['plan --log-ma', ['--log-maxage', '--log-maxbackup', '--log-maxsize']],
  ['--log-maxa', ['--log-maxage']],
  ['status --log', []],
  ['--vers', ['--version']],
  ['plan -o ', ['human', 'json']],
  ['-o ', ['human', 'json']],
  ['plan --output ', ['human', 'json']],
  ['plan --output=', ['--output=human', '--output=json']],
  ['plan --output=j', ['--output=json']],
  ['policy lint -o ', ['human', 'json', 'sarif']],
  ['check --output=s', ['--output=sarif']],
  ['policy test --fail-on ', ['error', 'info', 'warning']],
  ['apply --restart-kubelet n', ['never']],
  ['apply --log-mode b', ['batch', 'blocking', 'blocking-strict']],
  ['apply --log-compress ', ['false', 'true']],
  ['apply --log-path ', ['-', 'none', ...files]],
  ['apply --webhook-url ', []],
  ['apply --log-maxage ', []],
  ['policy explain --url ', []],
  ['apply --policy ', [...templates, ...files]],
  ['apply --policy template:f', ['template:falco']],
  ['apply --policy=template:e', ['--policy=template:everything-but-secrets', '--policy=template:exam']],
  ['policy lint ', [...templates, ...files]],
  ['policy lint template:exam policies/a.yaml template:b', ['template:baseline']],
  ['policy explain te', templates],
  ['policy explain --user system:admin template:b', ['template:baseline']],
  ['policy compare template:exam ', [...templates, ...files]],
  ['policy test template:exam policies/', ['policies/a.yaml', 'policies/b.yaml']],
  ['policy test template:exam ', files],
  ['immutable patch --from-strace ', files],
  ['immutable check pol', ['policies']],
  ['policy show ', names],
  ['policy show b', ['baseline']],
  ['render ', files],
  ['render pol', ['policies']],
  ['apply --manifest ', files],
  ['apply --settings=pol', ['--settings=policies']],
  ['--root ', ['policies']],
  ['apply --backup-dir ', ['policies']],
  ['kubeadm patches ', ['policies']],
  ['restore --yes 2', []],
  ['falco se', ['setup']],
  ['falco pol', ['policies']],
  ['falco setup --ca pol', ['policies']],
  ['falco setup se', []],
  ['falco setup --dir pol', ['policies']],
  ['completion ', ['bash', 'fish', 'zsh']],
  ['completion z', ['zsh']]
]

const optionRows = commands.map(({ name, options }) => {
  const own = [...options, ...EVERYWHERE, 'help']
  return [`${name} --`, own.map(each => `--${each}`)] as const
})

const directory = (t: Test): string =>
  t.testdir({ node: { policies: { 'a.yaml': '', 'b.yaml': '' }, 'my policy.yaml': '' } })

const sorted = (words: readonly string[]): string[] => [...new Set(words)].sort()

const offersAll = (t: Test, shell: Shell, before = ''): void => {
  const rows = [...ROWS, ...optionRows]
  const lines = rows.map(([line]) => `auditpatch ${line}`)
  const offers = askShell(shell, join(directory(t), 'node'), before + completionScript(shell, commands), lines)
  rows.forEach(([line, wanted], index) => {
    const words = offers[index]?.words ?? []
    // zsh finds the two dashes of everything-but-secrets too
    const own = line.endsWith(' --') ? words.filter(each => each.startsWith('--')) : words
    t.same(own, sorted(wanted), `${shell}: ${line}`)
  })
}

for (const shell of SHELLS) t.test(`what ${shell} offers`, { skip: noProgram(shell) }, async t => offersAll(t, shell))

const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion'
const noPackage = !existsSync(BASH_COMPLETION) && process.env.CI === undefined && 'NEEDS bash-completion'

t.test('what bash offers where the package bash-completion is loaded', { skip: noPackage }, async t =>
  offersAll(t, 'bash', `source ${BASH_COMPLETION} || exit\n`)
)

for (const shell of ['zsh', 'fish'] as const) {
  t.test(`${shell} tells what the words mean`, { skip: noProgram(shell) }, async t => {
    const lines = ['auditpatch ', 'auditpatch policy ', 'auditpatch plan --log-maxa', 'auditpatch plan --policy te']
    const script = completionScript(shell, commands)
    const shown = askShell(shell, join(directory(t), 'node'), script, lines).map(each => each.shown)
    const wanted = [
      /\bplan\b.*Show what apply would write/,
      /\blint\b.*reject/,
      /days that rotated logs/,
      /:exam\b.*exercises/
    ]
    wanted.forEach((each, index) => t.match(shown[index], each, lines[index] ?? ''))
  })
}

// readline takes a word apart at colons: only a terminal shows what becomes of the line
t.test('bash puts the words into its line', { skip: noProgram('bash') || noProgram('script') }, async t => {
  const dir = join(directory(t), 'node')
  const rows = [
    ['auditpatch policy explain template:ba\t', 'auditpatch policy explain template:baseline '],
    ['auditpatch plan --policy=template:m\t', 'auditpatch plan --policy=template:metadata-all '],
    ['auditpatch plan --output=j\t', 'auditpatch plan --output=json '],
    ["auditpatch plan --policy 'template:f\t", "auditpatch plan --policy 'template:falco' "],
    ['auditpatch pol\tli\tn\t', 'auditpatch policy lint '],
    ['auditpatch render my\t', 'auditpatch render my\\ policy.yaml '],
    ['auditpatch render pol\ta\t', 'auditpatch render policies/a.yaml '],
    ['auditpatch render --manifest=pol\tb\t', 'auditpatch render --manifest=policies/b.yaml ']
  ] as const
  const lines = await typedIntoBash(
    dir,
    completionScript('bash', commands),
    rows.map(([keys]) => keys)
  )
  rows.forEach(([keys, wanted], index) => t.equal(lines[index], wanted, JSON.stringify(keys)))
})

const typedIntoBash = async (dir: string, script: string, keys: readonly string[]): Promise<string[]> => {
  writeFileSync(`${dir}-script`, script)
  const start = `source '${dir}-script'; bind -x '"\\C-t": printf "%s\\n" "$READLINE_LINE" >>"${dir}-lines"; READLINE_LINE='; PS1=; echo REA''DY`
  const shell = spawn('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
    cwd: dir,
    env: { ...process.env, TERM: 'dumb', INPUTRC: '/dev/null' }
  })
  shell.stdin.write(`${start}\n`)
  let seen = ''
  for await (const chunk of shell.stdout) {
    seen += String(chunk)
    if (!seen.includes('READY') || shell.stdin.writableEnded) continue
    shell.stdin.end(`${keys.map(each => `${each}\x14`).join('')}exit\n`)
  }
  return readFileSync(`${dir}-lines`, 'utf8').split('\n')
}
