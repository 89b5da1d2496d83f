import { nodeHostReader } from '../../host/node-host-reader.ts'
import { versionToWrite } from './version-to-write.ts'
import { fragmentOf } from '../../kubeadm/fragment.ts'
import { fragmentNotes } from '../../render/kubeadm.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { rootOf, sessionOf } from '../session.ts'
import { wishedExtras } from './wanted-extras.ts'

/** Prints the part of ClusterConfiguration that has the audit settings, and gives the exit code. */
export const showFragment = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const host = nodeHostReader({ root: rootOf(args) })
  const wanted = wishedExtras(args, host, session)
  const { extras, findings } = wanted
  const configVersion = await versionToWrite(args, io, host, wanted.version)
  const text = fragmentOf(extras, configVersion)
  session.give(() =>
    resultOf('KubeadmFragment', {
      configVersion,
      extraArgs: extras.args,
      extraVolumes: extras.volumes,
      text,
      findings
    })
  )
  if (!session.isJson) io.out(text)
  for (const line of fragmentNotes(extras, findings, wanted.isWish, session.width)) session.talk(line)
  return 0
}
