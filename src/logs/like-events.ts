import { LEVELS, type Level, type Stage } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import type { LogEvent } from './log-event.ts'
import { detached } from './remember.ts'

/** How many bodies were seen of requests of one kind, and how many bytes they had. */
export interface BodySums {
  requests: number
  requestBytes: number
  responses: number
  responseBytes: number
}

/** Which bodies a level records that a lower one does not. */
export interface MissingBodies {
  readonly request: boolean
  readonly response: boolean
}

const rank = (level: Level): number => LEVELS.indexOf(level)

/** True where a level records less than another. */
export const isLower = (level: Level, than: Level): boolean => rank(level) < rank(than)

/** Requests of one kind: their bodies are of about one size. */
export const kindOf = ({ verb, apiGroup, resource, subresource }: Request): string =>
  `${verb} ${apiGroup}/${resource}/${subresource}`

// RequestReceived and ResponseStarted are written before there are bodies: k8s.io/apiserver pkg/endpoints/filters/audit.go
const WITH_BODIES: readonly Stage[] = ['ResponseComplete', 'Panic']
const WITHOUT_REQUEST = ['get', 'list', 'watch']

/** The bodies that an event lacks for a level above its own, as far as such a request has any. */
export const missingBodies = ({ level, stage, request }: LogEvent, wanted: Level): MissingBodies => {
  const mayHave = request.resourceRequest && WITH_BODIES.includes(stage)
  return {
    request: mayHave && isLower(level, 'Request') && !WITHOUT_REQUEST.includes(request.verb),
    response:
      mayHave &&
      stage !== 'Panic' &&
      wanted === 'RequestResponse' &&
      request.verb !== 'watch' &&
      // what runs in a container or is proxied is no object
      !['exec', 'attach', 'portforward', 'proxy', 'log'].includes(request.subresource)
  }
}

// a client may ask for any resource, also one that is not there
const MOST_KINDS = 4096

// to find where a body ends takes as long as all else that is done with an event; of a log that has parts each adds its own
const ENOUGH = { ofLog: 100, ofPart: 20 }

/** Sums of bodies by the kind of request: the first events of each kind are enough for a mean. */
export interface SumsOfBodies {
  readonly sums: ReadonlyMap<string, BodySums>
  readonly add: (event: LogEvent) => void
}

interface SeenKind extends Pick<Request, 'verb' | 'apiGroup' | 'subresource'> {
  readonly level: Level
  events: number
}

/** The kind of a request that the reader remembers. */
interface Note {
  readonly request: Request
  readonly seen: SeenKind
}

/** No bodies yet, of a whole log or of a part of one. */
export const bodySums = (isWhole: boolean): SumsOfBodies => {
  const enough = isWhole ? ENOUGH.ofLog : ENOUGH.ofPart
  const sums = new Map<string, BodySums>()
  const known = new Map<string, SeenKind[]>()
  const notes: Note[] = []
  let kinds = 0

  // found by the resource first: to make a text of all that a kind has would take longer than the rest
  const seenOf = ({ level, request }: LogEvent): SeenKind | undefined => {
    const { resource, verb, apiGroup, subresource } = request
    const ofResource = known.get(resource)
    for (const seen of ofResource ?? [])
      if (seen.verb === verb && seen.subresource === subresource && seen.apiGroup === apiGroup && seen.level === level)
        return seen
    if (kinds >= MOST_KINDS) return undefined
    kinds += 1
    const [own, ...texts] = [resource, verb, apiGroup, subresource].map(detached)
    const [ownVerb = '', ownGroup = '', ownSubresource = ''] = texts
    const seen = { level, verb: ownVerb, apiGroup: ownGroup, subresource: ownSubresource, events: 0 }
    if (ofResource) ofResource.push(seen)
    else known.set(own ?? '', [seen])
    return seen
  }
  const noteOf = (event: LogEvent): SeenKind | undefined => {
    const { request, level, place } = event
    const before = place === -1 ? undefined : notes[place]
    if (before?.request === request && before.seen.level === level) return before.seen
    const seen = seenOf(event)
    if (place !== -1 && seen) notes[place] = { request, seen }
    return seen
  }
  const sumOf = (kind: string): BodySums => {
    const sum = sums.get(kind) ?? { requests: 0, requestBytes: 0, responses: 0, responseBytes: 0 }
    sums.set(kind, sum)
    return sum
  }
  const add = (event: LogEvent): void => {
    if (event.level === 'Metadata' || !WITH_BODIES.includes(event.stage)) return
    const seen = noteOf(event)
    if (seen === undefined || seen.events >= enough) return
    const sum = sumOf(kindOf(event.request))
    seen.events += 1
    const { request, response } = event.bodies()
    sum.requests += 1
    sum.requestBytes += request
    if (event.level !== 'RequestResponse') return
    sum.responses += 1
    sum.responseBytes += response
  }
  return { sums, add }
}

/** The mean size of bodies that are missing, by the sums of their kind; undefined where no like event has them. */
export const estimate = (sums: BodySums | undefined, missing: MissingBodies): number | undefined => {
  const { requests = 0, requestBytes = 0, responses = 0, responseBytes = 0 } = sums ?? {}
  if ((missing.request && requests === 0) || (missing.response && responses === 0)) return undefined
  return (missing.request ? requestBytes / requests : 0) + (missing.response ? responseBytes / responses : 0)
}
