import t from 'tap'
import { LEVELS, type Stage, STAGES } from '../src/audit/level.ts'
import type { Request } from '../src/audit/request.ts'
import { isLongRunning, recordedStages, stagesOf } from '../src/audit/stages.ts'
import { EMPTY_REQUEST } from '../src/policy/choices.ts'
import { comparePolicies, recordsTheSame } from '../src/policy/compare.ts'
import { compilePolicy } from '../src/policy/compile.ts'
import { decodePolicy } from '../src/policy/decode.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import type { Policy, Rule } from '../src/policy/policy.ts'
import { reachableDecisions } from '../src/policy/reach.ts'
import { unreachableRules } from '../src/policy/unreachable.ts'

const IS_LONG = process.env['AUDITPATCH_LONG'] !== undefined

/** Numbers that look random and are the same in every run with the same seed. */
const dice = (seed: number) => {
  let state = seed
  const roll = (sides: number): number => {
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return (state >> 8) % sides
  }
  const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T // as: the list is not empty
  const some = <T>(list: readonly T[], oneIn: number): T[] =>
    roll(oneIn) === 0 ? list.filter(() => roll(3) === 0) : []
  return { roll, pick, some }
}

const WORDS = {
  users: ['u', 'v'],
  groups: ['g', 'h'],
  verbs: ['get', 'x'],
  apiGroups: ['', 'apps'],
  resources: ['pods', 'pods/log', '*', '*/log', 'pods/*', '*/*', 'secrets', 'pod'],
  names: ['a', ''],
  namespaces: ['n', ''],
  urls: ['*', '/a*', '/a', '/ab*', '/a/b', '/']
}

const makeRule = ({ roll, pick, some }: ReturnType<typeof dice>, index: number): Rule => {
  const isForPaths = roll(4) === 0
  const entry = () => {
    const resources = roll(4) === 0 ? [] : WORDS.resources.filter(() => roll(3) === 0)
    const resourceNames = resources.length > 0 ? some(WORDS.names, 3) : []
    return { group: pick([...WORDS.apiGroups, '*']), resources, resourceNames }
  }
  return {
    line: index + 1,
    level: pick(LEVELS),
    users: some(WORDS.users, 3),
    userGroups: some(WORDS.groups, 3),
    verbs: some(WORDS.verbs, 3),
    resources: isForPaths || roll(3) === 0 ? [] : Array.from({ length: roll(3) }, entry),
    namespaces: isForPaths ? [] : some(WORDS.namespaces, 3),
    nonResourceURLs: isForPaths ? WORDS.urls.filter(() => roll(3) === 0) : [],
    omitStages: some(STAGES, 3),
    omitManagedFields: pick([null, true, false])
  }
}

const makePolicy = (die: ReturnType<typeof dice>): Policy => ({
  rules: Array.from({ length: 1 + die.roll(5) }, (_, index) => makeRule(die, index)),
  omitStages: die.some(STAGES, 5),
  omitManagedFields: die.roll(3) === 0
})

/** A policy, or one that differs from another in one rule. */
const makeOther = (die: ReturnType<typeof dice>, policy: Policy): Policy => {
  if (die.roll(2) === 0) return makePolicy(die)
  const rules = [...policy.rules]
  const at = die.roll(rules.length)
  if (rules.length > 1 && die.roll(2) === 0) rules.splice(at, 1)
  else rules[at] = makeRule(die, at)
  return { ...policy, rules }
}

// every word of the rules, and one more of each sort: all the requests that such policies can tell apart
function* allRequests(): Generator<Request> {
  const senders = [
    { user: null, groups: [] },
    ...[...WORDS.users, 'w'].flatMap(user => [[], ['g'], ['h'], ['g', 'h', 'z']].map(groups => ({ user, groups })))
  ]
  for (const sender of senders) {
    for (const verb of [...WORDS.verbs, 'patch', 'watch']) {
      for (const path of ['/a', '/ab', '/abc', '/a/b', '/a/c', '/', '/q', '*z', '/debug/pprof/x']) {
        yield { ...EMPTY_REQUEST, ...sender, verb, path }
      }
      for (const apiGroup of [...WORDS.apiGroups, 'q'])
        for (const resource of ['pods', 'secrets', 'pod', 'q', '*'])
          for (const subresource of ['', 'log', 'q', '*'])
            for (const name of ['a', '', 'q'])
              for (const namespace of ['n', '', 'q'])
                yield {
                  ...{ ...EMPTY_REQUEST, ...sender, verb, resourceRequest: true },
                  ...{ apiGroup, resource, subresource, name, namespace }
                }
    }
  }
}

