// Tables that can be sorted by a click and searched, some rows of each at first.

import { bytesText, shareText } from '../../../src/text/amount.ts'
import { harmless } from '../../../src/render/paint.ts'
import { byId, element, wordsOf } from '../page-parts.js'

const SHOWN = 10

/** How a column's values are written, and whether they are numbers. */
const KINDS = {
  // what cannot be seen, or turns the direction of writing, would make one name look like another
  text: { write: harmless },
  long: { write: harmless },
  word: { write: harmless },
  number: { write: value => value.toLocaleString('en'), isNumber: true },
  share: { write: value => shareText(value, 1), isNumber: true },
  bytes: { write: bytesText, isNumber: true },
  time: { write: value => (value === null ? '' : momentText(value)), isLateFirst: true }
}

/** Seconds since 1970 as people read them, to the second. */
export const momentText = seconds => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')

/**
 * A table of rows, which are lists of values; null stands for what is not known. Gives its element, and `find`, which leaves
 * the rows that hold some words and gives how many they are.
 */
export const makeTable = ({ title, columns, rows, shown = SHOWN, note = '' }) => {
  const state = { column: -1, isDown: true, words: [], isAll: false }
  const texts = rows.map(row => row.map((value, index) => textOf(value, columns[index])))
  const found = rows.map((_, index) => index)
  const body = element('tbody', { role: 'rowgroup' })
  const more = element('button', { type: 'button' })
  const rest = element('p', { className: 'more note' }, more, ' ', note)
  const heads = columns.map(({ name, kind }, index) => {
    const button = element('button', { type: 'button', textContent: name })
    button.addEventListener('click', () => {
      state.isDown = state.column === index ? !state.isDown : KINDS[kind].isNumber === true || KINDS[kind].isLateFirst === true
      state.column = index
      draw()
    })
    return element('th', { role: 'columnheader', scope: 'col', className: KINDS[kind].isNumber ? 'number' : kind }, button)
  })
  // in a narrow window a table is drawn as blocks, and by its roles alone still one
  const head = element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...heads))
  const table = element('table', { role: 'table' }, head, body)
  table.setAttribute('aria-label', title)
  const scroll = element('div', { className: 'scroll' }, table)
  more.addEventListener('click', () => {
    state.isAll = !state.isAll
    draw()
  })

  const left = () => found.filter(index => state.words.every(word => texts[index].some(text => text.toLowerCase().includes(word))))

  const draw = () => {
    const indexes = left()
    if (state.column >= 0) indexes.sort((a, b) => compare(rows[a][state.column], rows[b][state.column]) * (state.isDown ? -1 : 1))
    const some = state.isAll ? indexes : indexes.slice(0, shown)
    body.replaceChildren(...some.map(index => element('tr', { role: 'row' }, ...rows[index].map((value, at) => drawCell(value, texts[index][at], columns[at])))))
    heads.forEach((head, index) => {
      if (index === state.column) head.setAttribute('aria-sort', state.isDown ? 'descending' : 'ascending')
      else head.removeAttribute('aria-sort')
    })
    more.hidden = indexes.length <= shown
    more.textContent = state.isAll ? `Show ${shown}` : `Show all ${indexes.length}`
    rest.hidden = more.hidden && note === ''
    return indexes.length
  }
  draw()
  return {
    node: element('div', {}, scroll, rest),
    find: words => {
      state.words = words
      return draw()
    }
  }
}

const compare = (a, b) => {
  if (a === null || b === null) return Number(b === null) - Number(a === null)
  return a < b ? -1 : a > b ? 1 : 0
}

const textOf = (value, { kind }) => (value === null && kind !== 'time' ? '(not known)' : String(KINDS[kind].write(value)))

const drawCell = (value, text, { name, kind }) => {
  const { isNumber } = KINDS[kind]
  const cell = element('td', { role: 'cell', className: `${isNumber ? 'number' : kind}${value === 0 ? ' zero' : ''}` })
  // for a narrow window, where it stands before the value
  cell.dataset.column = name
  // an empty cell would look like a fault
  if (text === '' || (value === null && kind !== 'time')) cell.append(element('i', { textContent: text || '\u2013' }))
  else cell.textContent = text
  return cell
}

/** Searches all tables as words are typed; those in which nothing is left are hidden. */
export const drawSearch = cards => {
  const search = () => {
    const words = wordsOf(byId('search').value)
    let rows = 0
    for (const { card, table } of cards) {
      const count = table.find(words)
      card.hidden = count === 0
      rows += count
    }
    byId('found').textContent = words.length === 0 ? '' : rows === 0 ? 'nothing is found' : `${rows} row${rows === 1 ? '' : 's'}`
  }
  byId('search').addEventListener('input', search)
  byId('filter').addEventListener('submit', event => event.preventDefault())
}
