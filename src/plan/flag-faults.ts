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

/** The audit flags of a manifest with their counting values. Names outside the table are left out, and one without its value. */
export const currentFlags = (pod: Pod): ReadonlyMap<AuditFlagName, string> =>
  new Map(
    pod.command.flags.flatMap(flag => {
      const known = auditFlag(flag.name)
      return known && !isWithoutValue(flag)
        ? [[known.aliasOf ?? known.name, flagText(flag)] as [AuditFlagName, string]]
        : []
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
  const findings = flagFaults(pod, wanted, version)
  const [first] = findings
  if (!first) return
  const position: Position | undefined =
    first.line === undefined ? undefined : { line: first.line, column: first.column ?? 1 }
  const path = position ? pod.source.file : undefined
  throw new AuditError('BAD_FLAG', `kube-apiserver would not start: ${first.message}`, { path, position, findings })
}

/**
 * The faults for which kube-apiserver would not start with the audit flags as they will be, and of words that are no flags:
 * `unknown-flag`, `removed-flag`, `typographic-dash`, `bad-flag-word`, `stray-word`, `flag-without-value`, `bad-flag-value`.
 * The field of each is that of the word at fault.
 */
export const flagFaults = (pod: Pod, wanted: readonly WantedFlag[], version: KubernetesVersion): Finding[] => [
  ...unknownFlags(pod, version),
  ...strayWords(pod),
  ...writtenFaults(pod, wanted),
  ...valueFaults(pod, wanted, version)
]

const at = (pod: Pod, word: Word): Pick<Finding, 'file' | 'line' | 'column' | 'field'> => ({
  file: pod.source.file,
  ...positionOf(pod.source, [...word.list, word.index]),
  field: formatPath([...word.list, word.index])
})

const unknownFlags = (pod: Pod, version: KubernetesVersion): Finding[] => {
  // a release newer than the table may have flags that it does not know
  if (isAtLeast(version, NEWEST.minor + 1)) return []
  return pod.command.flags
    .filter(flag => /^audit-/i.test(flag.name) && !auditFlag(flag.name))
    .map(flag => {
      const nearest = nearestFlag(flag.name)
      return {
        code: 'unknown-flag',
        severity: 'error',
        message: `unknown flag --${flag.name}${nearest === undefined ? '' : ` (is --${nearest} meant?)`}`,
        ...at(pod, flag.words[0])
      }
    })
}

// kube-apiserver takes no words but flags and their values; it passes over empty ones, and $(NAME) may become a flag
const strayWords = (pod: Pod): Finding[] => {
  const end = pod.command.stray.findIndex(word => word.text === '--')
  return pod.command.stray.flatMap((word, index): Finding[] => {
    if (word.text === '' || index === end || /^-?-?\$\(/.test(word.text)) return []
    const isBehindEnd = end >= 0 && index > end
    const isTypographic = !isBehindEnd && TYPOGRAPHIC.test(word.text)
    const isDashed = !isBehindEnd && /^-./.test(word.text)
    const why = isBehindEnd
      ? 'stands behind --, where no flag is read'
      : isTypographic
        ? 'begins with a dash of print, not with two hyphens (--)'
        : isDashed
          ? 'is no flag: --FLAG=VALUE is wanted'
          : `is no flag${behindBoolean(pod, word)}`
    return [
      {
        code: isTypographic ? 'typographic-dash' : isDashed ? 'bad-flag-word' : 'stray-word',
        severity: 'error',
        message: `"${word.text.slice(0, 80)}" ${why}`,
        ...at(pod, word)
      }
    ]
  })
}

// word processors and web pages put these in the place of hyphens
const TYPOGRAPHIC = /^-{0,2}[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/

// `--audit-log-compress false` is the flag alone, which is true, and a word
const behindBoolean = (pod: Pod, word: Word): string => {
  const previous = pod.command.words[pod.command.words.indexOf(word) - 1]
  const flag = pod.command.flags.find(each => each.value === null && each.words[0] === previous)
  return flag ? `; a boolean takes its value as --${flag.name}=${word.text.slice(0, 80)}` : ''
}

const isWithoutValue = (flag: Flag): boolean => {
  const known = auditFlag(flag.name)
  return known !== undefined && known.type !== 'bool' && flag.value === null
}

const mainName = (name: string): string => auditFlag(name)?.aliasOf ?? name

// every one of several is read, though the last counts
const writtenFaults = (pod: Pod, wanted: readonly WantedFlag[]): Finding[] =>
  pod.command.flags.flatMap((flag): Finding[] => {
    const known = auditFlag(flag.name)
    const wish = wanted.find(each => each.name === mainName(flag.name))
    const isLast = pod.command.flags.findLast(each => mainName(each.name) === mainName(flag.name)) === flag
    if (!known || wish?.value === null) return []
    const fault = isWithoutValue(flag)
      ? wish === undefined && 'a value is wanted, and none follows'
      : !isLast && valueFault(known, flagText(flag))
    if (!fault) return []
    return [
      {
        code: isWithoutValue(flag) ? 'flag-without-value' : 'bad-flag-value',
        severity: 'error',
        message: `--${flag.name}: ${fault}`,
        ...at(pod, flag.words[0])
      }
    ]
  })

const valueFaults = (pod: Pod, wanted: readonly WantedFlag[], version: KubernetesVersion): Finding[] =>
  validateFlags(flagsAfter(pod, wanted), version).map((fault: FlagFault) => {
    const written = pod.command.flags.filter(flag => flag.name === fault.flag).at(-1)
    const isTheirs =
      written !== undefined && !wanted.some(flag => flag.name === fault.flag && flag.value !== flagText(written))
    const { until } = auditFlag(fault.flag) ?? {}
    const isRemoved = until !== undefined && isAtLeast(version, until)
    return {
      code: isRemoved ? 'removed-flag' : 'bad-flag-value',
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
