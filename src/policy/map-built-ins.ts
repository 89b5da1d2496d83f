import { resourceKind } from '../audit/resources.ts'

/** What an API server serves of a resource; the scope of its objects, and the verbs that it knows. */
export interface Served {
  readonly isNamespaced: boolean
  readonly verbs: readonly string[]
}

/** The built-in resource of this name; undefined for one that is a custom resource, or is none. */
export const servedAs = (group: string, resource: string, subresource: string): Served | undefined => {
  const kind = resourceKind(group, resource)
  const verbs = subresource === '' ? kind?.verbs : kind?.subresources?.[subresource]?.verbs
  return kind && { isNamespaced: kind.namespaced, verbs: verbs ?? [] }
}

/** The built-in resources that a map shows whether or not the policy names them: what reveals, runs or grants something. */
export const MAP_RESOURCES = [
  {
    group: '',
    resources: [
      ...['configmaps', 'endpoints', 'events', 'namespaces', 'nodes', 'nodes/proxy', 'nodes/status'],
      ...[
        'persistentvolumeclaims',
        'persistentvolumes',
        'pods',
        'pods/attach',
        'pods/ephemeralcontainers',
        'pods/exec'
      ],
      ...['pods/log', 'pods/portforward', 'pods/proxy', 'pods/status', 'secrets', 'serviceaccounts'],
      ...['serviceaccounts/token', 'services', 'services/proxy']
    ]
  },
  {
    group: 'admissionregistration.k8s.io',
    resources: ['mutatingwebhookconfigurations', 'validatingadmissionpolicies', 'validatingwebhookconfigurations']
  },
  { group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'] },
  { group: 'apiregistration.k8s.io', resources: ['apiservices'] },
  { group: 'apps', resources: ['daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'statefulsets'] },
  { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
  { group: 'authorization.k8s.io', resources: ['selfsubjectaccessreviews', 'subjectaccessreviews'] },
  { group: 'batch', resources: ['cronjobs', 'jobs'] },
  { group: 'certificates.k8s.io', resources: ['certificatesigningrequests', 'certificatesigningrequests/approval'] },
  { group: 'coordination.k8s.io', resources: ['leases'] },
  { group: 'networking.k8s.io', resources: ['ingresses', 'networkpolicies'] },
  {
    group: 'rbac.authorization.k8s.io',
    resources: ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles']
  }
] as const

/** URLs that an API server answers besides those of resources. */
export const MAP_URLS = [
  '/api',
  '/apis',
  '/healthz',
  '/livez',
  '/metrics',
  '/openapi/v2',
  '/readyz',
  '/version'
] as const
