import type { Sent } from './fake-requests.ts'

const MANAGED = [{ manager: 'test', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }]

/** A policy that treats each namespace in its own way. */
export const SHELVES_POLICY = {
  rules: [
    { level: 'None', namespaces: ['nothing'] },
    { level: 'Request', namespaces: ['sent'] },
    { level: 'RequestResponse', namespaces: ['both'] },
    { level: 'RequestResponse', namespaces: ['slim'], omitManagedFields: true },
    { level: 'Metadata', namespaces: ['late'], omitStages: ['RequestReceived'] },
    { level: 'Metadata', namespaces: ['early'], omitStages: ['ResponseStarted', 'ResponseComplete'] },
    { level: 'Metadata' }
  ]
}

const SHELVES = ['nothing', 'sent', 'both', 'slim', 'late', 'early']

const ofShelf = (shelf: string): Sent[] => {
  const path = `/api/v1/namespaces/${shelf}/configmaps`
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', managedFields: MANAGED },
    data: { a: '1' }
  }
  const row = (verb: string, method: string, path: string, status: number, body?: object): Sent => ({
    id: `${shelf}-${verb}`,
    as: 'admin',
    method,
    path,
    status,
    ...(body ? { body } : {})
  })
  return [
    row('create', 'POST', path, 201, body),
    row('get', 'GET', `${path}/settings`, 200),
    row('list', 'GET', path, 200),
    row('watch', 'GET', `${path}?watch=1&timeoutSeconds=1`, 200),
    row('patch', 'PATCH', `${path}/settings`, 200, { data: { b: '2' } }),
    row('delete', 'DELETE', `${path}/settings`, 200, {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Background'
    })
  ]
}

/** The same requests in each of those namespaces. */
export const SHELF_REQUESTS: readonly Sent[] = SHELVES.flatMap(ofShelf)
