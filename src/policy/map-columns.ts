import { isForPaths, isForResources } from './evaluate.ts'
import type { Policy } from './policy.ts'

/** A verb, and whether an API server ever sees it. */
export interface MapColumn {
  readonly verb: string
  readonly isSent: boolean
}

const VERBS: readonly string[] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']
const METHODS: readonly string[] = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options']

// k8s.io/apiserver pkg/endpoints/request/requestinfo.go: a path may say proxy, and nothing but the path and the method counts
const RARE = 'proxy'

/** The verbs of resource requests and of others: the usual ones, and what else a policy names for them. */
export const columnsOf = (policy: Policy): { readonly resource: MapColumn[]; readonly url: MapColumn[] } => {
  const forResources = policy.rules.filter(rule => !isForPaths(rule))
  const forUrls = policy.rules.filter(rule => !isForResources(rule))
  const isUsual = (verb: string): boolean => VERBS.includes(verb) || METHODS.includes(verb)
  const extra = (
    rules: Policy['rules'],
    usual: readonly string[],
    isStrict: (rule: Policy['rules'][number]) => boolean
  ) => rules.flatMap(rule => rule.verbs.filter(verb => (isStrict(rule) ? !usual.includes(verb) : !isUsual(verb))))
  const columns = (usual: readonly string[], more: readonly string[]): MapColumn[] => [
    ...usual.map(verb => ({ verb, isSent: true })),
    ...[...new Set(more)].sort().map(verb => ({ verb, isSent: verb === RARE && usual === VERBS }))
  ]
  return {
    resource: columns(VERBS, extra(forResources, VERBS, isForResources)),
    url: columns(METHODS, extra(forUrls, METHODS, isForPaths))
  }
}
