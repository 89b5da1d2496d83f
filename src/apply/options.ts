import type { HostPath } from '../paths.ts'

/** How a plan is performed; times in milliseconds. */
export interface ApplyOptions {
  readonly version: string
  readonly backupDirectory: HostPath
  readonly backupKeep: number
  /** Undefined: wait where there is a kubelet to wait for. */
  readonly wait: boolean | undefined
  readonly waitTimeout: number
  /** Undefined: the kubelet's period and 5 s. */
  readonly waitStable: number | undefined
  readonly rollback: boolean
  /** Restart the kubelet, once, when it does not react to the change. */
  readonly restartKubelet: boolean
}
