import { nodeHostReader } from '../../host/node-host-reader.ts'
import { DRIFT, driftOf } from '../../kubeadm/drift.ts'
import { type Finding, sortFindings } from '../../finding.ts'
import { resultOf } from '../../render/result.ts'
import { driftLines } from '../../render/kubeadm.ts'
import { exitCode } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { rootOf, sessionOf } from '../session.ts'
import { configOf } from './read-config.ts'
import { presentExtras } from './wanted-extras.ts'

/** Tells where the manifest and kubeadm's configuration differ, and gives the exit code. */
export const tellDrift = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const host = nodeHostReader({ root: rootOf(args) })
  const wanted = presentExtras(args, host, session)
  const config = await configOf(args, io, host)
  const drift = driftOf(wanted.pod, config, wanted.referenced)
  const all = sortFindings([...config.findings, ...wanted.findings, ...drift])
  const findings = wanted.isWish ? all.map(finding => withoutPlace(finding, wanted.manifest)) : all
  const differs = drift.some(({ code }) => code === DRIFT)
  session.give(() => resultOf('KubeadmDrift', { configVersion: config.version, findings }))
  const { paint, width } = session
  session.say([
    ...driftLines(findings, paint, width),
    ...(differs ? [] : [paint.green('no difference in audit settings: kubeadm upgrade would keep them as they are')])
  ])
  if (wanted.isWish) session.talk('compared was the manifest as apply with these options would make it')
  if (differs) session.talk('a patch that is given to kubeadm with --patches is not seen here')
  return exitCode(args.has('exit-code') && differs ? 'findings' : 'done')
}

// lines of a manifest that is not written yet lead nowhere
const withoutPlace = (finding: Finding, manifest: string): Finding => {
  const { line: _, column: __, ...rest } = finding
  return finding.file === manifest ? rest : finding
}
