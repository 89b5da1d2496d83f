import { type Dice, diceFrom } from '../oracle/dice.ts'

/** A cluster at a moment: everything that a request in its log is made of. */
export interface World {
  readonly dice: Dice
  readonly nodes: readonly { readonly name: string; readonly ip: string; readonly uid: string }[]
  readonly namespaces: readonly string[]
  readonly apps: readonly string[]
  /** Microseconds since 1970. */
  readonly now: () => number
  readonly advance: (microseconds: number) => void
  /** The resource version that etcd has come to. */
  readonly revision: () => number
  readonly uuid: () => string
  readonly hex: (digits: number) => string
  /** The name of a pod of a Deployment, such as web-7d9f8b6c5d-x7k2p. */
  readonly podName: () => string
}

const START = Date.UTC(2026, 10, 19, 7, 12, 41) * 1000
const NAMESPACES = [
  ...['default', 'kube-system', 'monitoring', 'ingress-nginx', 'cert-manager', 'argocd', 'shop', 'shop-staging'],
  ...['payments', 'payments-staging', 'search', 'data-platform', 'ci', 'logging', 'team-blue']
]
const APPS = ['web', 'api', 'cart', 'checkout-worker', 'search-indexer', 'auth-proxy', 'mailer', 'redis', 'report-cron']
// what Kubernetes draws names from: no vowels, nothing that looks like another letter
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** A cluster that is the same for the same seed. */
export const worldFrom = (seed: number): World => {
  const dice = diceFrom(seed)
  const hex = (digits: number): string => {
    let text = ''
    while (text.length < digits) text += (dice.pick(0xf0000000) + 0x10000000).toString(16)
    return text.slice(0, digits)
  }
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'.charAt(dice.pick(4))}${hex(3)}-${hex(12)}`
  const letters = (count: number): string => {
    let text = ''
    while (text.length < count) text += LETTERS.charAt(dice.pick(LETTERS.length))
    return text
  }
  let now = START
  let revision = 48_113_902
  return {
    dice,
    nodes: Array.from({ length: 12 }, (_, index) => ({
      name: index < 3 ? `control-plane-${index + 1}` : `worker-${String(index - 2).padStart(2, '0')}`,
      ip: `10.20.${index < 3 ? 0 : 1}.${index + 11}`,
      uid: uuid()
    })),
    namespaces: NAMESPACES,
    apps: APPS,
    now: () => now,
    advance: microseconds => {
      now += microseconds
      revision += microseconds > 300_000 ? 2 : 1
    },
    revision: () => revision,
    uuid,
    hex,
    podName: () => `${dice.one(APPS)}-${hex(10)}-${letters(5)}`
  }
}
