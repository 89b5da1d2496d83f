import { valueFault } from '../audit/flag-value.ts'
import { auditFlag, type AuditFlagName } from '../audit/flags.ts'
import { makeKubeconfig } from '../audit/kubeconfig.ts'
import type { AuditSettings } from '../audit/wanted.ts'
import { AuditError } from '../errors.ts'
import { readLocalFile } from '../host/local-files.ts'
import { containerPath, type HostPath } from '../paths.ts'
import type { EnableInput, KnownPolicy, NamedText } from '../plan/enable.ts'
import { POLICY_TEMPLATES } from '../policy/templates.generated.ts'
import { decodeText, MAX_BYTES } from '../text/source.ts'
import { kubernetesVersionOf } from './kubernetes-version.ts'
import { type Args, flagOptions, type OptionName } from './options.ts'
import { knownPolicy, orTemplate, templateOf } from './policy/policy-text.ts'
import { hostPathOf } from './session.ts'

/** The settings that the options ask for, with the files they name read. Throws USAGE, NOT_FOUND or BAD_KUBECONFIG. */
export const enableInputOf = (args: Args): EnableInput => {
  return {
    settings: settingsOf(args),
    version: kubernetesVersionOf(args),
    policy: policyOf(args.text('policy')),
    fallbackPolicy: knownPolicy('template:baseline', POLICY_TEMPLATES.baseline),
    webhook: webhookOf(args)
  }
}

/** The same, with what lints a policy that is given. */
export const lintingInputOf = async (args: Args): Promise<EnableInput> => {
  const input = enableInputOf(args)
  // loaded where it is used: plan must start fast
  return input.policy ? { ...input, lint: (await import('../policy/lint.ts')).lintPolicy } : input
}

const readText = (file: string): NamedText => ({ name: file, text: decodeText(readLocalFile(file, MAX_BYTES), file) })

const policyOf = (given: string | undefined): KnownPolicy | undefined => {
  if (given === undefined) return undefined
  if (!given.startsWith('template:')) return orTemplate(given, () => readText(given))
  return knownPolicy(given, templateOf(given, '--policy: '))
}

const webhookOf = (args: Args): NamedText | undefined => {
  const file = args.text('webhook-config')
  const url = args.text('webhook-url')
  if (file !== undefined && url !== undefined)
    throw new AuditError('USAGE', 'give --webhook-config or --webhook-url, not both')
  if (url !== undefined) return { name: `a kubeconfig for ${url}`, text: makeKubeconfig(url) }
  return file === undefined ? undefined : readText(file)
}

const settingsOf = (args: Args): AuditSettings => {
  const policyPath = hostPathOf(args, 'policy-path')
  const webhookPath = hostPathOf(args, 'webhook-path')
  const logPath = logPathOf(args)
  const containerPolicy = hostPathOf(args, 'container-policy-path')
  const containerLog = hostPathOf(args, 'container-log-path')
  return {
    ...(policyPath === undefined ? {} : { policyPath }),
    ...(containerPolicy === undefined ? {} : { containerPolicyPath: containerPath(containerPolicy) }),
    ...(logPath === undefined ? {} : { logPath }),
    ...(containerLog === undefined ? {} : { containerLogPath: containerPath(containerLog) }),
    ...(webhookPath === undefined ? {} : { webhookPath }),
    installWebhook: args.text('webhook-config') !== undefined || args.text('webhook-url') !== undefined,
    flags: flagsOf(args)
  }
}

const logPathOf = (args: Args): HostPath | '-' | 'none' | undefined => {
  const value = args.text('log-path')
  return value === '-' || value === 'none' ? value : hostPathOf(args, 'log-path')
}

const flagsOf = (args: Args): ReadonlyMap<AuditFlagName, string> => {
  const given: { flag: AuditFlagName; option: OptionName; value: string }[] = [
    ...flagOptions().flatMap(({ option, flag }) => {
      const value = args.text(option)
      return value === undefined ? [] : [{ flag, option, value }]
    }),
    ...args.list('set').map(text => ({ ...assignment(text), option: 'set' as const }))
  ]
  for (const { flag, option, value } of given) {
    const row = auditFlag(flag)
    const fault = row && (valueFault(row, value) ?? choiceFault(row.choices, value))
    if (fault !== undefined) throw new AuditError('USAGE', `--${option}${option === 'set' ? ` ${flag}` : ''}: ${fault}`)
  }
  return new Map(given.map(({ flag, value }) => [flag, value]))
}

const choiceFault = (choices: readonly string[] | undefined, value: string): string | undefined =>
  choices && !choices.includes(value) ? `one of ${choices.join(', ')} is wanted, found "${value}"` : undefined

const assignment = (text: string): { flag: AuditFlagName; value: string } => {
  const match = /^(?:--)?([^=]+)=([\s\S]*)$/.exec(text)
  if (!match) throw new AuditError('USAGE', `--set: audit-FLAG=VALUE is wanted, found "${text}"`)
  const [, name = '', value = ''] = match
  if (!/^(--)?audit[-_]/.test(name))
    throw new AuditError('USAGE', `--set: only flags that begin with audit- are set, found "${name}"`)
  const row = auditFlag(name)
  if (!row) throw new AuditError('USAGE', `--set: kube-apiserver has no flag --${name.replace(/^--/, '')}`)
  if (row.type === 'path') throw new AuditError('USAGE', `--set: use --${row.option ?? ''} for --${row.name}`)
  return { flag: row.aliasOf ?? row.name, value }
}
