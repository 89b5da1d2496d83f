import { isRecord, type Unknown } from '../text/guard.ts'

/** The variables of `--where`: what an event of audit.k8s.io/v1 has, with its type for CEL and what Go takes an absent one for. */
export const WHERE_VARIABLES = {
  kind: { type: 'string', zero: '' },
  apiVersion: { type: 'string', zero: '' },
  level: { type: 'string', zero: '' },
  auditID: { type: 'string', zero: '' },
  stage: { type: 'string', zero: '' },
  requestURI: { type: 'string', zero: '' },
  verb: { type: 'string', zero: '' },
  user: { type: 'map<string, dyn>', zero: {} },
  impersonatedUser: { type: 'map<string, dyn>', zero: {} },
  authenticationMetadata: { type: 'map<string, dyn>', zero: {} },
  sourceIPs: { type: 'list<string>', zero: [] },
  userAgent: { type: 'string', zero: '' },
  objectRef: { type: 'map<string, dyn>', zero: {} },
  responseStatus: { type: 'map<string, dyn>', zero: {} },
  // the body of a patch may be a list
  requestObject: { type: 'dyn', zero: {} },
  responseObject: { type: 'dyn', zero: {} },
  requestReceivedTimestamp: { type: 'string', zero: '' },
  stageTimestamp: { type: 'string', zero: '' },
  annotations: { type: 'map<string, string>', zero: {} },
  event: { type: 'map<string, dyn>', zero: {} }
} as const

export type WhereVariable = keyof typeof WHERE_VARIABLES

/** The variables' names. */
export const WHERE_NAMES = Object.keys(WHERE_VARIABLES) as WhereVariable[] // as: the keys of a literal

/** The variables of an event that an expression asks for. */
export const variablesOf = (event: Unknown, used: readonly WhereVariable[]): Record<string, unknown> => {
  const variables: Record<string, unknown> = {}
  for (const name of used) {
    const value = name === 'event' ? event : event[name]
    variables[name] = value === undefined || value === null ? WHERE_VARIABLES[name].zero : celValue(value)
  }
  return variables
}

// no object of the API is so deep: what is below is not looked at
const DEEPEST = 500

// JSON knows numbers alone: a whole one is an int to CEL, as Kubernetes reads it. Objects become Maps, since the library tells
// types by an object's constructor, and an object of a log may have a key of that name
const celValue = (value: unknown, depth = 0): unknown => {
  if (depth > DEEPEST) return null
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(each => celValue(each, depth + 1))
  if (!isRecord(value)) return value
  const map = new Map<string, unknown>()
  for (const key of Object.keys(value)) map.set(key, celValue(value[key], depth + 1))
  return map
}
