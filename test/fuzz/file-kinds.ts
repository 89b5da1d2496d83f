import { parseAllDocuments } from 'yaml'
import { randomConfig } from '../fixtures/kubeadm/random-config.ts'
import { REFUSED, TAKEN } from '../falco/loader-rows.ts'
import { unpromised } from '../immutability/plain-patch.ts'
import { randomWorkload } from '../immutability/random-workload.ts'
import { fuzzLines } from '../logs/fuzz-lines.ts'
import { logLines } from '../logs/generate-log.ts'
import { type Data, writeRandom } from '../fixtures/manifest/write-random.ts'
import { POLICY_TEMPLATES } from '../../src/policy/templates.generated.ts'
import { printing, runCommand } from './command.ts'
import { type Dice, type Kind, must, type Verdict } from './kind.ts'
import type { Probe } from './probe.ts'
import { falcoConfigInput, requestsInput, traceInput } from './file-inputs.ts'
import { AUDITED, fileWith, nodeWith, PLACES } from './work-place.ts'

const verdictOf = (code: number): Verdict => (code <= 1 ? 'accepted' : 'refused')

const rulesInput = (dice: Dice): Buffer => {
  const good = TAKEN.flatMap(({ in: given }) => given).filter(text => text.length < 3000)
  const bad = REFUSED.flatMap(({ in: given }) => given).filter(text => text.length < 3000)
  return Buffer.from(dice.several(dice.chance(75) ? good : bad, 1, 3).join(''))
}

const checkRules = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const rules = fileWith('rules.yaml', input)
  const log = fileWith('audit.log', [...take(5, logLines(dice.pick(50)))].join(''))
  const isData = dice.chance(30)
  const judged = await runCommand(['falco', '-V', rules, ...(isData ? ['-o', 'json_output=true'] : [])], probe, {
    isData
  })
  const words = dice.one([
    ['-L', '-r', rules],
    ['-r', rules, '-e', log],
    ['-r', rules, '-e', log, '-o', 'json_output=true'],
    ['-l', 'r', '-r', rules]
  ])
  await runCommand(['falco', ...words], probe, { isData: words.includes('json_output=true') })
  return judged.code === 0 ? 'accepted' : 'refused'
}

const checkFalcoConfig = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const rules = fileWith(
    'rules.yaml',
    '- rule: r\n  desc: d\n  condition: ka.verb = get\n  output: o %ka.verb\n  priority: INFO\n  source: k8s_audit\n'
  )
  const log = fileWith('audit.log', [...take(3, logLines(dice.pick(50)))].join(''))
  const { code } = await runCommand(['falco', '-c', fileWith('falco.yaml', input), '-r', rules, '-e', log], probe)
  return code === 0 ? 'accepted' : 'refused'
}

const take = (count: number, lines: Iterator<string>): string[] =>
  Array.from({ length: count }, () => String(lines.next().value))

const logInput = (dice: Dice): Buffer => {
  const [sound, hard] = [logLines(dice.pick(10_000)), fuzzLines(dice.pick(10_000))]
  const parts = Array.from({ length: 2 + dice.pick(20) }, () => {
    const { bytes } = hard.next().value as { readonly bytes: Buffer }
    return dice.chance(70) || bytes.length > 100_000 ? Buffer.from(String(sound.next().value)) : bytes
  })
  return Buffer.concat(parts)
}

const checkLog = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const log = fileWith('audit.log', input)
  const policy = fileWith('policy.yaml', POLICY_TEMPLATES.baseline.text)
  const words = dice.one([
    ['log', 'summary', log],
    ['log', 'summary', log, '--strict', '--policy', policy],
    ['log', 'summary', log, '--html', '-'],
    ['log', 'replay', log, '--policy', policy, '--against', 'template:baseline'],
    ['log', 'query', log, '--stage', 'all'],
    ['log', 'query', log, '--resource', '*', '--tail', '3'],
    ['log', 'query', log, '--where', 'has(objectRef.name) && objectRef.name != "x" || verb.startsWith("w")'],
    ['log', 'query', log, '--count', '--user', '!system:*'],
    ['falco', '-r', 'template:k8s_audit', '-e', log]
  ])
  const isData = words.includes('--html')
  const isJson = dice.chance(30) && !isData && words[0] === 'log' && words[1] !== 'query'
  const { code } = await runCommand([...words, ...printing(isJson)], probe, { isData })
  return verdictOf(code)
}

