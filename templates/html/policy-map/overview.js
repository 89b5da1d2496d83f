// Who: a tile for each sender, with a bar of how many kinds of request are recorded at which level.

import { rowsApart } from '../../../src/policy/map-read.ts'
import { byId, element } from '../page-parts.js'
import { columnsOf, data, isAlike, isServed, LEVELS, levelOf, NO_REQUEST, ruleAt, state } from './data.js'
import { update } from './start.js'

const KINDS = {
  other: 'whom the policy does not name',
  anonymous: 'without credentials',
  unknown: 'authentication failed',
  group: 'group',
  user: 'user',
  account: 'service account'
}

/** A sender's name in two parts: the one by which it is known, and what sort of name that is. */
const nameOf = ({ kind, label }) => {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):(.+)$/.exec(label) ?? []
  if (account !== undefined) return [account, `sa, ${namespace}`]
  return [label, ['group', 'user'].includes(kind) ? kind : '']
}

const counted = new Map()

/** How many kinds of request of a sender are recorded at which level. */
const countLevels = sender => {
  const key = `${data.cells.kinds[sender]} ${state.namespace}`
  if (counted.has(key)) return counted.get(key)
  const counts = Object.fromEntries(LEVELS.map(({ name }) => [name, 0]))
  for (const row of data.rows.keys()) {
    columnsOf(row).forEach((_, column) => {
      const rule = ruleAt(row, column, sender)
      if (rule !== NO_REQUEST && isServed(row, column)) counts[levelOf(rule).name] += 1
    })
  }
  counted.set(key, counts)
  return counts
}

/** How many kinds of request of a sender are recorded otherwise than those of anyone else. */
const countDifferent = (sender, namespace) =>
  rowsApart(data.cells, sender, namespace).flatMap(row =>
    columnsOf(row).filter((_, column) => differs(row, column, sender, namespace))
  ).length

const differs = (row, column, sender, namespace) => {
  const [rule, other] = [ruleAt(row, column, sender, namespace), ruleAt(row, column, 0, namespace)]
  return isServed(row, column) && !isAlike(rule, other)
}

const elsewhere = new Map()

/** The other namespaces in which a sender's requests are recorded otherwise than those of anyone else. */
export const otherNamespaces = sender => {
  const kind = data.cells.kinds[sender]
  if (!elsewhere.has(kind)) {
    elsewhere.set(
      kind,
      [...data.namespaces.keys()].filter(namespace => countDifferent(sender, namespace) > 0)
    )
  }
  return elsewhere.get(kind).filter(namespace => namespace !== state.namespace)
}

/** How a sender stands to anyone else, in a word or two. */
const compared = sender => {
  const different = countDifferent(sender, state.namespace)
  if (different > 0) return `${different} differ`
  const [first, ...more] = otherNamespaces(sender)
  if (first === undefined) return ''
  return more.length > 0 ? `in ${more.length + 1} others` : `in ${data.namespaces[first].value || 'no namespace'}`
}

export const drawOverview = () => {
  byId('senders').replaceChildren(...data.senders.map(drawSender))
  byId('sender').replaceChildren(
    ...data.senders.map((sender, index) => element('option', { value: index, textContent: sender.label }))
  )
  byId('senders').addEventListener('click', event => {
    const tile = event.target.closest('[role=radio]')
    if (tile) chooseSender(Number(tile.dataset.sender))
  })
  byId('senders').addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    chooseSender((state.sender + step + data.senders.length) % data.senders.length)
    byId('senders').children[state.sender].focus()
  })
}

const drawSender = (sender, index) => {
  const [name, sort] = nameOf(sender)
  const tile = element(
    'button',
    { type: 'button', className: 'tile' },
    element('b', { textContent: name }),
    element('small', { textContent: sort }),
    element('span', { className: 'bar' }, ...LEVELS.map(({ name }) => barPart(name))),
    element('small', { className: 'different' })
  )
  tile.setAttribute('role', 'radio')
  tile.dataset.sender = index
  return tile
}

const barPart = level => {
  const part = element('i')
  part.dataset.level = level
  return part
}

const chooseSender = index => {
  state.sender = index
  update()
}

export const updateOverview = () => {
  byId('sender').value = state.sender
  data.senders.forEach((sender, index) => {
    const tile = byId('senders').children[index]
    const isChosen = index === state.sender
    tile.setAttribute('aria-checked', isChosen)
    tile.tabIndex = isChosen ? 0 : -1
    const counts = countLevels(index)
    const says = LEVELS.map(({ name }) => `${name} ${counts[name]}`).join(', ')
    tile.title = `${sender.label} (${KINDS[sender.kind]}): ${says}; ${countDifferent(index, state.namespace)} differ from anyone else`
    tile.querySelector('.different').textContent = compared(index)
    for (const part of tile.querySelectorAll('.bar i')) part.style.flexGrow = counts[part.dataset.level]
  })
  byId('senders').children[state.sender].scrollIntoView({ block: 'nearest' })
}
