/** The sha256 of bytes, or of a text's UTF-8, in hexadecimal. */
export const sha256 = (bytes: Uint8Array | string): string =>
  // loaded when it is wanted: most plans need none
  process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex')
