import { configurationOf, DEFAULT_TREE } from '../../falco/configuration.ts'
import { type ConfigurationTree, mergedTrees, readTree } from '../../falco/configuration-tree.ts'
import { printCondition } from '../../falco/print-condition.ts'
import { type SyscallEvent, syscallSource } from '../../falco/syscall-source.ts'
import { AuditError } from '../../errors.ts'
import { type HostPath, hostPath, join } from '../../paths.ts'
import type { Drill, Keep, Shortfall } from '../drill.ts'
import {
  DEFAULT_FILE,
  FALCO_YAML,
  falcoNode,
  falcoYaml,
  LOCAL_FILE,
  RULES_DIRECTORY,
  ruleNames,
  SHELLS
} from '../falco/default-rules.ts'
import { type NodeRules, rulesLoader } from '../falco/node-rules.ts'
import { opened, podPlace, type Process, started } from '../falco/processes.ts'
import { ofRule, onTrial, otherRulesStay, rulesAtStart, rulesGoals, type Trial } from '../falco/rule-goals.ts'
import { firstDifference } from '../goals/first-difference.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import type { Pick } from '../pick.ts'

export const g04: Drill = {
  id: 'g04',
  title: 'Rules in the wrong order',
  family: 'falco',
  minutes: 7,
  points: 7,
  lesson:
    'Falco loads rules file by file in the order of rules_files, and each file has to be right with what came before it: what is appended to must be there. There are no enter events any more, so evt.dir says nothing, and rules do not need it.',
  make: pick => {
    const names = ruleNames(pick)
    const own = pick.one(['Node Device Opened', 'Device File Opened', 'Device Opened in Container'])
    const device = pick.one(['/dev/kmsg', '/dev/mem', '/dev/sda'])
    const [had = '', ...wanted] = pick.some(['busybox', 'elvish', 'fish', 'nu', 'tcsh', 'xonsh', 'yash'], 3)
    const order = pick.one(ORDERS)
    const start = falcoNode(pick, names, localText(own, device, [had], true), order)
    const right = [DEFAULT_FILE, LOCAL_FILE, RULES_DIRECTORY]
    const solution = new Map<HostPath, string>([
      [FALCO_YAML, falcoYaml(right)],
      [LOCAL_FILE, localText(own, device, [had, ...wanted], false)]
    ])
    const solved = falcoNode(pick, names, localText(own, device, [had], false), right)
    const load = rulesLoader(syscallSource())
    const before = rulesAtStart(solved, load)
    const { shells, devices } = trialsOf(pick, device, [had, ...wanted], wanted)
    return {
      task: [
        'Falco does not start on this node: its own rules are not loaded in the right order. Put that right.',
        { settings: FALCO_YAML, 'own rules': LOCAL_FILE, 'rules of the package': DEFAULT_FILE },
        `Besides, ${wanted.join(' and ')} are shells too: add both to the list shell_binaries, as ${had} was added, so that the rule "${names.shell}" tells of them. And Falco warns that the rule "${own}" uses a field that says nothing any more: take it out. The rule has to go on telling of the same.`,
        'The rules of the package stay as they are, and every file of rules goes on being loaded.'
      ],
      start,
      solution,
      goals: rulesGoals(load, [
        { id: 'loaded', asks: 'Falco loads all its rules', points: 30, judge: ({ rules }) => unloaded(rules, own) },
        {
          ...{
            id: 'list',
            asks: `the rule "${names.shell}" tells of ${wanted.join(' and ')}, and of the shells that it knew`,
            points: 35
          },
          judge: ofRule(names.shell, onTrial(shells))
        },
        {
          ...{ id: 'deprecated', asks: `the rule "${own}" does without the field, and tells of the same`, points: 35 },
          judge: found => ofRule(own, onTrial(devices))(found) ?? deprecated(found)
        }
      ]),
      keeps: [
        ...nodeKeeps(start, [FALCO_YAML, LOCAL_FILE]),
        stillStarts,
        otherRulesStay(load, before, [names.shell, own]),
        otherSettings(falcoYaml(right), order)
      ],
      hints: [
        `The order is that of rules_files in ${FALCO_YAML}: https://falco.org/docs/concepts/rules/overriding/ says which files have to come first.`,
        'What a file appends to must have been loaded before: rules of the package first, then those of your own.',
        `An item of ${LOCAL_FILE} appends to shell_binaries already: its list of items may be longer.`,
        `rules_files: ${right.join(', ')}. items: [${[had, ...wanted].join(', ')}]. In the condition of "${own}" the words "evt.dir = < and" go.`
      ]
    }
  }
}

