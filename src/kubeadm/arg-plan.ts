import type { ClusterConfig, ConfigArg } from './cluster-config.ts'
import type { ApiServerExtras } from './extras.ts'

type Arg = ApiServerExtras['args'][number]

/** What becomes of the extra arguments of a configuration. */
export interface ArgPlan {
  readonly changed: readonly { readonly from: ConfigArg; readonly value: string }[]
  readonly added: readonly Arg[]
  readonly removed: readonly ConfigArg[]
}

/** How the extra arguments come to hold the wanted audit flags, each once, and no other audit flag. */
export const planArgs = (config: ClusterConfig, wanted: readonly Arg[]): ArgPlan => {
  const audit = config.args.filter(({ name }) => name.startsWith('audit-'))
  // of several of one name the last is kept
  const kept = wanted.map(({ name }) => audit.findLast(each => each.name === name))
  return {
    changed: wanted.flatMap(({ value }, index) => {
      const from = kept[index]
      return from && (from.value !== value || !from.isString) ? [{ from, value }] : []
    }),
    added: wanted.filter((_, index) => kept[index] === undefined),
    removed: audit.filter(each => !kept.includes(each))
  }
}
