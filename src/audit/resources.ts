import { RESOURCE_ROWS } from './resources.generated.ts'
import { isAtLeast, type KubernetesVersion } from './version.ts'

/** The 1.x minor releases that serve something: from `since` on, no more from `until` on. */
export interface Span {
  readonly since?: number
  readonly until?: number
}

/** A resource that comes with Kubernetes. */
export interface ResourceKind extends Span {
  /** `''` for the core group. */
  readonly group: string
  /** The plural, as it stands in URLs. */
  readonly name: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly short?: readonly string[]
  readonly subresources?: Readonly<Record<string, Span & { readonly verbs: readonly string[] }>>
}

/** Every built-in resource of the releases that the table was read from. */
export const RESOURCE_KINDS: readonly ResourceKind[] = RESOURCE_ROWS

/** True where a release serves something, or could with its feature switched on. */
export const isServed = ({ since, until }: Span, version: KubernetesVersion): boolean =>
  (since === undefined || isAtLeast(version, since)) && (until === undefined || !isAtLeast(version, until))

/** The API groups of the releases that the table was read from, the core group `''` among them. */
export const BUILT_IN_GROUPS: readonly string[] = [...new Set(RESOURCE_KINDS.map(kind => kind.group))]

/** The built-in resource of a group, of whatever release. */
export const resourceKind = (group: string, name: string): ResourceKind | undefined =>
  RESOURCE_KINDS.find(kind => kind.name === name && kind.group === group)

/** The names that people have for a resource beside its plural: the short names and the singular. */
export const otherNames = ({ name, short = [] }: ResourceKind): readonly string[] => [
  ...short,
  name.replace(/ies$/, 'y'),
  name.replace(/e?s$/, ''),
  name.replace(/s$/, '')
]

/** Groups and resources of releases before those of the table, for policies that still name them. */
export const REMOVED: readonly (Span & { readonly group: string; readonly name?: string; readonly now: string })[] = [
  { group: 'extensions', until: 22, now: 'apps, networking.k8s.io or policy' },
  { group: 'settings.k8s.io', until: 20, now: 'nothing' },
  { group: 'auditregistration.k8s.io', until: 19, now: 'nothing' },
  { group: 'policy', name: 'podsecuritypolicies', until: 25, now: 'Pod Security admission' }
]

/**
 * What authorization is asked about and what is no request to the API server: the kubelet's own URLs, and the subjects of
 * impersonation and of signing.
 */
export const AUTHORIZATION_ONLY: readonly { readonly group: string; readonly name: string }[] = [
  ...['metrics', 'stats', 'log', 'spec', 'healthz', 'configz', 'pods', 'checkpoint', 'statusz', 'flagz'].map(name => ({
    group: '',
    name: `nodes/${name}`
  })),
  { group: '', name: 'users' },
  { group: '', name: 'groups' },
  { group: 'authentication.k8s.io', name: 'userextras' },
  { group: 'authentication.k8s.io', name: 'uids' },
  { group: 'certificates.k8s.io', name: 'signers' }
]
