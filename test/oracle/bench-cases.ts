import type { Request } from '../../src/audit/request.ts'
import { decodePolicy } from '../../src/policy/decode.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { type Decision, evaluate } from '../../src/policy/evaluate.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { POLICY_TEMPLATES } from '../../src/policy/templates.generated.ts'
import { diceFrom } from './dice.ts'
import { generatePolicy, type PolicyModel, policyMapping } from './generate-policy.ts'
import { generateRequests } from './generate-requests.ts'
import { toJson } from './value.ts'

export interface BenchCase {
  readonly name: string
  readonly text: string
  readonly requests: readonly Request[]
}

/** The policies and requests that both evaluators are timed with. */
export const benchCases = (): BenchCase[] =>
  flatCases([
    ...Object.entries(POLICY_TEMPLATES).map(([name, { text }]) => ({
      name: `template ${name}`,
      text,
      requests: ordinaryRequests()
    })),
    generated('5 generated rules', 5),
    generated('50 generated rules', 50),
    generated('500 generated rules', 500)
  ])

// both sides get their requests from JSON, as from a log: strings that were put together here would be slower to look up
const flatCases = (cases: readonly BenchCase[]): BenchCase[] =>
  cases.map(each => ({ ...each, requests: JSON.parse(JSON.stringify(each.requests)) as Request[] })) // as: what went in

const generated = (name: string, count: number): BenchCase => {
  const dice = diceFrom(42)
  const rules = Array.from({ length: count }, () => generatePolicy(dice, 0).rules[0]).flatMap(rule =>
    rule !== undefined && (rule.resources ?? rule.users ?? rule.nonResourceURLs) !== undefined ? [rule] : []
  )
  const model: PolicyModel = { rules }
  return { name, text: toJson(policyMapping(dice, model), ' '), requests: generateRequests(dice, model, 500) }
}

// what a cluster does all day: leases, watches, health checks, and people
const ordinaryRequests = (): Request[] => {
  const plain = { groups: ['system:authenticated'], apiGroup: '', subresource: '', namespace: '', name: '', path: '' }
  const on = (user: string, verb: string, resource: string, more: Partial<Request> = {}): Request => ({
    ...{ ...plain, user, verb, resource, resourceRequest: true },
    ...more
  })
  const url = (user: string, path: string): Request => ({
    ...plain,
    user,
    verb: 'get',
    resource: '',
    resourceRequest: false,
    path
  })
  const inSystem = { namespace: 'kube-system' }
  return [
    on('system:node:n1', 'update', 'leases', {
      apiGroup: 'coordination.k8s.io',
      namespace: 'kube-node-lease',
      name: 'n1'
    }),
    on('system:node:n1', 'patch', 'nodes', { subresource: 'status', name: 'n1' }),
    on('system:node:n1', 'get', 'configmaps', { namespace: 'default', name: 'a' }),
    on('system:kube-controller-manager', 'update', 'leases', { apiGroup: 'coordination.k8s.io', ...inSystem }),
    on('system:kube-scheduler', 'watch', 'pods'),
    on('system:kube-scheduler', 'create', 'events', { apiGroup: 'events.k8s.io', namespace: 'default' }),
    on('system:kube-proxy', 'watch', 'endpointslices', { apiGroup: 'discovery.k8s.io' }),
    on('system:serviceaccount:kube-system:endpoint-controller', 'update', 'endpoints', {
      namespace: 'default',
      name: 'a'
    }),
    on('alice', 'list', 'pods', { namespace: 'default' }),
    on('alice', 'get', 'pods', { namespace: 'default', name: 'a', subresource: 'log' }),
    on('alice', 'create', 'pods', { namespace: 'default', name: 'a', subresource: 'exec' }),
    on('alice', 'get', 'secrets', { namespace: 'default', name: 'a' }),
    on('alice', 'patch', 'deployments', { apiGroup: 'apps', namespace: 'default', name: 'a' }),
    on('alice', 'list', 'widgets', { apiGroup: 'example.com', namespace: 'default' }),
    url('system:anonymous', '/livez'),
    url('system:anonymous', '/readyz'),
    url('alice', '/apis/apps/v1'),
    url('alice', '/version')
  ]
}

const NEWEST = { major: 1, minor: 36 }

const policyOf = ({ name, text }: BenchCase): Policy => {
  const { policy } = decodePolicy(text, 'policy.yaml', NEWEST)
  if (policy === null) throw new Error(`${name}: no policy`)
  return policy
}

/** Times a policy that is compiled once: nanoseconds, and how many requests were logged, so that nothing is left out. */
export const prepare = (bench: BenchCase): Record<'compiled' | 'plain', (rounds: number) => Timing> => {
  const policy = policyOf(bench)
  const compiled = compilePolicy(policy)
  return {
    compiled: rounds => time(bench, rounds, compiled),
    plain: rounds => time(bench, rounds, request => evaluate(policy, request))
  }
}

interface Timing {
  readonly nanoseconds: number
  readonly logged: number
}

const time = ({ requests }: BenchCase, rounds: number, decide: (request: Request) => Decision): Timing => {
  let logged = 0
  const start = process.hrtime.bigint()
  for (let round = 0; round < rounds; round++) {
    for (const request of requests) if (decide(request).level !== 'None') logged += 1
  }
  return { nanoseconds: Number(process.hrtime.bigint() - start), logged }
}
