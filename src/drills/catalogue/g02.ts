import type { Rule } from '../../falco/rule.ts'
import { type SyscallEvent, syscallSource } from '../../falco/syscall-source.ts'
import type { Drill, Shortfall } from '../drill.ts'
import { DEFAULT_FILE, falcoNode, LOCAL_FILE, ruleNames } from '../falco/default-rules.ts'
import { type NodeRules, rulesLoader, tells } from '../falco/node-rules.ts'
import { eventWords, opened, type Opening, podPlace, type Process } from '../falco/processes.ts'
import {
  type JudgeRule,
  ofPriority,
  ofRule,
  onTrial,
  otherRulesStay,
  rulesAtStart,
  rulesGoals,
  shows,
  type Trial
} from '../falco/rule-goals.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import type { Pick } from '../pick.ts'

export const g02: Drill = {
  id: 'g02',
  title: 'Who reads the memory of the node',
  family: 'falco',
  minutes: 9,
  points: 8,
  lesson:
    'A file is opened by open, openat or openat2, and programs of today use the latter two. evt.is_open_read tells what was asked for, and fd.num below 0 that it was refused. container.id is host for what runs in no container.',
  make: pick => {
    const names = ruleNames(pick)
    const name = pick.one(['Memory Device Read', 'Memory of the Node Read', 'Raw Memory Opened'])
    const device = pick.one(['/dev/mem', '/dev/kmem', '/dev/port'])
    const priority = pick.one(['CRITICAL', 'ALERT', 'EMERGENCY'])
    const start = falcoNode(pick, names, '# What is ours.\n')
    const load = rulesLoader(syscallSource())
    const before = rulesAtStart(start, load)
    const trials = trialsOf(pick, device)
    const [meant, spared] = [true, false].map(isMeant => trials.filter(trial => trial.isMeant === isMeant))
    return {
      task: [
        `Something in a container reads ${device}. Write a rule for Falco, "${name}", that tells of it: of every time that a process in a container opens ${device} for reading, or for reading and writing, and gets it.`,
        { 'own rules': LOCAL_FILE, 'rules of the package': DEFAULT_FILE, priority },
        `It must not tell of anything else: of a file that is called nearly so, of what was refused, of processes of the node itself, of ${device} opened to be written alone, of what is done with it afterwards. The output has to show the namespace, the pod and the whole command line of the process.`,
        'The rule is tried on twelve events. Change nothing else.'
      ],
      start,
      solution: new Map([[LOCAL_FILE, `# What is ours.\n${ruleText(name, device, priority)}`]]),
      goals: rulesGoals(load, [
        {
          ...{ id: 'meant', asks: `the rule tells of each reading of ${device} in a container`, points: 35 },
          judge: ofRule(name, onTrial(meant ?? []))
        },
        {
          ...{ id: 'spared', asks: 'the rule tells of nothing else', points: 30 },
          judge: ofRule(name, nothingElse(meant ?? [], spared ?? []))
        },
        {
          ...{ id: 'output', asks: 'the output shows namespace, pod and command line', points: 25 },
          judge: ofRule(name, (rule, found) => unshown(found, rule, trials[0].event))
        },
        { id: 'priority', asks: `the priority is ${priority}`, points: 10, judge: ofPriority(name, priority) }
      ]),
      keeps: [...nodeKeeps(start, [LOCAL_FILE]), stillStarts, otherRulesStay(load, before, [])],
      hints: [
        `What a rule must have: https://falco.org/docs/concepts/rules/basic-elements/. Look at the rule "${names.secrets}" of the package: it does something similar.`,
        'The package has macros for a file that was opened for reading, with success, and for a process in a container. The name of a file is compared as a whole by =, in part by contains.',
        'The fields for the output are in https://falco.org/docs/reference/rules/supported-fields/: k8s.ns.name, k8s.pod.name, proc.cmdline.',
        `condition: open_read and container and fd.name = ${device}; without the macros evt.type in (open, openat, openat2) and evt.is_open_read = true and fd.num >= 0 and container.id != host and fd.name = ${device}.`
      ]
    }
  }
}

const ruleText = (name: string, device: string, priority: string): string => `
- rule: ${name}
  desc: A process in a container reads the memory or the ports of its node.
  condition: open_read and container and fd.name = ${device}
  output: >
    The memory of the node is read (file=%fd.name cmdline=%proc.cmdline user=%user.name image=%container.image.repository
    pod=%k8s.pod.name ns=%k8s.ns.name)
  priority: ${priority}
  tags: [container, mitre_privilege_escalation]
`

const trialsOf = (pick: Pick, device: string): readonly [Trial, ...Trial[]] => {
  const [namespace = '', elsewhere = ''] = pick.some(['payments', 'shop', 'team-blue', 'ops'], 2)
  const app = pick.one(['collector', 'node-probe', 'metrics'])
  const place = podPlace(pick, namespace, `${app}-${pick.hex(9)}-k5vzn`, app)
  const second = podPlace(pick, elsewhere, `batch-${pick.hex(9)}-8qwzt`, 'batch')
  const [dump, copy, script] = [`dd if=${device} bs=1M count=1`, `strings ${device}`, 'python3 /app/run.py']
  const on = (command: string, path: string, how: Opening = { reads: true }, where: Process['place'] = place) =>
    opened({ place: where, command }, path, how)
  const hit = (event: SyscallEvent, code = 'missed'): Trial => ({ event, isMeant: true, code })
  const spare = (code: string, event: SyscallEvent): Trial => ({ event, isMeant: false, code })
  return [
    hit(on(dump, device)),
    hit(on(script, device, { type: 'openat2', reads: true }, second)),
    hit(on(copy, device, { type: 'open', reads: true }), 'missed-open'),
    hit(on(dump, device, { reads: true, writes: true }, second), 'missed-read-write'),
    spare('refused', on(copy, device, { reads: true, error: 'EACCES' }, second)),
    spare('node-itself', on(dump, device, { reads: true }, null)),
    spare('other-file', on(script, `${device}ory`)),
    spare('other-file', on(script, `/run/app${device}`)),
    spare('other-file', on('cat /etc/hosts', '/etc/hosts', { reads: true }, second)),
    spare('written', on(dump, device, { writes: true })),
    spare('other-call', on(copy, device, { type: 'read' })),
    spare('other-call', on(copy, device, { type: 'newfstatat' }))
  ]
}

const nothingElse =
  (meant: readonly Trial[], spared: readonly Trial[]): JudgeRule<SyscallEvent> =>
  (rule, found) =>
    meant.some(({ event }) => tells(found, rule, event))
      ? onTrial(spared)(rule, found)
      : { code: 'silent', found: 'the rule tells of nothing that it should', file: LOCAL_FILE }

const COMMAND_LINE = ['proc.cmdline', 'proc.args', 'proc.exeline']

const unshown = (found: NodeRules<SyscallEvent>, rule: Rule<SyscallEvent>, event: SyscallEvent): Shortfall | null => {
  const missing = (code: string, what: string, fields: readonly string[]): Shortfall[] => {
    const changed = Object.fromEntries(fields.map(field => [field, 'something else']))
    return shows(found, rule, event, { ...event, ...changed })
      ? []
      : [{ code, found: `the output does not show ${what} of ${eventWords(event)}`, file: LOCAL_FILE }]
  }
  const [first] = [
    ...missing('pod-missing', 'the pod', ['k8s.pod.name']),
    ...missing('namespace-missing', 'the namespace', ['k8s.ns.name']),
    ...missing('command-missing', 'the arguments', COMMAND_LINE)
  ]
  return first ?? null
}
