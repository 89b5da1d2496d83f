import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnGo } from '../go.ts'
import { podsInText } from './pods-in-text.ts'
import type { AskedPod } from './server.ts'

/** A pod that Kubernetes tests its checks with, and whether a level is to admit it. */
export interface UpstreamPod extends AskedPod {
  readonly file: string
  readonly level: 'baseline' | 'restricted'
  readonly isAllowed: boolean
}

const MODULE = 'k8s.io/pod-security-admission'
// test/testdata/<level>/v1.<minor>/<pass or fail>/<pod>.yaml
const PLACE = /^(baseline|restricted)\/v1\.(\d+)\/(pass|fail)\/.*\.yaml$/

/** The pods of test/testdata in the module that the server of this directory is built with. */
export const upstreamPods = (top: string): UpstreamPod[] => {
  const cwd = join(top, 'test/oracle/pod-security')
  const directory = spawnGo('go', ['list', '-m', '-f', '{{.Dir}}', MODULE], { cwd }).stdout.trim()
  const data = join(directory, 'test/testdata')
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).sort()
  const pods = files.flatMap(file => {
    const [, level, minor, outcome] = PLACE.exec(file) ?? []
    if (level !== 'baseline' && level !== 'restricted') return []
    const [pod] = podsInText(readFileSync(join(data, file), 'utf8')).pods
    if (!pod) throw new Error(`${file} holds no pod`)
    return [{ pod, minors: [Number(minor)], file, level, isAllowed: outcome === 'pass' } as const]
  })
  if (pods.length === 0) throw new Error(`${data} has no pods`)
  return pods
}
