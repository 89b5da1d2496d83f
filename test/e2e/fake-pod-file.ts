import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { errorCode } from './fake-files.ts'
import { goFileError } from './fake-go.ts'
import { podOf, shapePod, type Pod } from './fake-pod.ts'
import { podFaults } from './fake-pod-rules.ts'
import { decodeFirst, fieldsOf, stringOf } from './fake-yaml.ts'

const MOST_BYTES = 10 * 1024 * 1024

/** A static pod file as the kubelet takes it: a pod, a refusal with its log text, or nothing of interest. */
export type PodFile =
  | { readonly kind: 'pod'; readonly pod: Pod }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'skipped'; readonly error: string }

/** Reads and judges one file of the manifests directory. */
export const readPodFile = (file: string, node: string): PodFile => {
  const text = readCapped(file)
  if (typeof text !== 'string') return text
  const decoded = decodeFirst(text)
  if (decoded.kind === 'error') return unparsed(file, decoded.error)
  const { apiVersion, kind } = fieldsOf(decoded.value)
  if (stringOf(kind) === '') return unparsed(file, `Object 'Kind' is missing in '${JSON.stringify(decoded.value)}'`)
  if (apiVersion !== 'v1' || kind !== 'Pod')
    return unparsed(
      file,
      `no kind "${stringOf(kind)}" is registered for version "${stringOf(apiVersion)}" in scheme "pkg/api/legacyscheme/scheme.go:30"`
    )
  const shaped = shapePod(decoded.value)
  if (typeof shaped === 'string') return unparsed(file, shaped)
  const faults = podFaults(shaped)
  if (faults.length > 0) return { kind: 'refused', error: `invalid pod: [${faults.join(' ')}]` }
  return { kind: 'pod', pod: podOf(shaped, file, node) }
}

const unparsed = (file: string, why: string): PodFile => ({
  kind: 'refused',
  error: `${file}: couldn't parse as pod(${why}), please check config file`
})

const readCapped = (file: string): string | PodFile => {
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) return { kind: 'skipped', error: 'Not recursing into manifest path' }
    if (!stat.isFile()) return { kind: 'skipped', error: 'Manifest path is not a directory or file' }
    if (stat.size > MOST_BYTES) return { kind: 'refused', error: 'rest: read at most limit exceeded' }
    const bytes = Buffer.alloc(stat.size)
    const descriptor = openSync(file, 'r')
    const length = readSync(descriptor, bytes, 0, stat.size, 0)
    closeSync(descriptor)
    return bytes.toString('utf8', 0, length)
  } catch (error) {
    return { kind: errorCode(error) === 'ENOENT' ? 'skipped' : 'refused', error: goFileError('open', file, error) }
  }
}