t.test('what is told of two policies agrees with every request there is', t => {
  const requests = [...allRequests()]
  t.ok(requests.length > 15_000)
  let differences = 0
  let hidden = 0
  for (const seed of IS_LONG ? Array.from({ length: 12 }, (_, index) => index + 100) : [1]) {
    const die = dice(seed)
    for (let round = 0; round < 12; round++) {
      const [a, b] = [makePolicy(die)].flatMap(policy => [policy, makeOther(die, policy)]) as [Policy, Policy] // as: two
      const about = JSON.stringify({ seed, round, a, b })
      const [fastA, fastB] = [compilePolicy(a), compilePolicy(b)]
      const pairs = new Set<string>()
      let differ = false
      let wrong: unknown
      for (const request of requests) {
        const [own, other] = [evaluate(a, request), evaluate(b, request)]
        if (JSON.stringify([own, other]) !== JSON.stringify([fastA(request), fastB(request)])) wrong ??= request
        pairs.add(`${own.rule},${other.rule}`)
        differ ||= !recordsTheSame(request, own, other)
      }
      if (wrong !== undefined) t.fail('the index decides as the walk', { about, wrong })

      const reached = reachableDecisions([a, b])
      const told = reached.map(({ rules }) => `${rules[0]},${rules[1]}`)
      if ([...pairs].sort().join(' ') !== told.sort().join(' ')) t.same(told, [...pairs].sort(), about)
      for (const { rules, request } of reached) {
        const found = [evaluate(a, request).rule, evaluate(b, request).rule]
        if (found.join() !== rules.join()) t.same(found, rules, about)
      }

      const compared = comparePolicies(a, b)
      if ((compared.kind === 'different') !== differ) t.equal(compared.kind, differ, about)
      if (compared.kind === 'different') {
        differences += 1
        if (recordsTheSame(compared.request, evaluate(a, compared.request), evaluate(b, compared.request)))
          t.fail('no counterexample', { about })
      }

      const never = a.rules
        .map((_, index) => index)
        .filter(index => ![...pairs].some(pair => pair.startsWith(`${index},`)))
      const unreachable = unreachableRules(a)
      hidden += never.length
      if (unreachable.map(({ rule }) => rule).join() !== never.join()) t.same(unreachable, never, about)
      for (const { rule, hiddenBy } of unreachable) {
        const only = (indexes: readonly number[]): Policy => ({
          ...a,
          rules: indexes.flatMap(index => a.rules[index] ?? [])
        })
        if (!unreachableRules(only([...hiddenBy, rule])).some(each => each.rule === hiddenBy.length))
          t.fail('the rules named hide it', { about, rule, hiddenBy })
      }
    }
  }
  t.ok(differences >= 10, 'policies that differ were among them', { differences })
  t.ok(hidden >= 3, 'and rules that are never reached', { hidden })
  t.end()
})

const policyOf = (rules: string): Policy => {
  const { policy, findings } = decodePolicy(`apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rules}`, 'p', {
    major: 1,
    minor: 36
  })
  if (policy === null) throw new Error(JSON.stringify(findings))
  return policy
}

t.test('many rules for one group each take no time', t => {
  const rules = Array.from({ length: 60 }, (_, index) => `- {level: Metadata, userGroups: [g${index}]}\n`).join('')
  const policy = policyOf(`${rules}- level: None\n`)
  t.same(unreachableRules(policy), [])
  t.same(comparePolicies(policy, policy), { kind: 'equal' })
  const other = policyOf(`${rules.replace('Metadata, userGroups: [g59]', 'Request, userGroups: [g59]')}- level: None\n`)
  t.match(comparePolicies(policy, other), {
    kind: 'different',
    request: { groups: ['g59', 'system:authenticated'] },
    a: { rule: 59, level: 'Metadata' },
    b: { rule: 59, level: 'Request' }
  })
  t.end()
})

