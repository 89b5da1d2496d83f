// Requests or bytes over time, with those that were refused and those that failed; a part of it can be looked at closer.

import uPlot from 'uplot'
import { bytesText } from '../../../src/text/amount.ts'
import { byId, element } from '../page-parts.js'
import { momentText } from './tables.js'

const SERIES = [
  { name: 'requests', label: 'all' },
  { name: 'denied', label: 'refused (403)' },
  { name: 'failed', label: 'failed (5xx)' }
]

// a colour of the styles as the canvas takes it: as one
const probe = byId('chart').parentElement.appendChild(element('i', { hidden: true }))
const colour = name => {
  probe.style.color = `var(--${name})`
  return getComputedStyle(probe).color
}

/** Draws the picture of stretches: [start, events, requests, bytes, denied, failed]; gives what redraws its colours. */
export const drawChart = ({ seconds, stretches }) => {
  const state = { measure: 'requests', shown: new Set(SERIES.map(({ name }) => name)) }
  const filled = withGaps(stretches, seconds)
  const times = filled.map(([start]) => start)
  const whole = [times[0], times.at(-1) + seconds]
  const dataOf = () => [times, ...valuesOf(filled, state)]
  const [low, high] = [whole[0] - seconds * 0.5, whole[1] + seconds * 0.5]
  const plot = new uPlot(options({ seconds, state, range: [low, high] }), dataOf(), byId('chart'))

  const show = (from, to) => {
    const width = Math.min(Math.max(to - from, seconds * 4), high - low)
    const start = Math.min(Math.max(from, low), high - width)
    plot.setScale('x', { min: start, max: start + width })
  }
  plot.hooks.setScale = [(_, scale) => scale === 'x' && tellRange(plot, stretches, seconds)]
  drawChoices(state, () => {
    for (const [index, { name }] of SERIES.entries()) plot.setSeries(index + 1, { show: state.measure === 'bytes' ? index === 0 : state.shown.has(name) })
    const { min, max } = plot.scales.x
    plot.setData(dataOf(), false)
    show(min, max)
  })
  drawZoom(plot, show, [low, high])
  new ResizeObserver(() => plot.setSize(sizeOf())).observe(byId('chart'))
  tellRange(plot, stretches, seconds)
  return () => plot.redraw(false, true)
}

const sizeOf = () => ({ width: byId('chart').clientWidth, height: byId('chart').clientHeight })

// nothing happened between two stretches that do not follow each other
const withGaps = (stretches, seconds) =>
  stretches.flatMap((stretch, index) => {
    const [start, next] = [stretch[0], stretches[index + 1]?.[0] ?? stretch[0] + seconds]
    const nothing = at => [at, 0, 0, 0, 0, 0]
    if (next === start + seconds) return [stretch]
    return next === start + 2 * seconds
      ? [stretch, nothing(start + seconds)]
      : [stretch, nothing(start + seconds), nothing(next - seconds)]
  })

// each is drawn over the one before: what is left of that is what it has besides
const valuesOf = (stretches, { measure, shown }) => {
  if (measure === 'bytes') return [stretches.map(each => each[3]), ...SERIES.slice(1).map(() => stretches.map(() => null))]
  return [
    stretches.map(each => each[2]),
    stretches.map(each => each[4] + (shown.has('failed') ? each[5] : 0)),
    stretches.map(each => each[5])
  ]
}

const options = ({ seconds, state, range }) => ({
  ...sizeOf(),
  tzDate: time => uPlot.tzDate(new Date(time * 1000), 'UTC'),
  legend: { show: false },
  cursor: { y: false, points: { show: false }, drag: { x: true, y: false } },
  scales: { x: { time: true, min: range[0], max: range[1] }, y: { range: (_, __, max) => [0, Math.max(1, max) * 1.05] } },
  axes: [
    { stroke: () => colour('soft'), grid: { show: false }, ticks: { stroke: () => colour('line') }, values: timeLabels, incrs: STEPS, space: 70 },
    {
      stroke: () => colour('soft'),
      grid: { stroke: () => colour('line'), width: 1 },
      ticks: { show: false },
      size: 64,
      incrs: () => (state.measure === 'bytes' ? BYTE_STEPS : COUNT_STEPS),
      values: (_, splits) => splits.map(each => (state.measure === 'bytes' ? bytesText(each) : each.toLocaleString('en')))
    }
  ],
  series: [
    {},
    ...SERIES.map(({ name }) => ({
      stroke: () => colour(name),
      fill: () => colour(name),
      width: 0,
      points: { show: false },
      paths: bars(seconds)
    }))
  ]
})

