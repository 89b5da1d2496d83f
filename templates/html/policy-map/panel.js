// The rule: what was chosen, in words, and the policy's text with the rule in it.

import { explainCommand, requestSentence } from '../../../src/render/request-words.ts'
import { byId, element } from '../page-parts.js'
import { columnsOf, data, levelOf, requestAt, ruleAt, stagesAt, state } from './data.js'
import { cells } from './matrix.js'
import { update } from './start.js'

export const drawPolicy = () => {
  const starts = new Map()
  data.rules.forEach((rule, index) => starts.set(rule.line, [...(starts.get(rule.line) ?? []), index]))
  const lines = data.text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  byId('policy').replaceChildren(...lines.map((text, index) => drawLine(text, index + 1, starts.get(index + 1) ?? [])))
  byId('policy').addEventListener('click', event => {
    const chip = event.target.closest('.chip')
    if (chip) chooseRule(Number(chip.dataset.rule))
  })
}

const drawLine = (text, number, rules) => {
  const line = element(
    'div',
    { className: 'line' },
    element('span', { className: 'chips' }, ...rules.slice(0, 20).map(drawChip)),
    element('span', { className: 'number', textContent: number }),
    element('code', { className: /^\s*#/.test(text) ? 'comment' : '', textContent: text === '' ? '\n' : text })
  )
  line.dataset.line = number
  return line
}

const drawChip = index => {
  const chip = element('button', { type: 'button', className: 'chip', textContent: index })
  const rule = data.rules[index]
  chip.dataset.rule = index
  chip.dataset.level = rule.level
  chip.title = `rules[${index}]: ${rule.level}${remarkOf(rule) && `; ${remarkOf(rule)}`}`
  chip.setAttribute('aria-label', chip.title)
  chip.classList.toggle('dead', rule.hiddenBy !== null)
  chip.classList.toggle('unseen', rule.place === null && rule.hiddenBy === null)
  return chip
}

const remarkOf = ({ place, hiddenBy }) => {
  if (hiddenBy !== null) return hiddenBy.length === 0 ? 'no request is of its kind' : 'can never match'
  return place === null ? 'not visible on this map' : ''
}

/** Shows a rule, and a cell that it decides: one of the present picture if there is one. */
export const chooseRule = index => {
  const { place } = data.rules[index]
  state.rule = index
  state.cell = findCell(index)
  if (state.cell === null && place !== null) {
    state.sender = place.sender
    state.namespace = place.namespace
    state.cell = { row: place.row, column: place.column }
  }
  update()
  const { row, column } = state.cell ?? {}
  if (row !== undefined) cells[row][column].scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

const findCell = rule => {
  for (const row of data.rows.keys()) {
    const column = columnsOf(row).findIndex((_, index) => ruleAt(row, index) === rule)
    if (column !== -1) return { row, column }
  }
  return null
}

export const updatePanel = () => {
  document.body.classList.toggle('chosen', state.rule !== null)
  byId('detail').replaceChildren(...(state.rule === null ? [drawHint()] : drawDetail()))
  const rule = data.rules[state.rule]
  for (const line of byId('policy').children) {
    const number = Number(line.dataset.line)
    line.classList.toggle('marked', rule !== undefined && number >= rule.line && number <= rule.last)
  }
  for (const chip of byId('policy').querySelectorAll('.chip')) {
    chip.setAttribute('aria-pressed', Number(chip.dataset.rule) === state.rule)
  }
  if (rule) showLine(rule.line)
}

const showLine = number => {
  const box = byId('policy')
  const line = box.children[number - 1]
  if (line) box.scrollTo({ top: line.offsetTop - box.clientHeight / 5 })
}

const drawHint = () =>
  element('p', {
    className: 'note hint',
    textContent:
      'Choose a cell to see the rule that decides it, or a rule’s number in the text to see where it decides.'
  })

const drawDetail = () => {
  if (state.cell === null) return drawUnseen(state.rule)
  const { row, column } = state.cell
  const rule = ruleAt(row, column)
  const request = requestAt(row, column)
  const { recorded, left } = stagesAt(request, rule)
  const level = levelOf(rule)
  const omitted = recorded.length > 0 && left.length > 0 ? ` (left out: ${left.join(', ')})` : ''
  return [
    drawTitle(rule),
    drawFacts([
      ['request', requestSentence(request)],
      ['level', `${level.name}: ${level.says}`],
      ['stages', `${recorded.join(', ') || 'none'}${omitted}`],
      ...(data.rules[rule]?.omitManagedFields && recorded.length > 0 ? [['bodies', 'without managed fields']] : [])
    ]),
    drawCommand(request)
  ]
}

const drawTitle = rule => {
  const badge = element('span', { className: 'badge', textContent: levelOf(rule).letter })
  badge.dataset.level = levelOf(rule).name
  const says = rule < 0 ? 'No rule takes this request' : `rules[${rule}]`
  const where = element('small', { textContent: rule < 0 ? 'so nothing is recorded' : linesOf(data.rules[rule]) })
  const close = element('button', { type: 'button', className: 'close', textContent: '×', title: 'close (Escape)' })
  close.setAttribute('aria-label', 'close')
  close.addEventListener('click', clearChoice)
  return element('h2', {}, badge, ` ${says} `, where, close)
}

export const clearChoice = () => {
  state.cell = null
  state.rule = null
  update()
}

const linesOf = ({ line, last }) => (line === last ? `line ${line}` : `lines ${line}–${last}`)

const drawUnseen = index => {
  const { hiddenBy, witness } = data.rules[index]
  const all = hiddenBy?.map(each => `rules[${each}]`).join(', ')
  const why = hiddenBy?.length
    ? `This rule can never match: all its requests are taken by ${all} before it.`
    : hiddenBy
      ? 'This rule can never match: no request is of the kind that it asks for.'
      : `This rule decides no cell of this map.${witness ? ' By its words it would decide requests such as this one:' : ''}`
  return [
    drawTitle(index),
    element('p', { textContent: why }),
    ...(witness ? [drawFacts([['request', requestSentence(witness)]]), drawCommand(witness)] : [])
  ]
}

const drawFacts = facts =>
  element(
    'dl',
    {},
    ...facts.flatMap(([term, text]) => [element('dt', { textContent: term }), element('dd', { textContent: text })])
  )

// as many characters as stand beside the button on the narrowest page
const WIDTH = 52

const drawCommand = request => {
  const text = explainCommand(data.file, request, WIDTH).join('\n')
  const code = element('code', { textContent: text })
  const button = element('button', { type: 'button', textContent: 'Copy' })
  button.addEventListener('click', async () => {
    getSelection().selectAllChildren(code)
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false
    )
    button.textContent = isCopied || document.execCommand('copy') ? 'Copied' : 'Selected'
  })
  return element('div', { className: 'command' }, code, button)
}