t.test('a rule that earlier ones hide together', t => {
  const policy = policyOf(`- {level: None, verbs: [get, list]}
- {level: Metadata, resources: [{group: "", resources: [pods]}]}
- {level: Request, verbs: [get], users: [a]}
- {level: Request, verbs: [list, create], resources: [{group: "", resources: [pods]}]}
- {level: Request, resources: [{group: "", resources: ["pods/*"]}]}
- {level: Request, nonResourceURLs: ["/a*"]}
- {level: Request, nonResourceURLs: ["/ab", "/a/*"]}
`)
  t.same(unreachableRules(policy), [
    { rule: 2, hiddenBy: [0] },
    { rule: 3, hiddenBy: [0, 1] },
    { rule: 6, hiddenBy: [0, 5] }
  ])
  t.end()
})

t.test('a difference is shown by a request that people know', t => {
  const rows = [
    {
      name: 'bodies of secrets',
      a: '- {level: Metadata, resources: [{group: "", resources: [secrets]}]}\n- level: Request\n',
      b: '- level: Request\n',
      want: { verb: 'get', apiGroup: '', resource: 'secrets', subresource: '', name: 'example', user: 'jane' }
    },
    {
      name: 'a subresource',
      a: '- {level: Metadata, resources: [{group: "", resources: [pods, pods/exec]}]}\n',
      b: '- {level: Metadata, resources: [{group: "", resources: [pods]}]}\n',
      want: { resource: 'pods', subresource: 'exec', name: 'example', namespace: 'default' }
    },
    {
      name: 'a stage',
      a: '- {level: Metadata, omitStages: [RequestReceived]}\n',
      b: '- {level: Metadata}\n',
      want: { resource: 'pods' }
    },
    {
      name: 'a path',
      a: '- {level: None, nonResourceURLs: ["/healthz*"]}\n- {level: Metadata, nonResourceURLs: ["*"]}\n',
      b: '- {level: None, nonResourceURLs: ["/healthz"]}\n- {level: Metadata, nonResourceURLs: ["*"]}\n',
      want: { resourceRequest: false, path: '/healthz/other', verb: 'get' }
    }
  ]
  for (const { name, a, b, want } of rows)
    t.match(comparePolicies(policyOf(a), policyOf(b)), { kind: 'different', request: want }, name)
  const managed = '- {level: Metadata, omitManagedFields: true}\n'
  t.same(comparePolicies(policyOf(managed), policyOf('- level: Metadata\n')), { kind: 'equal' }, 'there are no bodies')
  const started =
    '- {level: Metadata, verbs: [get], users: [a], resources: [{group: "", resources: [secrets]}], omitStages: [ResponseStarted]}\n'
  t.same(
    comparePolicies(policyOf(started), policyOf(started.replace(', omitStages: [ResponseStarted]', ''))),
    { kind: 'equal' },
    'no stage of a get'
  )
  const watched = started.replace('get', 'watch')
  t.match(comparePolicies(policyOf(watched), policyOf(watched.replace(', omitStages: [ResponseStarted]', ''))), {
    kind: 'different',
    request: { verb: 'watch' }
  })
  const failed =
    '- {level: Metadata, users: [a], nonResourceURLs: ["*"]}\n- {level: Metadata, omitStages: [ResponseStarted], nonResourceURLs: ["*"]}\n'
  t.match(comparePolicies(policyOf(failed), policyOf(failed.replace('omitStages: [ResponseStarted], ', ''))), {
    kind: 'different'
  })
  const silent = '- {level: Request, omitStages: [RequestReceived, ResponseStarted, ResponseComplete, Panic]}\n'
  t.same(comparePolicies(policyOf(silent), policyOf('- level: None\n')), { kind: 'equal' }, 'nothing is recorded')
  t.same(comparePolicies(policyOf('- {level: None, omitStages: [Panic]}\n'), policyOf('- level: None\n')), {
    kind: 'equal'
  })
  t.end()
})

