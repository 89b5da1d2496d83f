// What DuckDB can do of a replay, on one thread. It knows no policies and not the bytes of a line: either the rules of
// log-policy.yaml said by hand in SQL, by objectRef, or the events by verb and resource alone. Prints JSON.
// Arguments: the directory in which the package is installed, `rules` or `kinds`, the log.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [directory = '', what = '', log = ''] = process.argv.slice(2)
const { DuckDBInstance } = createRequire(join(directory, 'package.json'))('@duckdb/node-api')

const list = words => words.map(word => `'${word}'`).join()
const OF_CORE = "objectRef IS NOT NULL AND coalesce(objectRef.apiGroup, '') = ''"
const inGroup = group => (group === '' ? OF_CORE : `objectRef.apiGroup = '${group}'`)
const of = (group, ...resources) => `(${inGroup(group)} AND ${RESOURCE} IN (${list(resources)}))`
const RESOURCE = "objectRef.resource || coalesce('/' || objectRef.subresource, '')"
const NODES = `list_contains("user"."groups", 'system:nodes')`
const by = (...users) => `"user".username IN (${list(users)})`
const verbs = (...each) => `verb IN (${list(each)})`
const inside = (...namespaces) => `objectRef.namespace IN (${list(namespaces)})`
const LEASES = of('coordination.k8s.io', 'leases')
const KNOWN = ['admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'apps'].concat(
  ['authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'batch', 'certificates.k8s.io'],
  ['networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'storage.k8s.io']
)
const RULES = [
  `${by('system:kube-proxy')} AND ${verbs('watch')} AND (${of('', 'endpoints', 'services', 'services/status')} OR ${of('discovery.k8s.io', 'endpointslices')})`,
  `${NODES} AND ${verbs('get')} AND ${of('', 'nodes', 'nodes/status')}`,
  `${by('system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver')} AND ${verbs('get', 'update')} AND ${inside('kube-system')} AND (${of('', 'endpoints')} OR ${LEASES})`,
  `${NODES} AND ${inside('kube-node-lease')} AND ${inGroup('coordination.k8s.io')}`,
  `${by('system:apiserver')} AND ${verbs('get')} AND ${of('', 'namespaces', 'namespaces/status', 'namespaces/finalize')}`,
  `objectRef IS NULL AND regexp_matches(requestURI, '^(/healthz|/livez|/readyz|/openapi|/version($|\\?))')`,
  `${of('', 'events')} OR ${of('events.k8s.io', 'events')}`,
  `${NODES} AND ${verbs('update', 'patch')} AND ${of('', 'nodes/status', 'pods/status')}`,
  `${by('system:serviceaccount:kube-system:namespace-controller')} AND ${verbs('deletecollection')}`,
  `${inside('payments', 'payments-staging')} AND ${of('', 'configmaps')} AND objectRef."name" IN (${list(['checkout-worker-settings', 'api-settings'])})`,
  `${of('', 'secrets', 'configmaps', 'serviceaccounts/token')} OR ${of('authentication.k8s.io', 'tokenreviews')}`,
  of('', 'pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy'),
  `${verbs('get', 'list', 'watch')} AND (${OF_CORE} OR objectRef.apiGroup IN (${list(KNOWN)}))`,
  `${OF_CORE} OR objectRef.apiGroup IN (${list(KNOWN)})`,
  'true'
]

const asked =
  what === 'rules'
    ? `CASE ${RULES.map((rule, index) => `WHEN ${rule} THEN ${index}`).join(' ')} END AS key`
    : 'verb AS key, objectRef.apiGroup, objectRef.resource'
const user = 'STRUCT(username VARCHAR, "groups" VARCHAR[])'
const object = 'STRUCT(resource VARCHAR, namespace VARCHAR, "name" VARCHAR, apiGroup VARCHAR, subresource VARCHAR)'
const columns = `{requestURI: 'VARCHAR', verb: 'VARCHAR', "user": '${user}', objectRef: '${object}'}`
const source = `read_json('${log.replaceAll("'", "''")}', format = 'newline_delimited', columns = ${columns}, maximum_object_size = 67108864)`

const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await instance.connect()
const reader = await connection.runAndReadAll(
  `SELECT count(*)::INTEGER AS events, ${asked} FROM ${source} GROUP BY ALL`
)
const rows = reader.getRowObjects()
const all = rows.reduce((sum, { events }) => sum + events, 0)
const rules = RULES.map((_, index) => rows.find(({ key }) => key === index)?.events ?? 0)
process.stdout.write(`${JSON.stringify(what === 'rules' ? { rules } : { events: all, kinds: rows.length })}\n`)
