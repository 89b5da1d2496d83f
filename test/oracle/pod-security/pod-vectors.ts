import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { generatePod } from './generate-pod.ts'
import { minorsOf } from './minors-of.ts'
import { askServer, type AskedPod, type ServerVerdict, startServer } from './server.ts'

/** Where the vectors are, from the top of the project. */
export const POD_VECTORS = 'test/fixtures/conformance/pod-security.jsonl.br'

/** A pod with what Kubernetes' evaluator says of it, one verdict for each of the minor releases. */
export interface PodVector extends AskedPod {
  readonly verdicts: readonly ServerVerdict[]
}

const PODS = 800

/** The vectors of a file: lines of JSON, compressed with brotli. */
export const readPodVectors = (file: string): PodVector[] => {
  const lines = brotliDecompressSync(readFileSync(file)).toString().trimEnd().split('\n')
  return lines.map(line => JSON.parse(line) as PodVector)
}

/** Asks Kubernetes' evaluator about generated pods and writes the vectors; a line that says how many. */
export const writePodVectors = async (top: string, file: string, seed: number): Promise<string> => {
  const asked = Array.from({ length: PODS }, (_, index) => ({
    pod: generatePod(seed, index),
    minors: minorsOf(seed, index)
  }))
  const oracle = startServer(top)
  const answers = await askServer(oracle, asked)
  oracle.close()
  const vectors = asked.map(({ pod, minors }, at) => ({ pod, minors, verdicts: answers[at] }))
  const text = Buffer.from(vectors.map(each => `${JSON.stringify(each)}\n`).join(''))
  const bytes = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } })
  writeFileSync(file, bytes)
  return `${PODS} pods, ${bytes.length} bytes`
}
