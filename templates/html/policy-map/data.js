// What the page shows, as it was worked out, and ways to ask it.

import { LEVELS as NAMES } from '../../../src/audit/level.ts'
import { recordedStages, stagesOf } from '../../../src/audit/stages.ts'
import { cellReader, NO_REQUEST, NO_RULE } from '../../../src/policy/map-read.ts'
import { requestAt as requestOf } from '../../../src/policy/map-request.ts'
import { LEVEL_WORDS } from '../../../src/render/level.ts'
import { readData } from '../page-parts.js'

export { NO_REQUEST }

export const data = readData()

const LETTERS = { None: 'N', Metadata: 'M', Request: 'R', RequestResponse: 'RR' }

export const LEVELS = NAMES.map(name => ({ name, letter: LETTERS[name], says: LEVEL_WORDS[name] }))

export const state = {
  sender: 0,
  namespace: 0,
  cell: null,
  rule: null,
  levels: new Set(LEVELS.map(level => level.name)),
  search: '',
  isOnlyDifferent: false
}

const read = cellReader(data.cells)

/** The index of the rule that decides a cell, NO_RULE or NO_REQUEST. */
export const ruleAt = (row, column, sender = state.sender, namespace = state.namespace) =>
  read({ row, column, sender, namespace })

export const levelOf = rule => LEVELS.find(level => level.name === (data.rules[rule]?.level ?? 'None'))

const outcomes = data.rules.map(({ level, omitStages, omitManagedFields }) =>
  level === 'None' ? level : JSON.stringify([level, omitStages, omitManagedFields])
)

/** Whether two rules make the same events. */
export const isAlike = (a, b) => (outcomes[a] ?? 'None') === (outcomes[b] ?? 'None')

export const columnsOf = row => data.columns[data.rows[row].kind]

export const isServed = (row, column) => {
  const { served } = data.rows[row]
  const { verb, isSent } = columnsOf(row)[column]
  return isSent && (served === null || served.includes(verb))
}

/** The request that a cell stands for. */
export const requestAt = (row, column) => {
  const { verb } = columnsOf(row)[column]
  return requestOf(data.rows[row], verb, data.namespaces[state.namespace].value, data.senders[state.sender])
}

/** The stages that a rule records of a request, and those that it leaves out. */
export const stagesAt = (request, rule) => {
  const decision = rule === NO_RULE ? { level: 'None', omitStages: [] } : data.rules[rule]
  const recorded = recordedStages(request, decision)
  return { recorded, left: stagesOf(request).filter(stage => decision.omitStages.includes(stage)) }
}
