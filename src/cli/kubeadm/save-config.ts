import { AuditError } from '../../errors.ts'
import type { Host } from '../../host/host.ts'
import { nodeHost } from '../../host/node-host.ts'
import { appendRun } from '../../host/run-log.ts'
import {
  CONFIG_MAP,
  type KubeadmConfigMap,
  type KubectlAccess,
  readKubeadmConfig,
  replaceKubeadmConfig
} from '../../inspect/kubeadm-config.ts'
import { refuseUpgrade } from '../../inspect/preflight.ts'
import { readClusterConfig } from '../../kubeadm/cluster-config.ts'
import { editClusterConfig } from '../../kubeadm/edit-cluster-config.ts'
import { diffLines } from '../../render/diff.ts'
import { findingLines } from '../../render/findings.ts'
import { resultOf } from '../../render/result.ts'
import { saveNotes } from '../../render/kubeadm.ts'
import { unifiedDiff } from '../../text/unified-diff.ts'
import { exitCode } from '../exit-codes.ts'
import { EXPLANATIONS } from '../explain.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { rootOf, sessionOf } from '../session.ts'
import { VERSION } from '../version.ts'
import { confirmed, NOT_CONFIRMED } from '../confirm.ts'
import { kubectlAccessOf, NO_KUBECONFIG } from './kubectl-access.ts'
import { noCluster } from './read-config.ts'
import { refuseIncomplete } from './refuse-incomplete.ts'
import { presentExtras } from './wanted-extras.ts'

/** Runs `kubeadm save` on the machine and gives the exit code. */
export const saveConfig = (args: Args, io: Io): Promise<number> => saveOn(nodeHost({ root: rootOf(args) }), args, io)

/** Makes kubeadm-config agree with the manifest, or with the settings given. The run is in the log of runs. */
export const saveOn = async (host: Host, args: Args, io: Io): Promise<number> => {
  const started = host.monotonic()
  const log = (exit: number, changed: boolean, error?: AuditError): void => {
    const failure = error ? { error: { code: error.code, message: error.message } } : {}
    const seconds = Math.round((host.monotonic() - started) / 100) / 10
    const fault = appendRun(host, { command: 'kubeadm save', version: VERSION, exit, changed, seconds, ...failure })
    if (fault && changed) sessionOf(args, io).talk(`warning: the run could not be logged: ${fault.message}`)
  }
  try {
    const changed = await save(host, args, io)
    log(0, changed)
    return 0
  } catch (error) {
    if (!(error instanceof AuditError) || error.message === NOT_CONFIRMED) throw error
    const { exit } = EXPLANATIONS[error.code]
    // what was not begun is no run
    if (exit !== 'usage') log(exitCode(exit), exit === 'notRolledBack', error)
    throw error
  }
}

const save = async (host: Host, args: Args, io: Io): Promise<boolean> => {
  const session = sessionOf(args, io)
  const wanted = presentExtras(args, host, session)
  refuseIncomplete(wanted)
  // it reads the ConfigMap when it begins and writes it when it ends
  refuseUpgrade(host, CONFIG_MAP)
  const access = kubectlAccessOf(args, host)
  if (!access) throw noCluster(NO_KUBECONFIG)
  const before = await readKubeadmConfig(host, access)
  if ('why' in before) throw noCluster(before.why)
  const config = readClusterConfig(before.text, CONFIG_MAP)
  const text = editClusterConfig(config, wanted.extras)
  const unified = unifiedDiff(`/${CONFIG_MAP}`, before.text, text)
  const changed = text !== before.text
  const findings = [...config.findings.filter(({ code }) => code === 'kubeadm-config-value'), ...wanted.findings]
  const { paint, width } = session
  if (!args.has('quiet')) session.say([...(changed ? [...diffLines(unified, paint), ''] : [])])
  session.say(findingLines(findings, paint, width))
  if (changed) {
    await confirmed(args, io, `Write this into the ConfigMap ${CONFIG_MAP}?`)
    await replace(host, access, before, text, io.countInterrupts())
  }
  session.give(() => resultOf('KubeadmSave', { changed, unified, configVersion: config.version, findings }))
  session.say([
    paint.green(
      changed ? `done: ${CONFIG_MAP} is written and was read back` : `nothing to do: ${CONFIG_MAP} has these settings`
    )
  ])
  for (const line of changed ? saveNotes(wanted.extras, wanted.isWish, width) : []) session.talk(line)
  return changed
}

/**
 * Writes and reads back, whoever asks it to stop meanwhile: what was sent may be written. What came of an answer that got lost
 * is seen by reading too.
 */
const replace = async (
  host: Host,
  access: KubectlAccess,
  before: KubeadmConfigMap,
  text: string,
  interrupts: () => number
): Promise<void> => {
  const result = await replaceKubeadmConfig(host, access, before, text)
  const now = await readKubeadmConfig(host, access)
  // also after a conflict: a proxy that sends a request again gets one for what its first try wrote
  if (!('why' in now) && now.text === text) return
  if (result.kind === 'conflict')
    throw new AuditError('CHANGED_SINCE_READ', `${CONFIG_MAP} was changed since it was read; nothing was written`)
  const isAsBefore = !('why' in now) && now.text === before.text
  // a terminal sends it to kubectl too
  if (result.kind === 'failed' && isAsBefore && interrupts() > 0)
    throw new AuditError('INTERRUPTED', `interrupted while ${CONFIG_MAP} was written: it is as it was`)
  if (result.kind === 'failed' && isAsBefore)
    throw new AuditError('NO_CLUSTER', `${CONFIG_MAP} could not be written: ${result.why}; nothing was changed`, {
      next: 'check that this user may update ConfigMaps in kube-system, then run again'
    })
  const why = 'why' in now ? now.why : 'it holds another text than was written'
  throw new AuditError('NOT_ROLLED_BACK', `${CONFIG_MAP} was sent, but what came of it is not known: ${why}`, {
    next: 'run auditpatch kubeadm drift, and auditpatch kubeadm save again where it differs'
  })
}
