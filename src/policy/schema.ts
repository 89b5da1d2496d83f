/** How a value looks in YAML. `X[]` is a list of the object X. A null or absent value is valid for each of them. */
export type FieldType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'time'
  | 'strings'
  | 'string map'
  | 'anything'
  | 'ObjectMeta'
  | 'PolicyRule[]'
  | 'GroupResources[]'
  | 'OwnerReference[]'
  | 'ManagedFieldsEntry[]'

interface FieldRow {
  readonly in: string
  readonly name: string
  readonly type: FieldType
  readonly since?: number
}

/**
 * Every field of a policy: in which object it stands, how it looks, since which 1.x minor release. From k8s.io/apiserver
 * pkg/apis/audit/v1/types.go and k8s.io/apimachinery pkg/apis/meta/v1/types.go.
 */
export const FIELDS = [
  { in: 'Policy', name: 'apiVersion', type: 'string' },
  { in: 'Policy', name: 'kind', type: 'string' },
  { in: 'Policy', name: 'metadata', type: 'ObjectMeta' },
  { in: 'Policy', name: 'rules', type: 'PolicyRule[]' },
  { in: 'Policy', name: 'omitStages', type: 'strings' },
  { in: 'Policy', name: 'omitManagedFields', type: 'boolean', since: 23 },

  { in: 'PolicyRule', name: 'level', type: 'string' },
  { in: 'PolicyRule', name: 'users', type: 'strings' },
  { in: 'PolicyRule', name: 'userGroups', type: 'strings' },
  { in: 'PolicyRule', name: 'verbs', type: 'strings' },
  { in: 'PolicyRule', name: 'resources', type: 'GroupResources[]' },
  { in: 'PolicyRule', name: 'namespaces', type: 'strings' },
  { in: 'PolicyRule', name: 'nonResourceURLs', type: 'strings' },
  { in: 'PolicyRule', name: 'omitStages', type: 'strings' },
  { in: 'PolicyRule', name: 'omitManagedFields', type: 'boolean', since: 23 },

  { in: 'GroupResources', name: 'group', type: 'string' },
  { in: 'GroupResources', name: 'resources', type: 'strings' },
  { in: 'GroupResources', name: 'resourceNames', type: 'strings' },

  { in: 'ObjectMeta', name: 'name', type: 'string' },
  { in: 'ObjectMeta', name: 'generateName', type: 'string' },
  { in: 'ObjectMeta', name: 'namespace', type: 'string' },
  { in: 'ObjectMeta', name: 'selfLink', type: 'string' },
  { in: 'ObjectMeta', name: 'uid', type: 'string' },
  { in: 'ObjectMeta', name: 'resourceVersion', type: 'string' },
  { in: 'ObjectMeta', name: 'generation', type: 'integer' },
  { in: 'ObjectMeta', name: 'creationTimestamp', type: 'time' },
  { in: 'ObjectMeta', name: 'deletionTimestamp', type: 'time' },
  { in: 'ObjectMeta', name: 'deletionGracePeriodSeconds', type: 'integer' },
  { in: 'ObjectMeta', name: 'labels', type: 'string map' },
  { in: 'ObjectMeta', name: 'annotations', type: 'string map' },
  { in: 'ObjectMeta', name: 'ownerReferences', type: 'OwnerReference[]' },
  { in: 'ObjectMeta', name: 'finalizers', type: 'strings' },
  { in: 'ObjectMeta', name: 'managedFields', type: 'ManagedFieldsEntry[]' },

  { in: 'OwnerReference', name: 'apiVersion', type: 'string' },
  { in: 'OwnerReference', name: 'kind', type: 'string' },
  { in: 'OwnerReference', name: 'name', type: 'string' },
  { in: 'OwnerReference', name: 'uid', type: 'string' },
  { in: 'OwnerReference', name: 'controller', type: 'boolean' },
  { in: 'OwnerReference', name: 'blockOwnerDeletion', type: 'boolean' },

  { in: 'ManagedFieldsEntry', name: 'manager', type: 'string' },
  { in: 'ManagedFieldsEntry', name: 'operation', type: 'string' },
  { in: 'ManagedFieldsEntry', name: 'apiVersion', type: 'string' },
  { in: 'ManagedFieldsEntry', name: 'time', type: 'time' },
  { in: 'ManagedFieldsEntry', name: 'fieldsType', type: 'string' },
  { in: 'ManagedFieldsEntry', name: 'fieldsV1', type: 'anything' },
  { in: 'ManagedFieldsEntry', name: 'subresource', type: 'string' }
] as const satisfies readonly FieldRow[]

/** The objects that a policy is made of. */
export type ObjectName = (typeof FIELDS)[number]['in']

/** One row of the field table. */
export type Field = FieldRow & { readonly in: ObjectName }

/** The fields of one object that a version of Kubernetes knows. */
export const fieldsOf = (object: ObjectName, knows: (since: number) => boolean): readonly Field[] =>
  FIELDS.filter((field: Field) => field.in === object && knows(field.since ?? 0))

/** Keys that people write for another, where spelling alone does not lead to the right one. */
export const SYNONYMS = [
  { in: 'PolicyRule', wrong: 'groups', right: 'userGroups' },
  { in: 'PolicyRule', wrong: 'serviceAccounts', right: 'users' },
  { in: 'PolicyRule', wrong: 'urls', right: 'nonResourceURLs' },
  { in: 'PolicyRule', wrong: 'paths', right: 'nonResourceURLs' },
  { in: 'PolicyRule', wrong: 'stages', right: 'omitStages' },
  { in: 'PolicyRule', wrong: 'operations', right: 'verbs' },
  { in: 'GroupResources', wrong: 'apiGroup', right: 'group' },
  { in: 'GroupResources', wrong: 'apiGroups', right: 'group' },
  { in: 'GroupResources', wrong: 'names', right: 'resourceNames' },
  { in: 'Policy', wrong: 'stages', right: 'omitStages' }
] as const satisfies readonly { in: ObjectName; wrong: string; right: string }[]
