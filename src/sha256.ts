import { createHash } from 'node:crypto'

/** The sha256 of bytes, or of a text's UTF-8, in hexadecimal. */
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
