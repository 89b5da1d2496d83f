/** Rules, each of which takes some of the requests of every kind, without levels. */
export const MATCHERS = [
  { userGroups: ['system:unauthenticated'], nonResourceURLs: ['/livez', '/readyz*'] },
  { nonResourceURLs: ['/healthz/*', '/api*'] },
  { users: ['jane'], verbs: ['watch'] },
  { userGroups: ['developers'], resources: [{ resources: ['pods'], resourceNames: ['web'] }] },
  { verbs: ['watch', 'proxy'] },
  { resources: [{ resources: ['pods/*'] }], verbs: ['create'] },
  { resources: [{ group: '*', resources: ['*/scale', 'widgets'] }] },
  { namespaces: [''], resources: [{ resources: ['pods'] }] },
  { resources: [{ resources: ['services/proxy', 'pods/exec', 'pods/log'] }] },
  { resources: [{ resources: ['namespaces'], resourceNames: ['default'] }] },
  { namespaces: ['default'], verbs: ['delete', 'deletecollection', 'patch'] },
  { resources: [{ group: 'authentication.k8s.io' }, { resources: ['serviceaccounts/token'] }] },
  { users: ['system:anonymous'] },
  { nonResourceURLs: ['*'], verbs: ['get'] },
  { resources: [{ resources: ['pods'] }, { resources: ['secrets'] }] }
]
