import { compilePolicy } from './compile.ts'
import { matchesPath, matchesTarget } from './evaluate.ts'
import type { MapColumn } from './map-columns.ts'
import { type MapCells, type MapPlace, NO_REQUEST, NO_RULE } from './map-read.ts'
import { type MapRow, requestAt } from './map-request.ts'
import { type MapSender, senderKey } from './map-senders.ts'
import type { Policy, Rule } from './policy.ts'

interface Axes {
  readonly policy: Policy
  readonly senders: readonly MapSender[]
  readonly namespaces: readonly { readonly value: string }[]
  readonly rows: readonly MapRow[]
  readonly columns: Readonly<Record<MapRow['kind'], readonly MapColumn[]>>
}

/** The cells of a map, and for each rule that decides one the first of those. */
export const tableCells = (axes: Axes): { cells: MapCells; places: ReadonlyMap<number, MapPlace> } => {
  const { policy, senders, namespaces } = axes
  const keys = senders.map(sender => senderKey(policy, sender))
  const firsts = [...new Set(keys)].map(key => keys.indexOf(key))
  const places = new Map<number, MapPlace>()
  const lines = new Map<string, number>()
  const lineAt = lineReader(axes, lines, places)
  const touched = rowsTouched(axes)
  const base = namespaces.map((_, namespace) =>
    axes.rows.map((_, row) => lineAt({ sender: firsts[0] ?? 0, namespace, row }))
  )
  const sheets = firsts.map((sender, kind) =>
    namespaces.map((_, namespace) => {
      if (kind === 0) return differences(base[namespace] ?? [], namespace === 0 ? [] : (base[0] ?? []))
      const rows = touched(differingRules(keys[0] ?? '', keys[sender] ?? ''), namespace)
      return rows.flatMap(row => {
        const line = lineAt({ sender, namespace, row })
        return line === base[namespace]?.[row] ? [] : [row, line]
      })
    })
  )
  const kinds = keys.map(key => firsts.indexOf(keys.indexOf(key)))
  return { cells: { lines: [...lines.keys()].map(line => line.split(',').map(Number)), kinds, sheets }, places }
}

type LineReader = (at: Omit<MapPlace, 'column'>) => number

const lineReader = (
  { policy, senders, namespaces, rows, columns }: Axes,
  lines: Map<string, number>,
  places: Map<number, MapPlace>
): LineReader => {
  const decide = compilePolicy(policy)
  return at => {
    const [sender, row, namespace] = [senders[at.sender], rows[at.row], namespaces[at.namespace]?.value ?? '']
    if (!sender || !row) return NO_REQUEST
    const line = columns[row.kind].map(({ verb }, column) => {
      const request = requestAt(row, verb, namespace, sender)
      if (request === null) return NO_REQUEST
      const rule = decide(request).rule ?? NO_RULE
      if (!places.has(rule)) places.set(rule, { ...at, column })
      return rule
    })
    const key = line.join()
    const known = lines.get(key) ?? lines.size
    lines.set(key, known)
    return known
  }
}

const differences = (sheet: readonly number[], base: readonly number[]): number[] =>
  sheet.flatMap((line, row) => (line === base[row] ? [] : [row, line]))

const differingRules = (a: string, b: string): number[] =>
  [...a].flatMap((taken, rule) => (taken === b[rule] ? [] : [rule]))

/** The rows in which some rules may decide anything in a namespace: in the others it is all one whether they take part. */
const rowsTouched = ({
  policy,
  namespaces,
  rows
}: Axes): ((rules: readonly number[], namespace: number) => number[]) => {
  const byRule = policy.rules.map(rule => new Set(rows.flatMap((row, index) => (mayMatch(rule, row) ? [index] : []))))
  // these carry a namespace of their own
  const others = ['', ...rows.flatMap(row => (row.scope === 'itself' ? row.name : []))]
  return (rules, namespace) => {
    const possible = new Set([namespaces[namespace]?.value ?? '', ...others])
    const meant = rules.filter(index => {
      const own = policy.rules[index]?.namespaces ?? []
      return own.length === 0 || own.some(each => possible.has(each))
    })
    return rows.flatMap((_, row) => (meant.some(rule => byRule[rule]?.has(row)) ? [row] : []))
  }
}

const mayMatch = (rule: Rule, row: MapRow): boolean => {
  if (row.kind === 'url') return matchesPath(rule, row.path)
  const entries = rule.resources.map(entry => ({ ...entry, resourceNames: [] }))
  return matchesTarget({ ...rule, resources: entries }, row)
}
