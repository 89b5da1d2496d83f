import type { HostReader } from '../host/host.ts'
import type { HostPath } from '../paths.ts'
import type { Plan } from '../plan/change.ts'
import { type EnableInput, hostPathsOf, planEnable, wishOf } from '../plan/enable.ts'
import { readManifest } from './find-manifest.ts'
import { openManifest } from './open-manifest.ts'
import { gatherPathFacts } from './path-facts.ts'
import { preflight } from './preflight.ts'

/** The plan that switches auditing on, on this host as it is now. Throws where apply would refuse too. */
export const planEnableOn = (host: HostReader, manifestPath: HostPath, input: EnableInput): Plan => {
  const manifest = readManifest(host, manifestPath)
  const wish = wishOf(manifestPath, manifest.text, input)
  const paths = hostPathsOf(wish)
  const logs = wish.wanted.paths.filter(path => path.role === 'log').map(path => path.host)
  const facts = gatherPathFacts(
    host,
    paths,
    paths.filter(path => !logs.includes(path))
  )
  const plan = planEnable(manifest, wish, input, facts)
  preflight(host, plan, wish.pod)
  return { ...plan, findings: [...openManifest(host, manifestPath), ...plan.findings] }
}
