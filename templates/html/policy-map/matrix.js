// What × verb: two tables, drawn once; choosing and filtering only changes their cells.

import { byId, element, wordsOf } from '../page-parts.js'
import { columnsOf, data, isAlike, isServed, LEVELS, levelOf, NO_REQUEST, ruleAt, state } from './data.js'
import { otherNamespaces } from './overview.js'
import { update } from './start.js'

const SECTIONS = [
  { kind: 'resource', title: 'Resources' },
  { kind: 'url', title: 'Other URLs' }
]

export const cells = []

export const drawTables = () => {
  byId('tables').replaceChildren(...SECTIONS.map(drawTable))
  byId('tables').addEventListener('click', event => {
    const cell = event.target.closest('td')
    if (cell) chooseCell(cell)
  })
  byId('tables').addEventListener('keydown', moveByKey)
}

const drawTable = ({ kind, title }) => {
  const heads = data.columns[kind].map(({ verb, isSent }) => drawHead(verb, isSent))
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, element('th', { scope: 'col', textContent: title }), ...heads))
  )
  table.setAttribute('role', 'grid')
  table.setAttribute('aria-label', title)
  const rows = data.rows.map((row, index) => ({ ...row, index })).filter(row => row.kind === kind)
  for (const group of new Set(rows.map(row => row.group))) {
    const body = element('tbody')
    if (kind === 'resource') body.append(drawGroup(group, heads.length))
    body.append(...rows.filter(row => row.group === group).map(drawRow))
    table.append(body)
  }
  return table
}

const drawHead = (verb, isSent) => {
  const words = breakable(verb, /(?=collection$)/)
  const head = element('th', { scope: 'col', className: isSent ? '' : 'never' }, element('span', {}, ...words))
  if (!isSent) head.title = 'no request has this verb here'
  return head
}

/** A text that may be broken at some places, and rather there than elsewhere. */
const breakable = (text, places) => text.split(places).flatMap(part => [element('wbr'), part])

const GROUP_NAMES = new Map([
  ['', 'core'],
  [null, 'any other API group']
])

const drawGroup = (group, width) =>
  element(
    'tr',
    { className: 'group' },
    element('th', { scope: 'rowgroup', colSpan: width + 1, textContent: GROUP_NAMES.get(group) ?? group })
  )

const drawRow = row => {
  const head = element('th', { scope: 'row', className: row.isNamed ? 'named' : '' })
  if (row.name === '') head.append(...breakable(row.label, /(?<=\/)/))
  else head.append(element('span', { className: 'name', textContent: `“${row.name}”` }))
  head.title = [GROUP_NAMES.get(row.group) ?? row.group, row.label, row.name].filter(Boolean).join(' ')
  cells[row.index] = columnsOf(row.index).map((_, column) => {
    const cell = element('td', { tabIndex: -1 })
    cell.setAttribute('role', 'gridcell')
    cell.dataset.row = row.index
    cell.dataset.column = column
    return cell
  })
  return element('tr', {}, head, ...cells[row.index])
}

const chooseCell = cell => {
  const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.column)]
  if (ruleAt(row, column) === NO_REQUEST) return
  state.cell = { row, column }
  state.rule = ruleAt(row, column)
  update()
  cell.focus({ preventScroll: true })
}

const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }

const moveByKey = event => {
  const cell = event.target.closest('td')
  if (!cell) return
  if (event.key === 'Enter' || event.key === ' ') chooseCell(cell)
  else if (event.key in STEPS) neighbour(cell, STEPS[event.key])?.focus()
  else return
  event.preventDefault()
}

const neighbour = (cell, [down, right]) => {
  if (down === 0) return cells[cell.dataset.row][Number(cell.dataset.column) + right]
  const shown = [...byId('tables').querySelectorAll('tr:not([hidden]):not(.group)')].filter(
    row => row.cells[1]?.dataset.row
  )
  const row = shown[shown.indexOf(cell.parentElement) + down]
  return row?.cells[Math.min(cell.cellIndex, row.cells.length - 1)]
}

export const updateTables = () => {
  let shown = 0
  data.rows.forEach((row, index) => {
    const left = columnsOf(index).filter((_, column) => updateCell(index, column)).length
    const isShown = left > 0 && isFound(row)
    cells[index][0].parentElement.hidden = !isShown
    shown += Number(isShown)
  })
  for (const body of byId('tables').querySelectorAll('tbody')) {
    body.hidden = !body.querySelector('tr:not([hidden]) td')
  }
  for (const table of byId('tables').children) table.hidden = !table.querySelector('tbody:not([hidden])')
  byId('empty').hidden = shown > 0
  if (shown === 0) drawElsewhere()
  keepReachable()
}

const drawElsewhere = () => {
  const namespaces = state.isOnlyDifferent ? otherNamespaces(state.sender) : []
  const buttons = namespaces.map(index => {
    const button = element('button', { type: 'button', textContent: data.namespaces[index].label })
    button.addEventListener('click', () => {
      state.namespace = index
      update()
    })
    return button
  })
  const isFirst = state.isOnlyDifferent && state.sender === 0
  byId('elsewhere').replaceChildren(
    ...(isFirst ? ['This is anyone else: choose somebody to compare. '] : []),
    ...(buttons.length > 0 ? ['There is something in: ', ...buttons.flatMap(button => [button, ' '])] : [])
  )
}

// one cell of the picture can be reached by Tab, the others from there by arrows
const keepReachable = () => {
  const now = byId('tables').querySelector('td[tabindex="0"]')
  if (now) now.tabIndex = -1
  const { row, column } = state.cell ?? {}
  const wanted = row === undefined || cells[row][0].parentElement.hidden ? undefined : cells[row][column]
  const next = wanted ?? byId('tables').querySelector('tr:not([hidden]) td')
  if (next) next.tabIndex = 0
}

const isFound = ({ apiGroup, group, label, name }) => {
  const text = `${label} ${name} ${group === null ? '' : apiGroup || 'core'}`.toLowerCase()
  return wordsOf(state.search).every(word => text.includes(word))
}

/** Brings a cell up to date; true if the filters leave it. */
const updateCell = (row, column) => {
  const cell = cells[row][column]
  const rule = ruleAt(row, column)
  const level = levelOf(rule)
  const isRequest = rule !== NO_REQUEST
  const isDifferent = !isAlike(rule, ruleAt(row, column, 0))
  const isLeft = isRequest
    ? state.levels.has(level.name) && (isDifferent || !state.isOnlyDifferent)
    : state.levels.size === LEVELS.length && !state.isOnlyDifferent
  const { verb } = columnsOf(row)[column]
  cell.textContent = isRequest ? level.letter : '–'
  cell.dataset.level = isRequest ? level.name : ''
  cell.title = isRequest ? `${verb}: ${level.name}, ${ruleName(rule)}` : `${verb}: ${noRequest(data.rows[row])}`
  cell.classList.toggle('faded', isRequest && !isLeft)
  cell.classList.toggle('unserved', isRequest && !isServed(row, column))
  cell.classList.toggle('kin', isRequest && state.rule !== null && rule === state.rule)
  cell.setAttribute('aria-selected', state.cell?.row === row && state.cell?.column === column)
  return isLeft
}

const noRequest = ({ kind }) =>
  kind === 'url' ? 'the API server takes such a path for one of a resource' : 'no request is of this kind'

const ruleName = rule => (rule < 0 ? 'no rule takes it' : `rules[${rule}], line ${data.rules[rule].line}`)
