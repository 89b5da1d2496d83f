import { AuditError } from '../../errors.ts'
import { readLocalFile } from '../../host/local-files.ts'
import { markedDistribution } from '../../facts/distributions.ts'
import { renderWithout } from '../../plan/disable.ts'
import { renderManifest, wishOf } from '../../plan/enable.ts'
import { locatePod } from '../../pod/pod.ts'
import { resultOf } from '../../render/json.ts'
import { decodeText, MAX_BYTES, parseSource } from '../../text/source.ts'
import type { Command } from '../command.ts'
import { enableInputOf } from '../enable-input.ts'
import { SETTINGS } from '../options.ts'
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
    const name = file === '-' ? 'standard input' : file
    const text = decodeText(file === '-' ? io.readInput() : readLocalFile(file, MAX_BYTES), name)
    const other = markedDistribution(text)
    if (other)
      throw new AuditError(
        'OTHER_DISTRIBUTION',
        `this is a manifest of ${other.name}, which writes it itself: ${other.setting}`,
        { path: name }
      )
    const result = args.has('remove')
      ? renderWithout(locatePod(parseSource(text, name, 'kubernetes')))
      : renderPatched(name, text, args)
    session.give(resultOf('RenderResult', { changed: result !== text, manifest: result }))
    if (!session.isJson) io.out(result)
    return 0
  }
}

const renderPatched = (name: string, text: string, args: Parameters<Command['run']>[0]): string => {
  const input = enableInputOf(args)
  return renderManifest(wishOf(name, text, input), input)
}
