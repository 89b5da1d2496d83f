import { valueFault } from '../audit/flag-value.ts'
import { auditFlag, type AuditFlagName, nearestFlag } from '../audit/flags.ts'
import { type FlagFault, validateFlags } from '../audit/validate-flags.ts'
import { formatVersion, isAtLeast, type KubernetesVersion, NEWEST } from '../audit/version.ts'
import type { WantedFlag } from '../audit/wanted.ts'
import { AuditError, type Position } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { flagText } from '../manifest/flag-edits.ts'
import type { Flag, Word } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { formatPath, positionOf } from '../text/locate.ts'

/** The audit flags of a manifest with their counting values. Names outside the table are left out. */
export const currentFlags = (pod: Pod): ReadonlyMap<AuditFlagName, string> =>
  new Map(
    pod.command.flags.flatMap(flag => {
      const known = auditFlag(flag.name)
      return known ? [[known.aliasOf ?? known.name, flagText(flag)] as [AuditFlagName, string]] : []
    })
  )

/** The audit flags that the manifest will have. */
export const flagsAfter = (pod: Pod, wanted: readonly WantedFlag[]): ReadonlyMap<AuditFlagName, string> => {
  const flags = new Map(currentFlags(pod))
  for (const { name, value } of wanted) {
    if (value === null) flags.delete(name)
    else flags.set(name, value)
  }
  return flags
}

/**
 * Throws BAD_FLAG when kube-apiserver would not start with the flags as they will be: a name it does not know, a value it
 * cannot read or does not allow, a word that is no flag.
 */
export const refuseFlagFaults = (pod: Pod, wanted: readonly WantedFlag[], version: KubernetesVersion): void => {
  const findings = [
    ...unknownFlags(pod, version),
    ...badWords(pod),
    ...strayWords(pod),
    ...repeatedFaults(pod, wanted),
    ...valueFaults(pod, wanted, version)
  ]
  const [first] = findings
  if (!first) return
  const position: Position | undefined =
    first.line === undefined ? undefined : { line: first.line, column: first.column ?? 1 }
  const path = position ? pod.source.file : undefined
  throw new AuditError('BAD_FLAG', `kube-apiserver would not start: ${first.message}`, { path, position, findings })
}

const at = (pod: Pod, word: Word): Pick<Finding, 'file' | 'line' | 'column' | 'field'> => ({
  file: pod.source.file,
  ...positionOf(pod.source, [...word.list, word.index]),
  field: formatPath([...word.list, word.index])
})

const unknownFlags = (pod: Pod, version: KubernetesVersion): Finding[] => {
  // a release newer than the table may have flags that it does not know
  if (isAtLeast(version, NEWEST.minor + 1)) return []
  return pod.command.flags
    .filter(flag => flag.name.startsWith('audit-') && !auditFlag(flag.name))
    .map(flag => {
      const nearest = nearestFlag(flag.name)
      return {
        code: 'unknown-flag',
        severity: 'error',
        message: `unknown flag --${flag.name}${nearest === undefined ? '' : `; is --${nearest} meant?`}`,
        ...at(pod, flag.words[0])
      }
    })
}

// `--audit-log-compress false` is the flag alone, which is true, and a word that kube-apiserver does not take
const strayWords = (pod: Pod): Finding[] =>
  pod.command.stray.flatMap((word): Finding[] => {
    const previous = pod.command.words[pod.command.words.indexOf(word) - 1]
    const flag =
      previous && pod.command.flags.find(each => each.words[0] === previous && each.name.startsWith('audit-'))
    if (!flag || word.text === '--') return []
    const isBoolean = flag.value === null && auditFlag(flag.name)?.type === 'bool'
    const hint = isBoolean
      ? `: a boolean takes one as --${flag.name}=${word.text}`
      : ', and kube-apiserver takes no other words'
    return [
      {
        code: 'stray-word',
        severity: 'error',
        message: `"${word.text}" behind --${flag.name} is no value${hint}`,
        ...at(pod, word)
      }
    ]
  })

// one dash begins short flags, and a name ends at = only: `--audit-log-path /x` in one item is one long name
const badWords = (pod: Pod): Finding[] =>
  pod.command.words
    .filter(word => /^(-audit[-_]|--audit[-_][^=]*\s)/.test(word.text) && !isValue(pod, word))
    .map(word => ({
      code: 'bad-flag-word',
      severity: 'error',
      message: `"${word.text.slice(0, 80)}" is no flag: --audit-FLAG=VALUE is wanted`,
      ...at(pod, word)
    }))

const isValue = (pod: Pod, word: Word): boolean => pod.command.flags.some(flag => flag.words[1] === word)

// every one of several is read, though the last counts
const repeatedFaults = (pod: Pod, wanted: readonly WantedFlag[]): Finding[] =>
  pod.command.flags.flatMap((flag): Finding[] => {
    const known = auditFlag(flag.name)
    const isLast = pod.command.flags.findLast(each => each.name === flag.name) === flag
    const isRemoved = wanted.some(each => each.name === known?.name && each.value === null)
    const fault = known && !isLast && !isRemoved ? valueFault(known, flagText(flag)) : undefined
    if (fault === undefined) return []
    return [
      { code: 'bad-flag-value', severity: 'error', message: `--${flag.name}: ${fault}`, ...at(pod, flag.words[0]) }
    ]
  })

const valueFaults = (pod: Pod, wanted: readonly WantedFlag[], version: KubernetesVersion): Finding[] =>
  validateFlags(flagsAfter(pod, wanted), version).map((fault: FlagFault) => {
    const written = pod.command.flags.filter(flag => flag.name === fault.flag).at(-1)
    const isTheirs =
      written !== undefined && !wanted.some(flag => flag.name === fault.flag && flag.value !== flagText(written))
    return {
      code: 'bad-flag-value',
      severity: 'error',
      message: `--${fault.flag}: ${fault.message}`,
      ...(isTheirs ? at(pod, written.words[0]) : {})
    }
  })

/** What is worth saying about the flags without refusing them. */
export const flagFindings = (pod: Pod, version: KubernetesVersion): Finding[] => {
  const audit = pod.command.flags.filter(flag => flag.name.startsWith('audit-'))
  const isRepeated = (flag: Flag): boolean =>
    audit.some(other => other !== flag && other.name === flag.name && audit.indexOf(other) > audit.indexOf(flag))
  const repeated = audit.filter(isRepeated).map((flag): Finding => ({
    code: 'duplicate-flag',
    severity: 'warning',
    message: `--${flag.name} stands more than once; the last counts`,
    ...at(pod, flag.words[0])
  }))
  const known = pod.version !== undefined && isAtLeast(version, NEWEST.minor + 1)
  const future: Finding[] = known
    ? [
        {
          code: 'newer-version',
          severity: 'info',
          message: `Kubernetes ${formatVersion(version)} is newer than the rules known here (${formatVersion(NEWEST)})`
        }
      ]
    : []
  return [...repeated, ...future]
}