const checkWorkload = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  await runCommand(['immutable', 'check', '-', ...printing(dice.chance(40))], probe, { input })
  const given = ['--writable', '/var/lib/app', ...(dice.chance(30) ? ['--run-as-user', '1000'] : [])]
  await runCommand(['immutable', 'patch', '-', ...given, ...printing(dice.chance(40))], probe, { input })
  const { code, out } = await runCommand(['immutable', 'patch', '--write', '-', ...given], probe, {
    input,
    isData: true
  })
  if (code > 1) return 'refused'
  const again = await runCommand(['immutable', 'patch', '--write', '-', ...given], probe, {
    input: Buffer.from(out),
    isData: true
  })
  must(again.out === out, 'patched again, the text is another')
  must(parseAllDocuments(out, { logLevel: 'silent', uniqueKeys: false }).length >= 0, 'it is no YAML any more')
  const text = input.toString('utf8')
  // the plain reader has no word for these
  if (!/[&*!]|<<|\?|\ufeff|%/.test(text)) {
    const faults = unpromised(text, out)
    must(faults.length === 0, () => faults.slice(0, 3).join('\n'))
  }
  return 'accepted'
}

const checkClusterConfig = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const file = fileWith('kubeadm.yaml', input)
  const words = dice.one([['kubeadm', 'drift'], ['kubeadm', 'show'], ['check']])
  const { code } = await runCommand(
    [...words, '--kubeadm-config', file, '--root', nodeWith({}), ...printing(dice.chance(40))],
    probe
  )
  return verdictOf(code)
}

const casesInput = (dice: Dice): Buffer => {
  const one = (): Data => ({
    ...(dice.chance(50) ? { description: dice.one(['a case', 'on', '', '1:20']) } : {}),
    ...(dice.chance(80)
      ? { resource: dice.one(['secrets', 'pods/exec', 'pods', 'x/y/z', '*', '']) }
      : { path: dice.one(['/healthz', 'x', '/api/v1/pods', '']) }),
    ...(dice.chance(60) ? { verb: dice.one(['get', 'create', 'post', 'x']) } : {}),
    ...(dice.chance(40)
      ? { user: dice.one<Data>(['alice', null, 'system:admin', '']), groups: dice.one<Data>([['a'], 'a', []]) }
      : {}),
    ...(dice.chance(30) ? { namespace: 'prod', name: 'x', apiGroup: dice.one(['', 'apps', '*']) } : {}),
    ...(dice.chance(90) ? { level: dice.one(['None', 'Metadata', 'Request', 'x']) } : {}),
    ...(dice.chance(30)
      ? { rule: dice.one<Data>([0, 1, -1, 99, null, 'x']), stages: dice.one<Data>([['ResponseComplete'], [], 'x']) }
      : {})
  })
  const list = Array.from({ length: dice.pick(6) }, one)
  return Buffer.from(
    dice.chance(40)
      ? JSON.stringify(list, null, dice.one([0, 2]))
      : writeRandom({ x: list }, dice).replace(/^x:\s*/m, '')
  )
}

const checkCases = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const { code } = await runCommand(
    ['policy', 'test', 'template:baseline', fileWith('cases.yaml', input), ...printing(dice.chance(40))],
    probe
  )
  return verdictOf(code)
}

const checkRequests = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const file = fileWith('requests.jsonl', input)
  const option = dice.chance(60) ? '--requests' : '--event'
  const { code } = await runCommand(
    ['policy', 'explain', 'template:baseline', option, file, ...printing(dice.chance(40))],
    probe
  )
  return verdictOf(code)
}

const checkTrace = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const file = fileWith('trace.txt', input)
  const web = Buffer.from(
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: nginx:1.27\n'
  )
  const option = dice.one(['--from-strace', '--from-audit'])
  const { code } = await runCommand(['immutable', 'patch', '-', option, file, ...printing(dice.chance(40))], probe, {
    input: web
  })
  return verdictOf(code)
}

const appliedInput = (dice: Dice): Buffer =>
  Buffer.from(dice.chance(50) ? AUDITED : randomConfig(dice, dice.chance(50)))

const checkLaid = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  // a file of another kind in the place of each of the node's
  const place = dice.one(Object.values(PLACES))
  const { code } = await runCommand(
    [
      dice.one(['check', 'status', 'plan', 'explain-failure']),
      '--root',
      nodeWith({ [place]: input }),
      ...printing(dice.chance(40))
    ],
    probe
  )
  return verdictOf(code)
}

/** Files that are given by name. */
export const FILE_KINDS: readonly Kind[] = [
  { name: 'falco-rules', generate: rulesInput, hostile: 50, check: checkRules },
  { name: 'falco-configs', generate: falcoConfigInput, hostile: 40, check: checkFalcoConfig },
  { name: 'logs', generate: logInput, hostile: 20, check: checkLog },
  {
    name: 'workloads',
    generate: dice => Buffer.from(randomWorkload(dice.pick(1_000_000_000))),
    hostile: 30,
    check: checkWorkload
  },
  {
    name: 'cluster-configs',
    generate: dice => Buffer.from(randomConfig(dice, dice.chance(50))),
    hostile: 40,
    check: checkClusterConfig
  },
  { name: 'cases', generate: casesInput, hostile: 40, check: checkCases },
  { name: 'requests', generate: requestsInput, hostile: 40, check: checkRequests },
  { name: 'traces', generate: traceInput, hostile: 40, check: checkTrace },
  { name: 'misplaced', generate: appliedInput, hostile: 50, check: checkLaid }
]
