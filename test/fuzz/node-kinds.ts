import { isDeepStrictEqual } from 'node:util'
import { checkKubeconfig } from '../../src/audit/check-kubeconfig.ts'
import { redactKubeconfig } from '../../src/audit/redact-kubeconfig.ts'
import { parseKubeletConfig } from '../../src/facts/kubelet.ts'
import { decodeText } from '../../src/text/source.ts'
import { printing, runCommand } from './command.ts'
import { type Dice, type Kind, must, type Verdict } from './kind.ts'
import { kubeconfigInput, kubeletInput, podLogInput, SECRET, settingsInput } from './node-inputs.ts'
import { manifestInput } from './manifest-input.ts'
import { mustPointInto } from './printed.ts'
import type { Probe } from './probe.ts'
import { AUDITED, fileWith, nodeWith, PLACES } from './work-place.ts'

const LOOKS = [
  ['check'],
  ['check', '--fix'],
  ['check', '-o', 'sarif'],
  ['status'],
  ['plan'],
  ['plan', '--remove'],
  ['explain-failure'],
  ['kubeadm', 'show'],
  ['plan', '--log-path', '-']
]

/** One command that looks at a node. */
const look = async (
  node: string,
  dice: Dice,
  probe: Probe,
  words: readonly string[] = dice.one(LOOKS)
): Promise<number> => {
  const isSarif = words.includes('sarif')
  const { code, out } = await runCommand(
    [...words, '--root', node, ...(isSarif ? [] : printing(dice.chance(40)))],
    probe,
    { isData: isSarif }
  )
  if (isSarif && out !== '') JSON.parse(out)
  return code
}

const checkNodeManifest = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const node = nodeWith({ [PLACES.manifest]: input })
  await look(node, dice, probe)
  const code = await look(node, dice, probe, ['plan'])
  const rendered = await runCommand(['render', '-', ...printing(dice.chance(30))], probe, { input, isData: true })
  must(rendered.code <= 3, 'render ends with something else')
  return code <= 1 ? 'accepted' : 'refused'
}

const checkWebhook = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const text = probe.ask('decoding', () => decodeText(input, 'webhook.yaml'))
  let isGood = false
  if ('value' in text) {
    const { findings } = probe.demand('checking', () => checkKubeconfig(text.value, 'webhook.yaml'))
    mustPointInto(findings, text.value)
    isGood = findings.every(({ severity }) => severity !== 'error')
    const shown = probe.demand('redacting', () => redactKubeconfig(text.value))
    // what changes the secret itself is no secret of ours any more
    if (isGood) must(!shown.includes(SECRET), () => `a secret is shown: ${shown.slice(0, 500)}`)
  }
  const node = nodeWith({ [PLACES.webhook]: input })
  const webhook = fileWith('webhook.yaml', input)
  const words = dice.one([
    ['check'],
    ['plan'],
    ['status'],
    ['explain-failure'],
    ['plan', '--webhook-config', webhook],
    ['plan', '--webhook-config', webhook, '--webhook-path', '/etc/kubernetes/other.yaml']
  ])
  const { out, err } = await runCommand([...words, '--root', node, ...printing(dice.chance(40))], probe)
  if (isGood) must(!`${out}${err}`.includes(SECRET), () => `${words.join(' ')} shows a secret`)
  return isGood ? 'accepted' : 'refused'
}

const checkSettings = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const file = fileWith('settings.yaml', input)
  const words = dice.one([
    ['render', '-'],
    ['plan', '--root', nodeWith({})],
    ['kubeadm', 'show', '--root', nodeWith({})]
  ])
  const isData = words[0] === 'render'
  const { code, err } = await runCommand([...words, '--settings', file, ...printing(dice.chance(30))], probe, {
    input: Buffer.from(AUDITED),
    isData
  })
  must(code <= 1 || err.includes('settings.yaml') || code >= 2, 'no word of the file')
  return code <= 1 ? 'accepted' : 'refused'
}

const checkKubelet = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const read = (): unknown => parseKubeletConfig(input.toString('utf8'))
  const config = probe.demand('reading', read)
  must(isDeepStrictEqual(config, read()), 'read again it is another')
  const code = await look(nodeWith({ [PLACES.kubelet]: input }), dice, probe)
  return code <= 1 ? 'accepted' : 'refused'
}

const checkPodLog = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const node = nodeWith({ [dice.one([PLACES.podLog, PLACES.podLog, 'var/log/syslog'])]: input })
  const { out } = await runCommand(['explain-failure', '--root', node, ...printing(dice.chance(40))], probe)
  return out.includes('No cause was found') || out.includes('"causes":[]') ? 'refused' : 'accepted'
}

const checkNodePolicy = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const code = await look(nodeWith({ [PLACES.policy]: input }), dice, probe)
  return code <= 1 ? 'accepted' : 'refused'
}

/** Files of a node, which its owner wrote. */
export const nodeKinds = (policyInput: (dice: Dice) => Buffer): readonly Kind[] => [
  { name: 'nodes', generate: manifestInput, hostile: 35, check: checkNodeManifest },
  { name: 'node-policies', generate: policyInput, hostile: 35, check: checkNodePolicy },
  { name: 'kubeconfigs', generate: kubeconfigInput, hostile: 40, check: checkWebhook },
  { name: 'settings', generate: settingsInput, hostile: 40, check: checkSettings },
  { name: 'kubelet-configs', generate: kubeletInput, hostile: 50, check: checkKubelet },
  { name: 'pod-logs', generate: podLogInput, hostile: 30, check: checkPodLog }
]
