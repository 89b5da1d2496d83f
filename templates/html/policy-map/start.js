// The filters, and the start.

import { byId, drawFile, drawTheme, element } from '../page-parts.js'
import { data, LEVELS, NO_REQUEST, ruleAt, state } from './data.js'
import { drawTables, updateTables } from './matrix.js'
import { drawOverview, updateOverview } from './overview.js'
import { chooseRule, clearChoice, drawPolicy, updatePanel } from './panel.js'

const drawFilters = () => {
  byId('namespace').append(
    ...data.namespaces.map(({ label }, index) => element('option', { value: index, textContent: label }))
  )
  byId('levels').append(...LEVELS.map(drawLevel))
  byId('filters').addEventListener('input', readFilters)
  byId('filters').addEventListener('submit', event => event.preventDefault())
  byId('reset').addEventListener('click', () => {
    for (const box of byId('levels').querySelectorAll('input')) box.checked = true
    byId('search').value = ''
    byId('differs').checked = false
    readFilters()
  })
}

const drawLevel = ({ name, letter, says }) => {
  const badge = element('span', { className: 'badge', textContent: letter })
  badge.dataset.level = name
  const box = element('input', { type: 'checkbox', checked: true, value: name })
  return element('label', { className: 'check', title: says }, box, ' ', badge, ` ${name}`)
}

const readFilters = () => {
  const boxes = [...byId('levels').querySelectorAll('input')]
  state.sender = Number(byId('sender').value)
  state.namespace = Number(byId('namespace').value)
  state.search = byId('search').value
  state.levels = new Set(boxes.filter(box => box.checked).map(box => box.value))
  state.isOnlyDifferent = byId('differs').checked
  update()
}

/** How many rules there is something to say about; a click leads from one to the next. */
const drawRemark = (text, rules) => {
  if (rules.length === 0) return []
  const button = element('button', { type: 'button', textContent: `${rules.length} ${text}` })
  button.addEventListener('click', () => chooseRule(rules[(rules.indexOf(state.rule) + 1) % rules.length]))
  return [' ', button]
}

const drawHeader = () => {
  const { rules, left } = data
  const indexes = wanted => [...rules.keys()].filter(index => wanted(rules[index]))
  const dead = indexes(rule => rule.hiddenBy !== null)
  const unseen = indexes(rule => rule.hiddenBy === null && rule.place === null)
  drawFile(data.file)
  byId('facts').append(
    `${rules.length} rule${rules.length === 1 ? '' : 's'}`,
    ...drawRemark('can never match', dead),
    ...drawRemark('not visible here', unseen)
  )
  const more = [
    [left.senders, 'user or group', 'users and groups'],
    [left.namespaces, 'namespace', 'namespaces'],
    [left.rows, 'resource or URL', 'resources and URLs']
  ].flatMap(([number, one, many]) => (number === 0 ? [] : [`${number} ${number === 1 ? one : many}`]))
  byId('left').hidden = more.length === 0
  byId('left').textContent = `Too many to show all: ${more.join(', ')} of this policy are left out here.`
}

// another picture may decide the chosen cell by another rule, or have no such request
const followCell = () => {
  if (state.cell === null) return
  const { row, column } = state.cell
  const rule = ruleAt(row, column)
  state.rule = rule === NO_REQUEST ? null : rule
  if (rule === NO_REQUEST) state.cell = null
}

/** Brings the whole page up to date with what is chosen. */
export const update = () => {
  followCell()
  byId('namespace').value = state.namespace
  updateOverview()
  updateTables()
  updatePanel()
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && event.target.type !== 'search') clearChoice()
})

drawHeader()
drawTheme()
drawFilters()
drawOverview()
drawTables()
drawPolicy()
update()
