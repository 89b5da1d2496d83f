import { type Level, type Stage, STAGES } from './level.ts'
import type { Request } from './request.ts'

// kube-apiserver's own lists: pkg/controlplane/apiserver/config.go, BuildGenericConfig, LongRunningFunc
const LONG_VERBS = ['watch', 'proxy']
const LONG_SUBRESOURCES = ['attach', 'exec', 'proxy', 'log', 'portforward']
const LONG_PATH = '/debug/pprof/'

/** True for a request whose answer goes on for as long as the client likes. */
export const isLongRunning = ({ verb, subresource, resourceRequest, path }: Request): boolean =>
  LONG_VERBS.includes(verb) ||
  (resourceRequest && LONG_SUBRESOURCES.includes(subresource)) ||
  (!resourceRequest && path.startsWith(LONG_PATH))

/**
 * The stages that a request of this kind goes through, in their order. Panic is none of them: it comes in the place of
 * ResponseComplete when a handler fails. A request whose sender is unknown was answered 401, in one event.
 */
export const stagesOf = (request: Request): readonly Stage[] => {
  // k8s.io/apiserver pkg/endpoints/filters/authn_audit.go
  if (request.user === null) return ['ResponseStarted']
  return STAGES.filter(stage => stage !== 'Panic' && (stage !== 'ResponseStarted' || isLongRunning(request)))
}

/** The stages of a request at which an event is written, by what a policy decided for it; none at level None. */
export const recordedStages = (
  request: Request,
  { level, omitStages }: { readonly level: Level; readonly omitStages: readonly Stage[] }
): Stage[] => (level === 'None' ? [] : stagesOf(request).filter(stage => !omitStages.includes(stage)))
