import t from 'tap'
import { policyParts } from '../src/drills/goals/policy-goals.ts'
import { isMet } from '../src/drills/goals/policy-judge.ts'
import type { Seen } from '../src/drills/seen.ts'
import { hostPath } from '../src/paths.ts'
import { LEVELS, STAGES } from '../src/audit/level.ts'
import type { Request, Sender } from '../src/audit/request.ts'
import { pathAttributes } from '../src/audit/request-path.ts'
import { isServed, RESOURCE_KINDS } from '../src/audit/resources.ts'
import { isLongRunning } from '../src/audit/stages.ts'
import { recordsTheSame } from '../src/policy/compare.ts'
import { doubtsAbout } from '../src/policy/doubts.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import { groupsOf } from '../src/policy/map-senders.ts'
import type { Policy, Rule } from '../src/policy/policy.ts'
import { possibleDecisions } from '../src/policy/possible.ts'
import { type Dice, diceFrom } from './oracle/dice.ts'

const IS_LONG = process.env['AUDITPATCH_LONG'] !== undefined
const NEW = { major: 1, minor: 36 }

const USERS = ['jane', 'bob', '*', 'system:node:worker-1', 'system:serviceaccount:ci:bot', 'system:anonymous']
const GROUPS = [
  ...['devs', 'system:masters', 'system:nodes', 'system:authenticated', 'system:unauthenticated'],
  ...['system:serviceaccounts', 'system:serviceaccounts:ci', '*', 'system:node']
]
const VERBS = ['get', 'list', 'watch', 'create', 'patch', 'delete', '*', 'exec', 'post']
const NAMESPACES = ['prod', 'ci', '', '*', 'kube-system']
const NAMES = ['db', 'prod', '*', '']
const RESOURCES = [
  ...['pods', 'pods/*', 'pods/exec', '*/status', '*', '*/*', 'secrets', 'namespaces', 'nodes', 'namespaces/status'],
  ...['deployments', 'deployments/scale', 'serviceaccounts/token', 'pod', 'Pods', 'pods/log', 'tokenreviews']
]
const URLS = ['*', '/healthz', '/healthz*', '/api*', '/api/v1/*', '/debug/pprof/*', '/debug*', '/apis/apps', '/metrics']

const some = (dice: Dice, list: readonly string[], share: number): string[] =>
  dice.chance(share) ? [...new Set(dice.several(list, 1, 3))] : []

const makeRule = (dice: Dice, index: number): Rule => {
  const isForPaths = dice.chance(18)
  const isForResources = !isForPaths && dice.chance(75)
  return {
    line: index + 1,
    level: dice.one(LEVELS),
    users: some(dice, USERS, 20),
    userGroups: some(dice, GROUPS, 25),
    verbs: some(dice, VERBS, 35),
    resources: isForResources
      ? Array.from({ length: 1 + dice.pick(2) }, () => {
          const resources = some(dice, RESOURCES, 85)
          const resourceNames = resources.length > 0 ? some(dice, NAMES, 15) : []
          return { group: dice.one(['', '', '', 'apps', '*', 'batch', 'example.com']), resources, resourceNames }
        })
      : [],
    namespaces: isForPaths ? [] : some(dice, NAMESPACES, 25),
    nonResourceURLs: isForPaths ? some(dice, URLS, 100) : [],
    omitStages: dice.chance(25) ? dice.several(STAGES, 1, 2) : [],
    omitManagedFields: null
  }
}

/** Two policies, most often much alike. */
const makePair = (dice: Dice): readonly [Policy, Policy] => {
  const rules = Array.from({ length: 1 + dice.pick(6) }, (_, index) => makeRule(dice, index))
  const others = dice.chance(50) ? dice.shuffled(rules) : [...rules]
  if (dice.chance(60)) others[dice.pick(others.length)] = makeRule(dice, 0)
  const [a, b] = [rules, others].map(own => ({ rules: own, omitStages: [], omitManagedFields: false }))
  if (!a || !b) throw new Error('two were made')
  return [a, b]
}

const senderFrom = (dice: Dice): Sender => {
  const kind = dice.pick(10)
  if (kind === 0) return { user: null, groups: [] }
  const user =
    kind < 6
      ? dice.one(['jane', 'bob', 'eve'])
      : dice.one([
          ...['system:anonymous', 'system:node:worker-1', 'system:node:worker-2', 'system:serviceaccount:ci:bot'],
          ...['system:serviceaccount:ci:x', 'system:serviceaccount:prod:bot']
        ])
  const free = kind < 6 ? some(dice, ['devs', 'system:masters', 'others'], 40) : []
  return { user, groups: [...groupsOf(user), ...free] }
}

