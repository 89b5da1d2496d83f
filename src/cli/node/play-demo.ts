import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { nodeHostReader } from '../../host/node-host-reader.ts'
import { ownFiles } from '../../host/own-files.ts'
import { makeTemporaryRoot } from '../../host/temporary-root.ts'
import { MAX_BYTES } from '../../text/source.ts'
import { EXAMPLE_MANIFEST } from '../../manifest/example-manifest.generated.ts'
import { sessionOf } from '../session.ts'
import { applySettings } from './apply-settings.ts'
import { showPlan } from './show-plan.ts'
import { removeSettings } from './remove-settings.ts'
import { showStatus } from '../check/show-status.ts'
import type { Io } from '../io.ts'
import type { Args, OptionName } from '../options.ts'

/** Plays the whole main job on an example node in a temporary directory. Gives the exit code. */
export const playDemo = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const root = makeTemporaryRoot('auditpatch-demo', { [DEFAULT_MANIFEST]: EXAMPLE_MANIFEST })
  const step = (line: string): void => session.say(['', session.paint.bold(line)])
  // with -o json the one object is what apply says
  const rest = session.isJson ? { ...io, out: () => undefined } : io
  const node = argsFor(args, { root: root.path, policy: 'template:metadata-all' }, ['yes', 'no-wait'])
  try {
    step(`An example control-plane node, as kubeadm makes it, in ${root.path}. Switch auditing on:`)
    const codes = [await applySettings(node, io, ownFiles)]
    step('Again, to see that nothing is left to do:')
    codes.push(await showPlan(node, rest))
    step('What the node has now:')
    codes.push(await showStatus(node, rest))
    step('And back:')
    const back = argsFor(args, { root: root.path }, ['yes', 'no-wait', 'purge'])
    codes.push(await removeSettings(back, rest, ownFiles))
    const bytes = nodeHostReader({ root: root.path }).read(DEFAULT_MANIFEST, MAX_BYTES)?.toString('utf8')
    const isSame = bytes === EXAMPLE_MANIFEST
    step(
      isSame
        ? 'The manifest is what it was, byte for byte. On a node of yours: auditpatch plan'
        : 'The manifest is NOT what it was.'
    )
    session.say(['The example node is taken away again, with its backups.'])
    return isSame ? Math.max(...codes) : 1
  } finally {
    root.remove()
  }
}

const argsFor = (args: Args, texts: Partial<Record<OptionName, string>>, flags: readonly OptionName[]): Args => ({
  text: name => texts[name] ?? (name === 'color' || name === 'output' ? args.text(name) : undefined),
  has: name => flags.includes(name) || (name === 'quiet' && args.has(name)),
  list: () => [],
  positionals: []
})
