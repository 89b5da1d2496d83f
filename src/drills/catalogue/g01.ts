import type { Rule } from '../../falco/rule.ts'
import { type SyscallEvent, syscallSource } from '../../falco/syscall-source.ts'
import type { Drill, Shortfall } from '../drill.ts'
import { DEFAULT_FILE, falcoNode, LOCAL_FILE, ruleNames, SHELLS } from '../falco/default-rules.ts'
import { messageOf, type NodeRules, rulesLoader } from '../falco/node-rules.ts'
import { opened, podPlace, type Process, started } from '../falco/processes.ts'
import {
  ofPriority,
  ofRule,
  onTrial,
  otherRulesStay,
  rulesAtStart,
  rulesGoals,
  rulesKeep,
  shows,
  type Trial
} from '../falco/rule-goals.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import type { Pick } from '../pick.ts'

export const g01: Drill = {
  id: 'g01',
  title: 'An alert that says more',
  family: 'falco',
  minutes: 7,
  points: 6,
  lesson:
    'A rule of the package is changed in a file that is loaded after it: an item of the same name with the keys to change and, below override, whether they replace or are appended. What is not named stays; a rule without override replaces the whole.',
  make: pick => {
    const names = ruleNames(pick)
    const name = names.shell
    const prefix = pick.one(['SHELL ALERT!', 'NEW SHELL:', 'TERMINAL OPENED -', 'SOMEBODY IS INSIDE:'])
    const priority = pick.one(['CRITICAL', 'ERROR', 'WARNING', 'ALERT'])
    const local = ownRules(names.installer, names.secrets)
    const start = falcoNode(pick, names, local)
    const load = rulesLoader(syscallSource())
    const before = rulesAtStart(start, load)
    const trials = trialsOf(pick)
    const [sample] = trials
    const output = `${prefix} A shell was started in a container (user=%user.name uid=%user.uid shell=%proc.name parent=%proc.pname cmdline=%proc.cmdline container=%container.name image=%container.image.repository pod=%k8s.pod.name ns=%k8s.ns.name)`
    const item = `\n- rule: ${name}\n  output: ${JSON.stringify(output)}\n  priority: ${priority}\n  override:\n    output: replace\n    priority: replace\n`
    const showing = (field: keyof typeof SIMILAR) =>
      ofRule<SyscallEvent>(name, (rule, found) =>
        shows(found, rule, sample.event, other(sample.event, field)) ? null : unshown(rule, field)
      )
    return {
      task: [
        `Falco runs on this node, and its rule "${name}" says too little. Let the output of the rule begin with ${prefix} and show, beside what it shows already, the id of the user and the repository of the image. Let its priority be ${priority}.`,
        { 'rules of the package': DEFAULT_FILE, 'own rules': LOCAL_FILE },
        'An update of the package writes its rules anew: change the file of own rules and nothing else. The rule has to tell of the same events as before, and what that file says already has to stay.'
      ],
      start,
      solution: new Map([[LOCAL_FILE, local + item]]),
      goals: rulesGoals(load, [
        {
          id: 'prefix',
          asks: `the output begins with ${prefix}`,
          points: 30,
          judge: ofRule(name, (rule, found) => unlikePrefix(messageOf(found, rule, sample.event), prefix))
        },
        { id: 'user-id', asks: 'the output shows the id of the user', points: 25, judge: showing('user.uid') },
        {
          ...{ id: 'image', asks: 'the output shows the repository of the image', points: 25 },
          judge: showing('container.image.repository')
        },
        { id: 'priority', asks: `the priority is ${priority}`, points: 20, judge: ofPriority(name, priority) }
      ]),
      keeps: [
        ...nodeKeeps(start, [LOCAL_FILE]),
        stillStarts,
        otherRulesStay(load, before, [name]),
        rulesKeep(load, {
          id: 'same-events',
          asks: 'the rule tells of the events that it told of, and of no others',
          costs: 40,
          judge: ofRule(name, onTrial(trials))
        }),
        rulesKeep(load, {
          id: 'other-keys',
          asks: 'the rule shows what it showed, and has the tags that it had',
          costs: 20,
          judge: ofRule(name, (rule, found) =>
            lost(
              rule,
              found,
              before.rules.find(each => each.name === name),
              sample.event
            )
          )
        })
      ],
      hints: [
        'How rules of the package are changed without a copy of them: https://falco.org/docs/concepts/rules/overriding/',
        `In ${LOCAL_FILE} an item with rule: ${name}, the keys output and priority, and below override: replace for each of the two.`,
        'Take the output of the package, put the words in front and the two fields into it: https://falco.org/docs/reference/rules/supported-fields/ lists those of user and of container.',
        `The fields are %user.uid and %container.image.repository; the priority is ${priority}. override: {output: replace, priority: replace} belongs to the item, condition does not.`
      ]
    }
  }
}

