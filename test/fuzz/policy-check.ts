import { isDeepStrictEqual } from 'node:util'
import type { KubernetesVersion } from '../../src/audit/version.ts'
import { comparePolicies } from '../../src/policy/compare.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decodePolicy } from '../../src/policy/decode.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { explain } from '../../src/policy/explanation.ts'
import { LINT_RULES, lintPolicy } from '../../src/policy/lint.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { paintFor } from '../../src/render/paint.ts'
import { policyLintLines } from '../../src/render/policy-lint.ts'
import { policyMapHtml } from '../../src/render/policy-map.ts'
import { verdictLine } from '../../src/render/policy-explanation.ts'
import { sarifOf } from '../../src/render/sarif.ts'
import { decodeGoText } from '../../src/text/source.ts'
import { generateRequests } from '../oracle/generate-requests.ts'
import type { PolicyModel } from '../oracle/generate-policy.ts'
import { type Dice, must, type Verdict } from './kind.ts'
import { mustBeSeemly, mustPointInto, mustTellPlace } from './printed.ts'
import type { Probe } from './probe.ts'

const FILE = 'policy.yaml'

/** Lints a policy, and where a server would take it decides, compares and maps with it. */
export const checkPolicy = (input: Buffer, dice: Dice, probe: Probe): Verdict => {
  const read = probe.ask('decoding', () => decodeGoText(input, FILE))
  if ('refused' in read) return mustTellPlace(read.refused, '')
  const text = read.value
  const version = { major: 1, minor: dice.one([19, 22, 26, 30, 31, 33, 36, 36]) }
  const lint = probe.demand('lint', () => lintPolicy(text, FILE, version))
  mustPointInto(lint.findings, text)
  const lines = probe.demand('rendering', () => policyLintLines([{ file: FILE, text, ...lint }], paintFor(false), 100))
  mustBeSeemly(lines.join('\n'))
  JSON.parse(JSON.stringify(sarifOf(lint.findings, LINT_RULES, '1')))
  const decoded = probe.demand('decoding', () => decodePolicy(text, FILE, version))
  must((decoded.policy !== null) === lint.accepted, 'lint and decode do not agree')
  mustSayTheSame(text, version, lint.accepted, decoded.policy)
  if (!decoded.policy) {
    must(
      lint.findings.some(({ severity }) => severity === 'error'),
      'a policy is refused without an error'
    )
    return 'refused'
  }
  checkAccepted(decoded.policy, text, dice, probe)
  return 'accepted'
}

const checkAccepted = (policy: Policy, text: string, dice: Dice, probe: Probe): void => {
  const decide = probe.demand('compiling', () => compilePolicy(policy))
  for (const request of generateRequests(dice, modelOf(policy), 6)) {
    const [plain, compiled] = [evaluate(policy, request), decide(request)]
    must(isDeepStrictEqual(plain, compiled), 'the compiled policy decides otherwise')
    const explanation = probe.demand('explaining', () => explain(policy, request, decide))
    must(explanation.level === plain.level && explanation.rule === plain.rule, 'explain tells something else')
    mustBeSeemly(verdictLine(request, explanation, paintFor(false)))
  }
  if (dice.chance(25)) {
    const compared = probe.ask('comparing', () => comparePolicies(policy, policy))
    must('refused' in compared || compared.value.kind === 'equal', 'a policy differs from itself')
  }
  if (dice.chance(10)) {
    const page = probe.demand('mapping', () => policyMapHtml(policy, FILE, text))
    must(!/<script>alert|<img src=x/.test(page), 'a word of the policy is markup on the page')
  }
}

// what a decoded policy leaves open is null in it
const modelOf = ({ rules }: Policy): PolicyModel => ({
  rules: rules.map(({ omitManagedFields: _, ...rule }) => rule)
})

const withoutLines = (policy: Policy | null): unknown =>
  policy && { ...policy, rules: policy.rules.map(({ line: _, ...rule }) => rule) }

/** What does not change the meaning of YAML changes nothing. */
const mustSayTheSame = (text: string, version: KubernetesVersion, accepted: boolean, policy: Policy | null): void => {
  const same = (name: string, other: string): void => {
    const now = decodePolicy(other, FILE, version).policy
    must((now !== null) === accepted, `${name} makes a policy ${accepted ? 'refused' : 'accepted'}`)
    must(isDeepStrictEqual(withoutLines(now), withoutLines(policy)), `${name} makes another policy`)
  }
  const isJson = /^\s*\{/.test(text)
  if (!/\r(?!\n)/.test(text) && text.length < 100_000) {
    if (text.includes('\r\n')) same('LF for CRLF', text.replaceAll('\r\n', '\n'))
    else if (text.includes('\n')) same('CRLF for LF', text.replaceAll('\n', '\r\n'))
  }
  if (accepted && !isJson && !/^[\ufeff%]/.test(text)) same('a comment in front', `# a comment: [\n${text}`)
  if (accepted && !isJson && text.endsWith('\n')) same('a comment behind', `${text}# a comment: [`)
}