t.test('what is asked for only', t => {
  const policy = policyOf(`- {level: None, verbs: [get]}
- {level: Request, resources: [{group: "", resources: [secrets]}]}
- {level: Metadata, nonResourceURLs: ["*"]}
- level: RequestResponse
`)
  const secrets = [{ apiGroup: '', resource: 'secrets', subresource: '' }]
  const rulesFor = (within: Parameters<typeof reachableDecisions>[1]) =>
    reachableDecisions([policy], within).map(({ rules }) => rules[0])
  t.same(rulesFor({ targets: secrets }).sort(), [0, 1])
  t.same(rulesFor({ targets: secrets, verbs: ['create'] }), [1])
  t.same(rulesFor({ paths: ['/healthz'], verbs: ['get', 'post'] }), [0, 2])
  t.same(rulesFor({ targets: [{ apiGroup: 'apps', resource: 'secrets', subresource: '' }], verbs: ['create'] }), [3])
  t.end()
})

t.test('very many words and rules', t => {
  const many = (count: number, of: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => of(index)).join(',')
  const urls = policyOf(`- {level: Metadata, nonResourceURLs: [${many(10_000, index => `"/a${index}*"`)}]}\n`)
  t.same(unreachableRules(urls), [])
  const long = policyOf(`- {level: Metadata, nonResourceURLs: ["/${'a'.repeat(300_000)}", "/b*"]}\n`)
  t.same(unreachableRules(long), [])
  const words = policyOf(
    `- {level: Metadata, resources: [{group: "", resources: [${many(10_000, index => `r${index}`)}]}]}\n`
  )
  t.same(unreachableRules(words), [])
  t.same(comparePolicies(urls, urls), { kind: 'equal' })
  const die = dice(3)
  const some = (stem: string): string => `[${many(60, () => `${stem}${die.roll(200)}`)}]`
  const rule = (): string =>
    `- {level: Metadata, users: ${some('u')}, verbs: ${some('v')}, namespaces: ${some('n')}, resources: [{group: "", resources: ${some('r')}}]}\n`
  const wild = policyOf(Array.from({ length: 149 }, rule).join(''))
  t.throws(() => unreachableRules(wild), { code: 'TOO_COMPLEX' })
  t.end()
})

t.test('stages', t => {
  const pods = { ...EMPTY_REQUEST, user: 'jane', verb: 'get', resourceRequest: true, resource: 'pods', name: 'a' }
  const rows: { name: string; in: Request; want: Stage[] }[] = [
    { name: 'get', in: pods, want: ['RequestReceived', 'ResponseComplete'] },
    { name: 'watch', in: { ...pods, verb: 'watch' }, want: ['RequestReceived', 'ResponseStarted', 'ResponseComplete'] },
    {
      name: 'exec',
      in: { ...pods, subresource: 'exec' },
      want: ['RequestReceived', 'ResponseStarted', 'ResponseComplete']
    },
    { name: 'status', in: { ...pods, subresource: 'status' }, want: ['RequestReceived', 'ResponseComplete'] },
    { name: '401', in: { ...pods, user: null }, want: ['ResponseStarted'] },
    {
      name: 'profile',
      in: { ...EMPTY_REQUEST, verb: 'get', path: '/debug/pprof/heap' },
      want: ['RequestReceived', 'ResponseStarted', 'ResponseComplete']
    },
    {
      name: 'profiles',
      in: { ...EMPTY_REQUEST, verb: 'get', path: '/debug/pprof' },
      want: ['RequestReceived', 'ResponseComplete']
    }
  ]
  for (const { name, in: request, want } of rows) t.same(stagesOf(request), want, name)
  t.equal(isLongRunning({ ...pods, verb: 'proxy' }), true)
  t.same(recordedStages(pods, { level: 'Metadata', omitStages: ['RequestReceived'] }), ['ResponseComplete'])
  t.same(recordedStages(pods, { level: 'None', omitStages: [] }), [])
  t.end()
})
