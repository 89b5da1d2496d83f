/** What someone ran in a container by pods/exec. */
export interface ExecCommand {
  readonly container: string | undefined
  readonly argv: readonly string[]
}

/** The container and the command in the requestURI of an audit event for pods/exec; undefined for any other request. */
export const execCommandOf = (requestURI: string): ExecCommand | undefined => {
  const [path = '', query = ''] = requestURI.split(/\?(.*)/s)
  if (!/^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/exec\/?$/.test(path)) return undefined
  const parameters = new URLSearchParams(query)
  return { container: parameters.get('container') || undefined, argv: parameters.getAll('command') }
}
