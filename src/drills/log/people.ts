import { certified, type Client, type Cluster } from './clients.ts'
import type { Pick as Choices } from '../pick.ts'

/** People who work in a cluster, each from a place of their own: the second one may only look, and at no Secret; the third and the fourth are admins. */
export const somePeople = (pick: Choices, cluster: Cluster, count: number): [Client, ...Client[]] => {
  const domain = pick.one(['', '@example.com', '@corp.example'])
  const network = `192.168.${pick.number(1, 250)}`
  const hosts = pick.some(
    Array.from({ length: 200 }, (_, index) => index + 20),
    count
  )
  const names = pick.some(NAMES, count)
  const all = names.map((name, index) => {
    const group = GROUPS[index] ?? pick.one(['developers', 'operators', 'platform'])
    const agent = `kubectl/${pick.one(VERSIONS)} (${pick.one(SYSTEMS)}) kubernetes/${pick.hex(7)}`
    return person(cluster, { name: `${name}${domain}`, group, ip: `${network}.${hosts[index] ?? 9}`, agent })
  })
  return all as [Client, ...Client[]] // as many as were asked for, one at least
}

const NAMES = ['jana', 'oleg', 'mira', 'tomas', 'aisha', 'pavel', 'lucia', 'henrik', 'ruth', 'dario']
const VERSIONS = ['v1.34.2', 'v1.35.1', 'v1.35.4', 'v1.36.0'] as const
const SYSTEMS = ['linux/amd64', 'darwin/arm64', 'windows/amd64'] as const
const GROUPS: readonly (string | null)[] = [null, 'viewers', 'kubeadm:cluster-admins', 'kubeadm:cluster-admins']
const ROLES: Readonly<Record<string, string>> = { viewers: 'view', 'kubeadm:cluster-admins': 'cluster-admin' }

interface Person {
  readonly name: string
  readonly group: string
  readonly ip: string
  readonly agent: string
}

const person = (cluster: Cluster, { name, group, ip, agent }: Person): Client => ({
  user: certified(cluster, name, group),
  ...{ ip, agent },
  binding: { role: ROLES[group] ?? 'edit', name: group, subject: `Group "${group}"` }
})
