import { POD_TYPES } from './fields.generated.ts'

/** A field of a type that a pod is made of. */
export interface PodField {
  readonly name: string
  /** Kubernetes writes it even when it is empty, and validation asks for most of these. */
  readonly isRequired: boolean
  readonly holds: Holds
}

/**
 * What a field holds: a type of the table, or one of its leaves: `''` a string, `bool`, `int32`, `int64`, `quantity`, `port`
 * (a number or a name), `time`, `object` (a mapping not looked into) and `anything`. `[` before it stands for a list of it, `{`
 * for a mapping with free keys.
 */
export type Holds = string

/** The type of a pod itself. */
export const POD: Holds = 'Pod'

const parse = (): ReadonlyMap<string, readonly PodField[]> =>
  new Map(
    POD_TYPES.split('\n').map(line => {
      const [name = '', fields = ''] = line.split(' ')
      return [name, fields.split(',').map(parseField)]
    })
  )

const parseField = (text: string): PodField => {
  const [name = '', holds = ''] = text.split(':')
  return { name: name.replace('!', ''), isRequired: name.endsWith('!'), holds }
}

let types: ReadonlyMap<string, readonly PodField[]> | undefined

/** The fields of a type; undefined for what is a leaf. */
export const podFields = (type: Holds): readonly PodField[] | undefined => {
  types ??= parse()
  return types.get(type)
}

/** A field of a type. */
export const podField = (type: Holds, name: string): PodField | undefined =>
  podFields(type)?.find(field => field.name === name)
