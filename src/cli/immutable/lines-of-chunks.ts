import { StringDecoder } from 'node:string_decoder'

/** The lines of bytes that come in pieces, without their line breaks. */
export function* linesOfChunks(chunks: Iterable<Uint8Array>): Generator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  rest += decoder.end()
  if (rest !== '') yield rest
}
