import { AuditError } from '../../errors.ts'
import { readLocalFile, readWhole } from '../../host/local-files.ts'
import { markedDistribution } from '../../facts/distributions.ts'
import { renderWithout } from '../../plan/disable.ts'
import { neededFiles, renderManifest, wishOf } from '../../plan/enable.ts'
import { locatePod } from '../../pod/pod.ts'
import { resultOf } from '../../render/result.ts'
import { decodeText, MAX_BYTES, parseSource } from '../../text/source.ts'
import { enableInputOf } from '../enable-input.ts'
import { sessionOf } from '../session.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'

/** Patches a manifest, or takes the settings out, as a pure filter. Gives the exit code. */
export const renderFile = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const file = args.positionals[0] ?? '-'
  if (file === '-' && io.isInTerminal)
    throw new AuditError('USAGE', 'a manifest is wanted: a file, or standard input by a pipe')
  const name = file === '-' ? 'standard input' : file
  const text = decodeText(file === '-' ? readWhole(io.input(), name, MAX_BYTES) : readLocalFile(file, MAX_BYTES), name)
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
  session.give(() => resultOf('RenderResult', { changed: result !== text, manifest: result, needs }))
  for (const { role, path } of needs)
    session.talk(`note: kube-apiserver will not start with this before ${path} (${role}) is there`)
  if (!session.isJson) io.out(result)
  return 0
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
