/** The version of every JSON object that is printed. */
export const API_VERSION = 'auditpatch/v1'

/** A JSON object of a kind. */
export const resultOf = (kind: string, body: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  apiVersion: API_VERSION,
  kind,
  ...body
})