const ORDERS: readonly [readonly HostPath[], ...(readonly HostPath[])[]] = [
  [LOCAL_FILE, DEFAULT_FILE, RULES_DIRECTORY],
  [RULES_DIRECTORY, LOCAL_FILE, DEFAULT_FILE],
  [LOCAL_FILE, RULES_DIRECTORY, DEFAULT_FILE]
]

const localText = (own: string, device: string, shells: readonly string[], isOld: boolean): string => `# What is ours.

- list: shell_binaries
  items: [${shells.join(', ')}]
  override:
    items: append

- rule: ${own}
  desc: A device of the node was opened in a container.
  condition: >
    evt.type in (open, openat, openat2) and ${isOld ? 'evt.dir = < and ' : ''}container and fd.num >= 0 and fd.name = ${device}
  output: A device of the node was opened (file=%fd.name cmdline=%proc.cmdline pod=%k8s.pod.name ns=%k8s.ns.name)
  priority: WARNING
  tags: [container]
`

const trialsOf = (pick: Pick, device: string, own: readonly string[], wanted: readonly string[]) => {
  const place = podPlace(pick, 'shop', `web-${pick.hex(9)}-x7k2p`, 'web')
  const shell = (command: string, more: Partial<Process> = {}) => started({ place, command, tty: 34816, ...more })
  const dd = { place, command: `dd if=${device}` }
  const trial = (event: SyscallEvent, isMeant: boolean, code: string): Trial => ({ event, isMeant, code })
  return {
    shells: [
      ...[...SHELLS, ...own].map(name => trial(shell(name), true, wanted.includes(name) ? 'not-added' : 'shell-lost')),
      trial(shell('python3'), false, 'too-many'),
      trial(shell('bash', { tty: 0 }), false, 'rule-changed'),
      trial(shell('bash', { place: null }), false, 'rule-changed')
    ],
    devices: [
      trial(opened(dd, device), true, 'rule-changed'),
      trial(opened(dd, device, { type: 'openat2', writes: true }), true, 'rule-changed'),
      trial(opened(dd, device, { type: 'open', reads: true }), true, 'rule-changed'),
      trial(opened(dd, device, { reads: true, error: 'EACCES' }), false, 'rule-changed'),
      trial(opened({ ...dd, place: null }, device), false, 'rule-changed'),
      trial(opened(dd, '/dev/null'), false, 'rule-changed'),
      trial(opened(dd, device, { type: 'read' }), false, 'rule-changed')
    ]
  }
}

const unloaded = (rules: NodeRules<SyscallEvent>['rules'], own: string): Shortfall | null => {
  if (rules.length === 0) return { code: 'no-rules', found: 'Falco loads no rule at all', file: FALCO_YAML }
  return rules.some(({ name }) => name === own)
    ? null
    : { code: 'rules-file-lost', found: `the rule ${JSON.stringify(own)} is not loaded`, file: FALCO_YAML }
}

const deprecated = ({ rules }: NodeRules<SyscallEvent>): Shortfall | null => {
  const rule = rules.find(({ condition, output }) => /\bevt\.dir\b/.test(`${printCondition(condition)} ${output}`))
  return rule
    ? { code: 'deprecated-field', found: `the rule ${JSON.stringify(rule.name)} uses evt.dir`, file: LOCAL_FILE }
    : null
}

const settingsOf = (text: string): ConfigurationTree => readTree(text, FALCO_YAML)

const otherSettings = (right: string, files: readonly HostPath[]): Keep => ({
  id: 'other-settings-of-falco',
  asks: 'the other settings of Falco stay, and every file of rules is loaded still',
  costs: 20,
  judge: ({ text }) => {
    try {
      const now = settingsOf(text(FALCO_YAML) ?? '')
      const { rules_files: _, ...settings } = now
      const { rules_files: __, ...wanted } = settingsOf(right)
      const lost = firstDifference(wanted, settings)
      if (lost !== undefined) return { code: 'falco-setting', found: lost, file: FALCO_YAML }
      const loaded = configurationOf(mergedTrees(DEFAULT_TREE, now)).rulesFiles.map(path => hostPath(path))
      const gone = files.find(path => !loaded.includes(path) && !isInside(path, loaded))
      return gone
        ? { code: 'rules-file-lost', found: `${gone} is not in rules_files any more`, file: FALCO_YAML }
        : null
    } catch (error) {
      // what cannot be read is told by the goals
      if (error instanceof AuditError && error.code !== 'IMPOSSIBLE') return null
      throw error
    }
  }
})

const isInside = (path: HostPath, loaded: readonly HostPath[]): boolean =>
  loaded.some(each => path === join(each, path.slice(path.lastIndexOf('/') + 1)))