const KINDS = RESOURCE_KINDS.filter(kind => isServed(kind, NEW))
const COMMON = KINDS.filter(({ name }) => RESOURCES.includes(name))
const CUSTOM = {
  group: 'crds.example.org',
  name: 'widgets',
  namespaced: true,
  verbs: ['get', 'list', 'watch', 'create']
}

/** A request that a client sends: a URL that is served, so that what it is comes out of the URL alone. */
const requestFrom = (dice: Dice): Request => {
  const sender = senderFrom(dice)
  if (dice.chance(15)) {
    const path = dice.one([
      ...[
        '/healthz',
        '/healthz/ping',
        '/api',
        '/api/v1',
        '/apis/apps',
        '/debug/pprof/heap',
        '/debug/x',
        '/metrics',
        '/'
      ],
      ...['/version', '/api/v1/', '/healthzz', '/apis/apps/v1']
    ])
    return { ...sender, verb: dice.one(['get', 'post', 'head', 'delete']), ...pathAttributes(path) }
  }
  const kind = dice.chance(70) ? dice.one(COMMON) : dice.chance(95) ? dice.one(KINDS) : CUSTOM
  const subs = Object.entries('subresources' in kind ? (kind.subresources ?? {}) : {})
  const [subresource, verbs] = subs.length > 0 && dice.chance(50) ? dice.one(subs) : ['', kind]
  const verb = dice.one(verbs.verbs)
  const isNamed =
    subresource !== '' || !['create', 'deletecollection', ...(dice.chance(85) ? ['list', 'watch'] : [])].includes(verb)
  const name = isNamed ? dice.one(['db', 'prod', 'ci', 'web']) : ''
  const isCollection = verb === 'list' || verb === 'watch'
  const namespace =
    kind.namespaced && !(isCollection && dice.chance(40))
      ? dice.one(['prod', 'ci', 'kube-system', 'default', 'zone'])
      : ''
  const base = kind.group === '' ? '/api/v1' : `/apis/${kind.group}/v1`
  const parts = [
    base,
    ...(namespace === '' ? [] : ['namespaces', namespace]),
    kind.name,
    // a field selector names the object of a list or a watch
    ...(isNamed && !isCollection ? [name] : []),
    ...(subresource === '' ? [] : [subresource])
  ]
  const { pathVerb: _, ...attributes } = pathAttributes(parts.join('/'))
  return { ...sender, verb, ...attributes, ...(isCollection ? { name } : {}) }
}

const sortOf = (request: Request): string => `${request.user === null} ${isLongRunning(request)}`

t.test('what is told to be possible agrees with requests that clients send', t => {
  const rounds = IS_LONG ? 1500 : 50
  let checked = 0
  let differing = 0
  for (let round = 0; round < rounds; round++) {
    const dice = diceFrom(round)
    const [a, b] = makePair(dice)
    const about = JSON.stringify({ round, a: a.rules, b: b.rules })
    const possible = possibleDecisions([a, b], NEW)
    const told = new Set(possible.map(({ rules, request }) => `${sortOf(request)} ${rules.join()}`))
    for (const { rules, request } of possible) {
      const decided = [evaluate(a, request).rule, evaluate(b, request).rule]
      if (decided.join() !== rules.join()) t.same(decided, rules, `${about} ${JSON.stringify(request)}`)
      const doubts = doubtsAbout(request, a)
      if (doubts.length > 0) t.same(doubts, [], `${about} ${JSON.stringify(request)}`)
    }
    const differ = possible.filter(
      ({ request }) => !recordsTheSame(request, evaluate(a, request), evaluate(b, request))
    )
    differing += differ.length > 0 ? 1 : 0
    for (let count = 0; count < 400; count++) {
      const request = requestFrom(dice)
      const [own, other] = [evaluate(a, request), evaluate(b, request)]
      checked += 1
      const key = `${sortOf(request)} ${[own.rule, other.rule].join()}`
      if (!told.has(key)) t.fail('a request was missed', { about, request, key })
      if (differ.length === 0 && !recordsTheSame(request, own, other))
        t.fail('a difference was missed', { about, request })
    }
  }
  t.ok(checked > 10_000, 'requests were tried', { checked })
  t.ok(differing > rounds / 4 && differing < rounds, 'some policies differ and some do not', { differing })
  t.end()
})

const PATH = hostPath('/etc/kubernetes/audit/policy.yaml')

const textOf = ({ rules }: Policy): string =>
  JSON.stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    // nothing is what an absent list says
    rules: rules.map(({ line: _, ...rule }) => rule)
  })