// as wide as its stretch, whatever is shown
const bars = seconds => (plot, series, from, to) => {
  const shape = new Path2D()
  const place = time => Math.round(plot.valToPos(time, 'x', true))
  const floor = Math.round(plot.valToPos(0, 'y', true))
  for (let index = from; index <= to; index += 1) {
    const value = plot.data[series][index]
    if (!value) continue
    const start = plot.data[0][index]
    const [left, right] = [place(start), place(start + seconds)]
    // what there is can be seen, however little it is
    const height = Math.max(1, floor - Math.round(plot.valToPos(value, 'y', true)))
    shape.rect(left, floor - height, Math.max(1, right - left - (right - left > 4 ? 1 : 0)), height)
  }
  return { stroke: null, fill: shape, clip: null, flags: 1 }
}

// seconds between two marks: nothing is told of parts of a second
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400]
const STEPS = [
  ...[1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY],
  ...[365, 3650, 36_500, 365_000].map(days => days * DAY)
]

const COUNT_STEPS = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map(digit => digit * 10 ** power)).flat()
const BYTE_STEPS = Array.from({ length: 45 }, (_, power) => 2 ** power)

const timeLabels = (plot, splits, _, __, step) => {
  let day = ''
  return splits.map(split => {
    const text = momentText(Math.round(split))
    const clock = step < MINUTE ? text.slice(11, 19) : text.slice(11, 16)
    const isNew = text.slice(0, 10) !== day
    day = text.slice(0, 10)
    if (step >= DAY) return step >= 300 * DAY ? text.slice(0, 7) : text.slice(0, 10)
    return isNew ? `${clock}\n${text.slice(0, 10)}` : clock
  })
}

const drawChoices = (state, update) => {
  byId('series').append(
    ...SERIES.map(({ name, label }) => {
      const box = element('input', { type: 'checkbox', checked: true, value: name })
      const node = element('label', {}, box, ' ', element('span', { className: 'swatch' }), ` ${label}`)
      node.dataset.series = name
      return node
    })
  )
  byId('time').addEventListener('change', ({ target }) => {
    if (target.name === 'measure') state.measure = target.value
    else if (target.checked) state.shown.add(target.value)
    else state.shown.delete(target.value)
    byId('series').hidden = state.measure === 'bytes'
    update()
  })
}

const drawZoom = (plot, show, whole) => {
  const move = (part, factor) => {
    const { min, max } = plot.scales.x
    const middle = (min + max) / 2 + (max - min) * part
    show(middle - ((max - min) / 2) * factor, middle + ((max - min) / 2) * factor)
  }
  const moves = {
    earlier: () => move(-0.25, 1),
    later: () => move(0.25, 1),
    closer: () => move(0, 0.5),
    farther: () => move(0, 2),
    whole: () => show(...whole)
  }
  for (const [id, act] of Object.entries(moves)) byId(id).addEventListener('click', act)
  const keys = { ArrowLeft: 'earlier', ArrowRight: 'later', '+': 'closer', '=': 'closer', '-': 'farther', 0: 'whole', Escape: 'whole' }
  byId('chart').addEventListener('keydown', event => {
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return
    moves[keys[event.key]]()
    event.preventDefault()
  })
}

/** Says what the part that is shown has in sum. */
const tellRange = (plot, stretches, seconds) => {
  const { min, max } = plot.scales.x
  const shown = stretches.filter(([start]) => start + seconds > min && start < max)
  const sum = at => shown.reduce((total, each) => total + each[at], 0)
  const number = at => sum(at).toLocaleString('en')
  const [first, last] = [shown[0], shown.at(-1)]
  byId('range').textContent =
    first === undefined
      ? 'nothing happened in what is shown'
      : `${momentText(first[0])} to ${momentText(last[0] + seconds)}: ${number(2)} requests, ${number(4)} refused, ${number(5)} failed, ${bytesText(sum(3))}; a bar is ${spanText(seconds)}`
}

const SPANS = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [1, 'second']
]

const spanText = seconds => {
  const [size, name] = SPANS.find(([each]) => seconds >= each)
  return seconds === size ? `one ${name}` : `${seconds / size} ${name}s`
}
