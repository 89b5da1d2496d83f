import { hostPath, type HostPath } from '../paths.ts'
import { count, fields, matching, oneOf, such } from './json-shape.ts'

/** What a file is for, and so in which order it is written: policy and webhook before the manifest. */
export const FILE_ROLES = ['manifest', 'policy', 'webhook'] as const
export type FileRole = (typeof FILE_ROLES)[number]

/** An absolute, normalised path of the node in JSON. */
export const pathShape = such(
  'an absolute path',
  (value): value is HostPath =>
    typeof value === 'string' && value.startsWith('/') && !value.includes('\0') && hostPath(value) === value
)

/** A sha256 in hexadecimal. */
export const hashShape = matching(/^[0-9a-f]{64}$/, 'a sha256 in hexadecimal')

/** A point in time as `Date.prototype.toISOString` writes it. */
export const timeShape = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'a time such as 2026-11-22T01:15:00.000Z')

/** One of {@link FILE_ROLES}. */
export const roleShape = oneOf(FILE_ROLES)

/** Permission bits and owner. */
export const ownershipShapes = { mode: count, uid: count, gid: count } as const

/** Which process: the pid alone is given again to others. */
export const processShapes = { pid: count, start: count } as const

/** Who holds the lock. */
export const holderShape = fields({ ...processShapes, bootId: matching(/^/, 'a string') })
