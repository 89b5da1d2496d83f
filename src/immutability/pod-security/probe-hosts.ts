import { joinQuote, pluralize, quotedContainers, sortedSet } from './join-quote.ts'
import type { CheckPod } from './pod-check.ts'

/** Forbids that probes and lifecycle handlers name a host: the kubelet would ask it. */
export const probeHosts: CheckPod = ({ containers }) => {
  const names = sortedSet(containers.filter(({ hosts }) => hosts.length > 0).map(({ name }) => name))
  if (names.length === 0) return undefined
  const hosts = sortedSet(containers.flatMap(each => each.hosts))
  const what = pluralize('probe or lifecycle host', 'probe or lifecycle hosts', hosts.length)
  return {
    reason: 'probe or lifecycle host',
    detail: `${quotedContainers(names)} ${pluralize('uses', 'use', names.length)} ${what} ${joinQuote(hosts)}`
  }
}