/** A node of which the policy alone is looked at. */
const nodeWith = (policy: Policy): Seen =>
  ({ version: NEW, text: () => textOf(policy) }) as Pick<Seen, 'version' | 'text'> as Seen // as: the goals ask for no more

const partOf = (model: Policy, request: Request): number | null => evaluate(model, request).rule

t.test('a goal is reached where no request that a client sends shows a difference, and not otherwise', t => {
  const rounds = IS_LONG ? 600 : 16
  const seen = { reached: 0, missed: 0 }
  for (let round = 0; round < rounds; round++) {
    const dice = diceFrom(round + 5000)
    const [model, answer] = makePair(dice)
    const parts = policyParts(PATH, textOf(model))
    const requests = Array.from({ length: 400 }, () => requestFrom(dice))
    for (const aspect of ['levels', 'levels-alone', 'stages-alone'] as const) {
      const differs = (request: Request): boolean =>
        !isMet(aspect, request, evaluate(model, request), evaluate(answer, request))
      for (const part of [null, ...model.rules.keys()]) {
        const goal = parts.goal({ id: 'x', asks: 'x', points: 1, rules: [part], aspect })
        const shortfall = goal.judge(nodeWith(answer))
        const about = JSON.stringify({ round, aspect, part, model: model.rules, answer: answer.rules })
        seen[shortfall ? 'missed' : 'reached'] += 1
        if (!shortfall) {
          const missed = requests.find(request => partOf(model, request) === part && differs(request))
          if (missed) t.fail('a goal was given away', { about, missed })
          continue
        }
        const request = shortfall.counterexample?.request
        if (!request || partOf(model, request) !== part || !differs(request))
          t.fail('what a goal is refused for shows no difference in its part', { about, shortfall })
      }
      const same = parts.goal({ id: 'x', asks: 'x', points: 1, rules: [null, ...model.rules.keys()], aspect })
      t.equal(same.judge(nodeWith(model)), null, `the model itself is right, round ${round}`)
    }
  }
  t.ok(seen.reached > 20 && seen.missed > 20, 'both came about', seen)
  t.end()
})

t.test('a policy that nobody can read is not judged for minutes', t => {
  const [model] = makePair(diceFrom(1))
  const rule = makeRule(diceFrom(2), 0)
  const rules = Array.from({ length: 250 }, (_, index) => ({ ...rule, users: [`user-${index}`], userGroups: [] }))
  const goal = policyParts(PATH, textOf(model)).goal({ id: 'x', asks: 'x', points: 1, rules: [0] })
  t.match(goal.judge(nodeWith({ ...model, rules })), { code: 'too-complex' })
  t.end()
})

t.test('what teaches most comes up as the example', t => {
  const all = {
    ...makeRule(diceFrom(3), 0),
    users: [],
    userGroups: [],
    verbs: [],
    resources: [],
    namespaces: [],
    nonResourceURLs: []
  }
  const policy = (rules: readonly Partial<Rule>[]): Policy => ({
    rules: rules.map(rule => ({ ...all, omitStages: [], ...rule })),
    omitStages: [],
    omitManagedFields: false
  })
  const model = policy([{ level: 'Metadata' }])
  const core = (...resources: string[]) => [{ group: '', resources, resourceNames: [] }]
  const rows = [
    { answer: policy([{ level: 'None' }]), want: { resource: 'pods', verb: 'get', user: 'jane', subresource: '' } },
    {
      answer: policy([{ level: 'None', resources: core('pods/*') }, { level: 'Metadata' }]),
      want: { resource: 'pods', verb: 'get' }
    },
    {
      answer: policy([{ level: 'None', resources: core('*/log', '*/exec', '*/attach') }, { level: 'Metadata' }]),
      want: { subresource: 'exec' }
    },
    {
      answer: policy([{ level: 'None', namespaces: ['prod'] }, { level: 'Metadata' }]),
      want: { resource: 'pods', namespace: 'prod' }
    },
    {
      answer: policy([{ level: 'None', userGroups: ['system:nodes'] }, { level: 'Metadata' }]),
      want: { user: 'system:node:worker-1' }
    },
    {
      answer: policy([{ level: 'Metadata', userGroups: ['system:authenticated'] }]),
      want: { user: 'system:anonymous' }
    }
  ]
  for (const { answer, want } of rows) {
    const goal = policyParts(PATH, textOf(model)).goal({ id: 'x', asks: 'x', points: 1, rules: [0] })
    t.match(goal.judge(nodeWith(answer)), { counterexample: { request: want } }, JSON.stringify(want))
  }
  t.end()
})