const ownRules = (installer: string, secrets: string): string => `# What is ours.

- list: user_files
  items: [/etc/krb5.keytab]
  override:
    items: append

- rule: ${installer}
  enabled: false
  override:
    enabled: replace

- rule: ${secrets}
  tags: [reviewed]
  override:
    tags: append
`

const trialsOf = (pick: Pick): readonly [Trial, ...Trial[]] => {
  const namespace = pick.one(['payments', 'shop', 'team-blue'])
  const place = podPlace(pick, namespace, `web-${pick.hex(9)}-x7k2p`, 'web')
  const user = { name: 'app', uid: pick.number(1200, 9900) }
  const shell: Process = { place, command: 'bash -i', user, tty: 34816 }
  const trial = (event: SyscallEvent, isMeant: boolean): Trial => ({ event, isMeant, code: 'condition-changed' })
  return [
    trial(started(shell), true),
    ...SHELLS.map(command => trial(started({ ...shell, command }), true)),
    trial({ ...started(shell), 'evt.type': 'execveat', 'syscall.type': 'execveat' }, true),
    trial(started({ ...shell, tty: 0 }), false),
    trial(started({ ...shell, place: null }), false),
    trial(started({ ...shell, command: 'python3 -i' }), false),
    trial(opened(shell, '/etc/profile'), false)
  ]
}

/** Fields that are taken for another. */
const SIMILAR = {
  'user.uid': { 'user.loginuid': 'login-user', 'group.gid': 'group-id', 'user.name': 'user-name' },
  'container.image.repository': {
    'container.image': 'whole-image',
    'container.image.id': 'image-id',
    'container.image.tag': 'image-tag'
  }
} as const

const other = (event: SyscallEvent, field: string): SyscallEvent => ({
  ...event,
  [field]: typeof event[field] === 'number' ? 31 : 'something/else'
})

const unshown = ({ format }: Rule<SyscallEvent>, field: keyof typeof SIMILAR): Shortfall => {
  const similar = Object.entries(SIMILAR[field]).find(([name]) => format.fields.some(({ token }) => token === name))
  return similar
    ? { code: similar[1], found: `the output shows ${similar[0]}, which is something else`, file: LOCAL_FILE }
    : { code: 'field-missing', found: 'the output does not show it', file: LOCAL_FILE }
}

const unlikePrefix = (message: string, prefix: string): Shortfall | null => {
  if (message.startsWith(prefix)) return null
  const code = message.includes(prefix) ? 'prefix-elsewhere' : 'prefix-missing'
  return { code, found: `the output begins with ${JSON.stringify(message.slice(0, 40))}`, file: LOCAL_FILE }
}

const lost = (
  rule: Rule<SyscallEvent>,
  found: NodeRules<SyscallEvent>,
  before: Rule<SyscallEvent> | undefined,
  sample: SyscallEvent
): Shortfall | null => {
  const tag = before?.tags.find(each => !rule.tags.includes(each))
  if (tag !== undefined) return { code: 'tag-lost', found: `the tag ${tag} is gone`, file: LOCAL_FILE }
  const field = before?.format.fields.find(({ token }) => !shows(found, rule, sample, other(sample, token)))
  return field
    ? { code: 'field-lost', found: `the output does not show ${field.token} any more`, file: LOCAL_FILE }
    : null
}
