import { type Level, type Stage, STAGES } from './level.ts'
import type { Request } from './request.ts'

/** What makes a request a long-running one: pkg/controlplane/apiserver/config.go, BuildGenericConfig, LongRunningFunc. */
export const LONG_RUNNING: Readonly<{ verbs: readonly string[]; subresources: readonly string[]; path: string }> = {
  verbs: ['watch', 'proxy'],
  subresources: ['attach', 'exec', 'proxy', 'log', 'portforward'],
  path: '/debug/pprof/'
}

/** True for a request whose answer goes on for as long as the client likes. */
export const isLongRunning = ({ verb, subresource, resourceRequest, path }: Request): boolean =>
  LONG_RUNNING.verbs.includes(verb) ||
  (resourceRequest && LONG_RUNNING.subresources.includes(subresource)) ||
  (!resourceRequest && path.startsWith(LONG_RUNNING.path))

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
