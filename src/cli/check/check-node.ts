import { formatVersion, NEWEST } from '../../audit/version.ts'
import { cisNumbers } from '../../checks/cis.ts'
import { runChecks } from '../../checks/run.ts'
import { CHECKS } from '../../checks/table.ts'
import { AuditError } from '../../errors.ts'
import type { NodeFacts } from '../../facts/node.ts'
import { type Finding, sortFindings } from '../../finding.ts'
import type { HostReader } from '../../host/host.ts'
import { nodeHostReader } from '../../host/node-host-reader.ts'
import { findManifestToJudge } from '../../inspect/find-manifest.ts'
import { gatherNode } from '../../inspect/node-facts.ts'
import { planEnableOn } from '../../inspect/plan-node.ts'
import { isEmpty, type Plan } from '../../plan/change.ts'
import { LINT_RULES } from '../../policy/lint.ts'
import { checkLines, checksJson } from '../../render/check.ts'
import { findingCounts } from '../../render/finding-counts.ts'
import { planJson } from '../../render/json.ts'
import { jsonLine } from '../../render/json-line.ts'
import { resultOf } from '../../render/result.ts'
import { harmless } from '../../render/paint.ts'
import { planLines } from '../../render/plan.ts'
import { sarifOf } from '../../render/sarif.ts'
import { shownTexts } from '../../render/shown-texts.ts'
import { startFaults } from '../../startup/judge.ts'
import { backupDirectoryOf } from '../apply-options.ts'
import { enableInputOf } from '../enable-input.ts'
import { EXPLANATIONS } from '../explain.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import { manifestPathOf } from '../manifest-path.ts'
import type { Args } from '../options.ts'
import { judge } from '../policy/judged.ts'
import { rootOf, type Session, sessionOf } from '../session.ts'
import { VERSION } from '../version.ts'
import { clusterConfigReader } from './cluster-config-reader.ts'

/** Checks the node of `check` and gives the exit code. */
export const checkNode = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const host = nodeHostReader({ root: rootOf(args) })
  const facts = await gatherNode(host, {
    manifest: manifestPathOf(args, host, session, findManifestToJudge),
    backups: backupDirectoryOf(args),
    readClusterConfig: clusterConfigReader(args, host)
  })
  refuseUnusable(facts)
  const version = kubernetesVersionOf(args) ?? facts.manifest.pod?.version ?? NEWEST
  const outcomes = runChecks(facts, version, startFaults(facts, version))
  const findings = sortFindings(outcomes.flatMap(outcome => outcome.findings))
  const repair = args.has('fix') ? repairOf(host, facts, args) : undefined
  session.give(() =>
    resultOf('CheckResult', {
      node: facts.name,
      manifest: facts.manifest.path,
      kubernetesVersion: formatVersion(version),
      findings,
      checks: checksJson(outcomes),
      ...(repair === undefined ? {} : { fix: repairJson(repair) })
    })
  )
  if (session.isSarif) io.out(jsonLine(sarifOf(findings, KINDS, VERSION, facts.name ?? undefined)))
  const { paint, width } = session
  // a plan is worth its time only where its offer is shown
  const isForPeople = repair === undefined && !session.isJson && !session.isSarif
  session.say([
    ...checkLines(outcomes, shownTexts(facts), args.has('verbose'), paint, width),
    ...(repair === undefined ? [] : ['', ...repairLines(repair, session)]),
    '',
    closingLine(findings, () => isForPeople && isRepairable(repairOf(host, facts, args)), session),
    ...(host.root === '/' ? [] : [`paths and commands are those of the node; here its files lie below ${host.root}`])
  ])
  return judge(args, findings)
}

const KINDS = [
  ...CHECKS.map(({ id, severity, why, cis }) => ({
    code: id,
    severity,
    why,
    ...(cis === undefined
      ? {}
      : { tags: Object.entries(cisNumbers(cis)).map(([version, item]) => `CIS-${version}-${item}`) })
  })),
  ...LINT_RULES
]

// a manifest that is not there is a fault of the node only where the others are
const refuseUnusable = ({ manifest: { error }, entries }: NodeFacts): void => {
  if (error?.code === 'OTHER_DISTRIBUTION') throw error
  if (error?.code === 'NOT_FOUND' && (entries === null || entries.length === 0)) throw error
}

/** The plan of `apply` without options, or why there is none. */
type Repair = Plan | AuditError

const repairOf = (host: HostReader, facts: NodeFacts, args: Args): Repair => {
  try {
    return planEnableOn(host, facts.manifest.path, enableInputOf(args))
  } catch (error) {
    if (error instanceof AuditError && error.code !== 'IMPOSSIBLE') return error
    throw error
  }
}

const repairJson = (repair: Repair): Record<string, unknown> =>
  repair instanceof AuditError
    ? resultOf('Error', {
        code: repair.code,
        message: repair.message,
        next: repair.next ?? EXPLANATIONS[repair.code].next,
        findings: repair.findings
      })
    : planJson(repair)

const repairLines = (repair: Repair, { paint, width }: Session): string[] => {
  if (repair instanceof AuditError)
    return [
      paint.bold('auditpatch apply would refuse to repair this:'),
      `  ${harmless(repair.message)}`,
      `  next: ${harmless(repair.next ?? EXPLANATIONS[repair.code].next)}`
    ]
  if (isEmpty(repair)) return ['auditpatch apply has nothing to repair here']
  return [
    paint.bold('What auditpatch apply would repair:'),
    '',
    ...planLines({ ...repair, findings: [] }, paint, width)
  ]
}

const isRepairable = (repair: Repair): boolean => !(repair instanceof AuditError) && !isEmpty(repair)

const closingLine = (findings: readonly Finding[], isOffered: () => boolean, { paint }: Session): string => {
  const isFine = findings.every(({ severity }) => severity === 'info')
  const isOff = findings.some(({ code }) => code === 'audit-off')
  if (isFine && isOff) return 'auditing is off; nothing else is wrong with this node'
  if (isFine) return paint.green('nothing is wrong with this node')
  const offer = !isOff && isOffered() ? '; auditpatch check --fix shows what apply would repair' : ''
  return `${verdictOf(findings)}; nothing was written${offer}`
}

const verdictOf = (findings: readonly Finding[]): string =>
  findingCounts(findings.filter(({ severity }) => severity !== 'info'))
    .map(({ text }) => text)
    .join(', ')
