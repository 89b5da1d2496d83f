// What a log says in sum: facts, findings, a picture over time, and tables.

import { bytesText } from '../../../src/text/amount.ts'
import { TABLE_WORDS, whatText } from '../../../src/render/log-summary-words.ts'
import { byId, drawFile, drawTheme, element, readData } from '../page-parts.js'
import { drawChart } from './chart.js'
import { drawSearch, makeTable, momentText } from './tables.js'

const data = readData()

const number = value => value.toLocaleString('en')

const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? '' : 's'}`

const drawFacts = () => {
  const { events, requests, bytes, first, last, badLines } = data
  drawFile(data.name)
  byId('facts').textContent = [
    count(events, 'event'),
    count(requests, 'request'),
    bytesText(bytes),
    ...(first === null ? [] : [`${momentText(first)} to ${momentText(last)} UTC`]),
    ...(badLines === 0 ? [] : [`${count(badLines, 'line')} could not be read`])
  ].join(', ')
}

const drawFindings = () => {
  byId('findings').hidden = data.findings.length === 0
  byId('findings').append(
    ...data.findings.map(({ severity, message, remediation }) => {
      const item = element('li', {}, element('b', { textContent: severity === 'info' ? 'note' : severity }), ` ${message}`)
      item.dataset.severity = severity
      if (remediation) item.append(element('br'), element('small', { textContent: remediation }))
      return item
    })
  )
}

const drawTiles = () => {
  const titled = Object.entries(TABLE_WORDS).filter(([name, { total }]) => total && name !== 'secretReads')
  byId('tiles').append(
    ...titled.map(([name, { title, about, total }]) => {
      const value = data.totals[total]
      const tile = element(value > 0 ? 'a' : 'span', { title: about }, element('b', { textContent: number(value) }), title)
      if (value > 0) tile.href = `#${name}`
      return tile
    })
  )
}

// how the columns are called by which rows are told apart; those of one word are not broken
const NAMES = {
  user: ['user', 'text'],
  verb: ['verb', 'word'],
  resource: ['resource', 'text'],
  what: ['what', 'text'],
  path: ['path', 'text'],
  namespace: ['namespace', 'text'],
  name: ['name', 'text'],
  userAgent: ['client', 'long'],
  source: ['address', 'text'],
  code: ['code', 'number'],
  kind: ['kind', 'word'],
  pod: ['pod', 'text'],
  container: ['container', 'text'],
  command: ['command', 'long'],
  as: ['in the name of', 'text'],
  decision: ['authorization', 'word'],
  level: ['level', 'word']
}

const COUNTS = {
  requests: 'number',
  share: 'share',
  bytes: 'bytes',
  refused: 'number',
  failed: 'number',
  first: 'time',
  last: 'time'
}
const EVERYDAY = ['requests', 'share', 'bytes', 'refused', 'failed']
const NOTABLE = ['requests', 'first', 'last']
const WIDE = 6

const drawCard = ([name, { title, about, total }]) => {
  const { columns, rows, distinct, complete, missed, others } = data.tables[name]
  if (rows.length === 0) return []
  const group = columns.indexOf('apiGroup')
  const kept = columns.flatMap((column, index) => (index === group ? [] : [index]))
  const counts = total ? NOTABLE : EVERYDAY
  const table = makeTable({
    title,
    columns: [
      ...kept.map(index => ({ name: NAMES[columns[index]][0], kind: NAMES[columns[index]][1] })),
      ...counts.map(each => ({ name: each, kind: COUNTS[each] }))
    ],
    rows: rows.map(row => {
      const [requests, bytes, refused, failed, first, last] = row.slice(columns.length)
      const counted = { requests, share: requests / Math.max(1, data.requests), bytes, refused, failed, first, last }
      return [...kept.map(index => partOf(row, columns, index)), ...counts.map(each => counted[each])]
    }),
    note: noteOf({ rows, distinct, complete, missed, others })
  })
  const amount = total ? ` ${number(data.totals[total])}` : ''
  const card = element(
    'section',
    { id: name, className: `card${kept.length + counts.length > WIDE ? ' wide' : ''}` },
    element('h2', {}, `${title}${amount} `, element('small', { textContent: about })),
    table.node
  )
  return [{ card, table }]
}

