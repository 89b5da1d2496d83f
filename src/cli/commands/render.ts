import { AuditError } from '../../errors.ts'
import { readLocalFile, readWhole } from '../../host/local-files.ts'
import { markedDistribution } from '../../facts/distributions.ts'
import { renderWithout } from '../../plan/disable.ts'
import { neededFiles, renderManifest, wishOf } from '../../plan/enable.ts'
import { locatePod } from '../../pod/pod.ts'
import { resultOf } from '../../render/json.ts'
import { decodeText, MAX_BYTES, parseSource } from '../../text/source.ts'
import type { Command } from '../command.ts'
import { enableInputOf } from '../enable-input.ts'
import { type Args, SETTINGS } from '../options.ts'
import { sessionOf } from '../session.ts'

export const render: Command = {
  name: 'render',
  usage: '[file]',
  summary: 'A pure filter: manifest in (a file or -), patched manifest out; looks at no host',
  options: [...SETTINGS, 'remove'],
  positionals: 1,
  examples: [
    ['$0 render kube-apiserver.yaml > patched.yaml', 'a file'],
    [
      'ssh node1 cat /etc/kubernetes/manifests/kube-apiserver.yaml | $0 render -',
      'what would become of a node, from afar'
    ],
    ['$0 render --remove patched.yaml', 'the reverse']
  ],
  run: async (args, io) => {
    const session = sessionOf(args, io)
    const file = args.positionals[0] ?? '-'
    if (file === '-' && io.isInTerminal)
      throw new AuditError('USAGE', 'a manifest is wanted: a file, or standard input by a pipe')
    const name = file === '-' ? 'standard input' : file
    const text = decodeText(
      file === '-' ? readWhole(io.input(), name, MAX_BYTES) : readLocalFile(file, MAX_BYTES),
      name
    )
    const other = markedDistribution(text)
    if (other)
      throw new AuditError(
        'OTHER_DISTRIBUTION',
        `this is a manifest of ${other.name}, which writes it itself: ${other.setting}`,
        { path: name }
      )
    const { result, needs } = args.has('remove')
      ? { result: renderWithout(locatePod(parseSource(text, name, 'kubernetes'))), needs: [] }
      : renderPatched(name, text, args)
    session.give(resultOf('RenderResult', { changed: result !== text, manifest: result, needs }))
    for (const { role, path } of needs)
      session.talk(`note: kube-apiserver will not start with this before ${path} (${role}) is there`)
    if (!session.isJson) io.out(result)
    return 0
  }
}

const renderPatched = (
  name: string,
  text: string,
  args: Args
): { result: string; needs: ReturnType<typeof neededFiles> } => {
  const input = enableInputOf(args)
  const wish = wishOf(name, text, input)
  return { result: renderManifest(wish, input), needs: neededFiles(wish) }
}
