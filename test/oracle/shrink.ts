import type { Request } from '../../src/audit/request.ts'
import type { PolicyCase } from './verdict.ts'

type Fails = (tried: PolicyCase) => Promise<boolean>

/** A smaller case that still fails: fewer requests and shorter, then fewer lines, then fewer characters. */
export const shrinkCase = async (found: PolicyCase, fails: Fails): Promise<PolicyCase> => {
  const one = await fewerRequests(found, fails)
  const plain = await plainerRequests(one, fails)
  const { text, requests } = plain
  if (typeof text !== 'string') return plain
  const holds = (parts: readonly string[]): Promise<boolean> => fails({ text: parts.join(''), requests })
  const lines = await fewerParts(text.split(/(?<=\n)/), holds)
  const characters = await fewerParts(Array.from(lines.join('')), holds)
  return { text: characters.join(''), requests }
}

const fewerRequests = async (found: PolicyCase, fails: Fails): Promise<PolicyCase> => {
  for (const requests of [[], ...found.requests.map(each => [each])]) {
    if (await fails({ ...found, requests })) return { ...found, requests }
  }
  return found
}

const PLAIN = {
  ...{ user: 'a', groups: [], verb: 'get', resourceRequest: true, apiGroup: '', resource: 'pods', subresource: '' },
  ...{ namespace: '', name: '', path: '' }
} as const satisfies Request

const plainerRequests = async (found: PolicyCase, fails: Fails): Promise<PolicyCase> => {
  let best = found
  for (const key of Object.keys(PLAIN)) {
    const requests = best.requests.map(each => ({ ...each, ...pick(key) }))
    if (best.requests.length > 0 && (await fails({ ...best, requests }))) best = { ...best, requests }
  }
  return best
}

const pick = (key: string): Partial<Request> =>
  Object.fromEntries(Object.entries(PLAIN).filter(([name]) => name === key))

const TRIES = 400

// leaves out ever smaller runs of parts for as long as the rest still fails
const fewerParts = async (
  parts: readonly string[],
  holds: (parts: readonly string[]) => Promise<boolean>
): Promise<readonly string[]> => {
  let best = parts
  let tries = 0
  for (let size = Math.ceil(parts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && tries < TRIES; tries++) {
      const rest = [...best.slice(0, at), ...best.slice(at + size)]
      if (await holds(rest)) best = rest
      else at += size
    }
  }
  return best
}
