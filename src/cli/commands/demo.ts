import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { nodeHostReader } from '../../host/node-host-reader.ts'
import { makeTemporaryRoot } from '../../host/temporary-root.ts'
import { MAX_BYTES } from '../../text/source.ts'
import type { Command } from '../command.ts'
import { EXAMPLE_MANIFEST } from '../example-manifest.generated.ts'
import type { Args, OptionName } from '../options.ts'
import { sessionOf } from '../session.ts'
import { apply } from './apply.ts'
import { plan } from './plan.ts'
import { remove } from './remove.ts'
import { status } from './status.ts'

export const demo: Command = {
  name: 'demo',
  usage: '',
  summary: 'The whole main job on an example control-plane node in a temporary directory',
  options: [],
  positionals: 0,
  examples: [
    ['$0 demo', 'see the diff, the second run, and the way back'],
    ['$0 demo --color never', 'the same without colours']
  ],
  run: async (args, io) => {
    const session = sessionOf(args, io)
    const root = makeTemporaryRoot('auditpatch-demo', { [DEFAULT_MANIFEST]: EXAMPLE_MANIFEST })
    const step = (line: string): void => session.say(['', session.paint.bold(line)])
    // with -o json the one object is what apply says
    const rest = session.isJson ? { ...io, out: () => undefined } : io
    const node = argsFor(args, { root: root.path, policy: 'template:metadata-all' }, ['yes', 'no-wait'])
    try {
      step(`An example control-plane node, as kubeadm makes it, in ${root.path}. Switch auditing on:`)
      const codes = [await apply.run(node, io)]
      step('Again, to see that nothing is left to do:')
      codes.push(await plan.run(node, rest))
      step('What the node has now:')
      codes.push(await status.run(node, rest))
      step('And back:')
      codes.push(await remove.run(argsFor(args, { root: root.path }, ['yes', 'no-wait', 'purge']), rest))
      const bytes = nodeHostReader({ root: root.path }).read(DEFAULT_MANIFEST, MAX_BYTES)?.toString('utf8')
      const isSame = bytes === EXAMPLE_MANIFEST
      step(
        isSame
          ? 'The manifest is what it was, byte for byte. On a node of yours: auditpatch plan'
          : 'The manifest is NOT what it was.'
      )
      return isSame ? Math.max(...codes) : 1
    } finally {
      root.remove()
    }
  }
}

const argsFor = (args: Args, texts: Partial<Record<OptionName, string>>, flags: readonly OptionName[]): Args => ({
  text: name => texts[name] ?? (name === 'color' || name === 'output' ? args.text(name) : undefined),
  has: name => flags.includes(name) || (name === 'quiet' && args.has(name)),
  list: () => [],
  positionals: []
})