const partOf = (row, columns, index) =>
  ['what', 'resource'].includes(columns[index])
    ? whatText(row[index], row[columns.indexOf('apiGroup')] ?? '')
    : row[index]

const noteOf = ({ rows, distinct, complete, missed, others }) => {
  const hidden = distinct - rows.length
  return [
    ...(hidden > 0 || others.requests > 0 ? [`${complete ? '' : 'at least '}${number(hidden)} more with ${count(others.requests, 'request')} are not on this page.`] : []),
    ...(missed > 0 ? [`There were too many different ones to keep them all: a row may have had up to ${number(missed)} requests more.`] : [])
  ].join(' ')
}

const drawRules = () => {
  const { policy } = data
  if (!policy) return []
  const { rules, unmatched } = policy
  const rows = rules.map(({ index, line, level, events, bytes }) => [`rules[${index}]`, line, level, events, bytes, bytes / Math.max(1, data.bytes)])
  if (unmatched.events > 0) rows.push(['no rule', null, 'None', unmatched.events, unmatched.bytes, unmatched.bytes / Math.max(1, data.bytes)])
  const title = `By the rules of ${policy.file}`
  const table = makeTable({
    title,
    shown: 100,
    columns: [
      { name: 'rule', kind: 'word' },
      { name: 'line', kind: 'number' },
      { name: 'level', kind: 'word' },
      { name: 'events', kind: 'number' },
      { name: 'bytes', kind: 'bytes' },
      { name: 'share', kind: 'share' }
    ],
    rows
  })
  return [plainCard('rules', title, 'which rule decides the requests of this log', table)]
}

const plainCard = (id, title, about, table) => ({
  card: element('section', { id, className: 'card' }, element('h2', {}, `${title} `, element('small', { textContent: about })), table.node),
  table
})

const drawLatencies = () => {
  if (data.latencies.length === 0) return []
  const columns = ['half in', '90% in', '99% in', 'longest'].map(name => ({ name: `${name}, ms`, kind: 'number' }))
  const table = makeTable({
    title: 'How long it took',
    columns: [{ name: 'verb', kind: 'word' }, { name: 'requests', kind: 'number' }, ...columns],
    rows: data.latencies.map(({ verb, requests, p50, p90, p99, max }) => [verb, requests, p50, p90, p99, max])
  })
  return [plainCard('latencies', 'How long it took', 'without watches and sessions', table)]
}

const drawStages = () => {
  const table = makeTable({
    title: 'Events',
    columns: [
      { name: 'stage', kind: 'word' },
      { name: 'level', kind: 'word' },
      { name: 'events', kind: 'number' },
      { name: 'bytes', kind: 'bytes' },
      { name: 'share', kind: 'share' }
    ],
    rows: data.stages.map(({ stage, level, events, bytes }) => [stage, level, events, bytes, bytes / Math.max(1, data.bytes)])
  })
  return data.stages.length === 0 ? [] : [plainCard('stages', 'Events', 'what the log is made of', table)]
}

const drawNumbers = () => {
  const { seconds, stretches } = data.timeline
  byId('numbers').addEventListener('toggle', () => {
    if (byId('stretches').firstChild) return
    const table = makeTable({
      title: 'The numbers behind the picture',
      shown: 100,
      columns: [
        { name: `from, ${number(seconds)} s each`, kind: 'time' },
        { name: 'events', kind: 'number' },
        { name: 'requests', kind: 'number' },
        { name: 'bytes', kind: 'bytes' },
        { name: 'refused', kind: 'number' },
        { name: 'failed', kind: 'number' }
      ],
      rows: stretches
    })
    byId('stretches').append(table.node)
  })
}

const start = () => {
  drawFacts()
  drawFindings()
  drawTiles()
  const cards = [...Object.entries(TABLE_WORDS).flatMap(drawCard), ...drawRules(), ...drawLatencies(), ...drawStages()]
  byId('tables').append(...cards.map(({ card }) => card))
  drawSearch(cards)
  const hasTimes = data.timeline.stretches.length > 0
  byId('time').hidden = !hasTimes
  if (hasTimes) drawNumbers()
  drawTheme(hasTimes ? drawChart(data.timeline) : undefined)
}

start()
