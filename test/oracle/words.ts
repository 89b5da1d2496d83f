/** The words that policies and requests are made of: real ones, prefixes of one another, and those with a `*` in every place. */
// prettier-ignore
export const USERS = [
  'alice', 'alice2', 'ali', 'Alice', 'system:admin', 'system:apiserver', 'system:anonymous', 'system:node:n1', 'system:node:n', '*',
  'system:*', 'system:serviceaccount:kube-system:default', 'system:serviceaccount:kube-system:*', '', 'a b', 'jürgen', '1'
] as const

// prettier-ignore
export const GROUPS_OF_USERS = [
  'system:authenticated', 'system:masters', 'system:nodes', 'system:unauthenticated', 'system:serviceaccounts',
  'system:serviceaccounts:kube-system', 'dev', 'dev2', 'de', '*', 'system:*', ''
] as const

// prettier-ignore
export const VERBS = [
  'get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'proxy', 'post', 'put', 'head', 'options',
  'GET', '*', '', 'ge', 'gets', 'connect', 'impersonate'
] as const

// prettier-ignore
export const API_GROUPS = [
  '', '', '', 'apps', 'apps.example.com', 'app', 'batch', 'extensions', 'rbac.authorization.k8s.io', 'authentication.k8s.io',
  'example.com', 'k8s.io', '1', 'a-b'
] as const

export const WILD_API_GROUPS = ['*'] as const

// prettier-ignore
export const BAD_API_GROUPS = [
  'Apps', 'apps/v1', 'v1*', '*.k8s.io', '**', '-a', 'a-', 'a..b', '.a', 'a.', 'a_b', ' ', 'core ', 'ä', `${'x'.repeat(63)}.${'y'.repeat(190)}`,
  'x'.repeat(253), 'x'.repeat(254), '*/*', 'a\n'
] as const

// prettier-ignore
export const RESOURCES = [
  'pods', 'pods/log', 'pods/*', 'pods/exec', 'pods/status', 'pods/attach', 'pods/portforward', 'pods/proxy', '*', '*/*', '*/log', '*/status',
  '*/proxy', '*/exec', '*/', '/*', '/', '/log', 'pods/', 'pod', 'podss', 'pods*', '*pods', 'p*', 'pods/lo', 'pods/logs', 'pods/log/x', '*/log/x',
  'pods/log/*', 'pods/*/*', '*/*/*', '**', '', 'nodes', 'nodes/*', 'services/proxy', 'secrets', 'configmaps', 'serviceaccounts/token',
  'deployments', 'deployments/scale', '*/scale', 'namespaces', 'namespaces/finalize', 'Pods', 'tokenreviews'
] as const

export const NAMES = ['a', 'ab', '', '*', 'a*', 'controller-leader', 'A', 'a/b'] as const

export const NAMESPACES = [
  '',
  'default',
  'default2',
  'defaul',
  'kube-system',
  'kube-',
  'kube-*',
  '*',
  'Default'
] as const

// prettier-ignore
export const URLS = [
  '/healthz', '/healthz*', '/healthz/*', '/healthz/', '/health*', '/', '/*', '*', '/api', '/api*', '/api/*', '/apis/*', '/debug/pprof/*',
  '/debug/pprof/profile', '/logs/*', '/metrics', '/version', '/x y', '/ä*', '/debug*'
] as const

// prettier-ignore
export const BAD_URLS = ['', 'healthz', '/a*b', '**', '/**', '*/x', 'api*', '/*/x', '/healthz**', ' /healthz', '*a', 'x', '/a*/b*', '//*', '/*ä', 'ä*'] as const

export const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
// prettier-ignore
export const BAD_LEVELS = ['', 'none', 'metadata', 'METADATA', 'All', 'Everything', 'RequestResponse ', 'Response', '*', 'Requests', 'Met'] as const

export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const
// prettier-ignore
export const BAD_STAGES = ['', 'requestReceived', 'RequestRecieved', 'None', '*', 'panic', 'Panic ', 'ResponseComplete,Panic', 'Complete'] as const

/** Names that real subresources have, for requests; the long-running ones among them. */
// prettier-ignore
export const SUBRESOURCES = ['', '', '', 'log', 'exec', 'attach', 'portforward', 'proxy', 'status', 'scale', 'token', 'lo', 'logs', '*'] as const
