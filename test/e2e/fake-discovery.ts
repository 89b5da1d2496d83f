const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const CONFIG_MAPS = { name: 'configmaps', singularName: 'configmap', namespaced: true, kind: 'ConfigMap' }
const KIND = { group: '', version: 'v1', kind: 'ConfigMap' }

// as much of the schema as tells kubectl that the server itself checks the fields of what it is sent
const SCHEMA = {
  openapi: '3.0.0',
  info: { title: 'Kubernetes', version: 'v1.36.0' },
  paths: {
    '/api/v1/namespaces/{namespace}/configmaps/{name}': {
      patch: {
        operationId: 'patchCoreV1NamespacedConfigMap',
        parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
        responses: { '200': { description: 'OK' } },
        'x-kubernetes-action': 'patch',
        'x-kubernetes-group-version-kind': KIND
      }
    }
  },
  components: { schemas: {} }
}

/** What an API server says of itself to a client that looks for ConfigMaps: the answer for each path. */
export const DISCOVERY: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  Object.entries({
    '/version': { major: '1', minor: '36', gitVersion: 'v1.36.0' },
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
    '/api/v1': {
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: [{ ...CONFIG_MAPS, verbs: VERBS, shortNames: ['cm'] }]
    },
    '/openapi/v3': { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=1' } } },
    '/openapi/v3/api/v1': SCHEMA
  }).map(([path, answer]) => [path, JSON.stringify(answer)])
)
