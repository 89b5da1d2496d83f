import { NEWEST } from '../audit/version.ts'
import type { NodeFacts } from '../facts/node.ts'
import { auditPaths } from '../plan/audit-paths.ts'
import { decodePolicy } from '../policy/decode.ts'
import type { Path } from '../text/locate.ts'
import { decodeGoText } from '../text/source.ts'
import type { Cause, Said } from './cause.ts'
import { atFlag, atPath, atWord, type Place } from './fault.ts'

/** Where in the node's files a cause of the log stands; undefined where they do not show it, as when it is repaired. */
export const placeOf = (cause: Cause, facts: NodeFacts): Place | undefined => {
  if (cause.layer === 'kubelet' && facts.manifest.error?.position)
    return { file: facts.manifest.path, ...facts.manifest.error.position }
  if (cause.layer === 'policy') return inPolicy(facts) ?? inManifest(cause.said, facts)
  return inManifest(cause.said, facts)
}

const inManifest = (said: Said, { manifest: { pod } }: NodeFacts): Place | undefined => {
  if (!pod) return undefined
  const flag = (said.flag ?? said.name)?.replace(/^-+/, '')
  if (flag !== undefined && pod.command.flags.some(each => each.name === flag)) return atFlag(pod, flag)
  const text =
    said.word ??
    said.path ??
    /"((?:[^"\\]|\\.)*)"/.exec(said.words ?? '')?.[1] ??
    said.address ??
    said.mode ??
    said.gate ??
    said.plugin
  if (text !== undefined && text !== '') {
    const word = pod.command.words.findLast(each => each.text === text || each.text.includes(text))
    if (word) return atWord(pod, word)
  }
  if (said.path !== undefined) {
    const index = pod.volumes.findIndex(
      ({ hostPath }) => hostPath !== undefined && `${hostPath}/` === `${said.path}/`.replace('//', '/')
    )
    if (index >= 0) return atPath(pod, ['spec', 'volumes', index])
  }
  return atField(said.field, pod)
}

const atField = (field: string | undefined, pod: Parameters<typeof atPath>[0]): Place | undefined => {
  if (field === undefined || !field.startsWith('spec.')) return undefined
  const path: Path = [...field.matchAll(/(\w+)|\[(\d+)\]/g)].map(([whole, , index]) =>
    index === undefined ? whole : Number(index)
  )
  return atPath(pod, path)
}

const inPolicy = (facts: NodeFacts): Place | undefined => {
  const { pod } = facts.manifest
  const host = pod ? auditPaths(pod).find(({ role }) => role === 'policy')?.resolved?.host : undefined
  const bytes = host === undefined ? undefined : facts.paths.get(host)?.bytes
  if (host === undefined || !bytes) return undefined
  const { findings } = decodePolicy(decodeGoText(bytes, host), host, pod?.version ?? NEWEST)
  const error = findings.find(({ severity }) => severity === 'error')
  return error && { file: host, line: error.line ?? 1, column: error.column ?? 1 }
}
