import { requestOf, verbOfMethod } from '../../src/audit/event-request.ts'
import { UNKNOWN_SENDER } from '../../src/audit/request.ts'
import { type Address, generateAddress } from './generate-urls.ts'
import type { Oracle } from './oracle.ts'

export interface UrlRun {
  readonly cases: number
  readonly differences: readonly string[]
}

/** Asks both sides which attributes requests for generated URIs have. */
export const runUrls = async (oracle: Oracle, seed: number, cases: number): Promise<UrlRun> => {
  const addresses = Array.from({ length: cases }, (_, index) => generateAddress(seed, index))
  const answers = await oracle.ask(addresses.map(({ method, uri }) => ({ op: 'info', method, uri })))
  const differences = addresses.flatMap((address, at) => {
    const server = JSON.stringify(answers[at])
    // what cannot be parsed as a URI gets no further than Go's HTTP server
    const ours = server.startsWith('{"error"') ? server : JSON.stringify(attributesOf(address))
    return server === ours ? [] : [`${address.method} ${address.uri}\n  the server ${server}\n  ours       ${ours}`]
  })
  return { cases, differences }
}

const attributesOf = ({ method, uri }: Address): Record<string, unknown> => {
  const found = requestOf(verbOfMethod(method.toLowerCase(), uri), uri, UNKNOWN_SENDER)
  const { user, groups, verb, resourceRequest, apiGroup, resource, subresource, namespace, name, path } = found
  return { user, groups, verb, resourceRequest, apiGroup, resource, subresource, namespace, name, path }
}
