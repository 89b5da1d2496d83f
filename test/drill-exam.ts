import t from 'tap'
import { DRILLS } from '../src/drills/catalogue.ts'
import { type Drill, FAMILIES } from '../src/drills/drill.ts'
import { chooseDrills, sheetOf } from '../src/drills/exam.ts'
import { pickFor } from '../src/drills/pick.ts'

const chosen = (count: number, minutes: number, seed: number) =>
  chooseDrills(DRILLS, count, minutes, pickFor('exam', seed))

t.test('an exam is made of different drills of several families, and can about be done in its time', async t => {
  const all = new Set<string>()
  for (let seed = 0; seed < 200; seed++) {
    const drills = chosen(6, 30, seed)
    t.equal(new Set(drills).size, 6)
    t.ok(new Set(drills.map(({ family }) => family)).size >= 3, drills.map(({ id }) => id).join(' '))
    t.ok(drills.reduce((sum, { minutes }) => sum + minutes, 0) <= 42)
    for (const { id } of drills) all.add(id)
    t.same(drills, chosen(6, 30, seed), 'the same seed gives the same')
  }
  t.ok(all.size > 25, `${all.size} drills come up`)
})

t.test('no more than there are, and as many as are asked for', async t => {
  t.same(chosen(1000, 1, 1), DRILLS)
  for (const count of [1, 2, 5, 17]) t.equal(chosen(count, 1, 1).length, count)
  t.same([...new Set(DRILLS.map(({ family }) => family))].sort(), Object.keys(FAMILIES).sort())
})

t.test('tasks weigh by their points', async t => {
  const [model] = DRILLS
  if (!model) throw new Error('there are no drills')
  const drill = (points: number): Drill => ({ ...model, points })
  const sheet = sheetOf([
    { drill: drill(6), score: 100, late: null },
    { drill: drill(4), score: 25, late: null },
    { drill: drill(2), score: 100, late: 1 }
  ])
  t.match(sheet, { earned: 7, points: 12, percent: 58, isPassed: false })
  t.match(sheetOf([{ drill: drill(3), score: 67, late: null }]), { percent: 67, isPassed: true })
  t.match(sheetOf([{ drill: drill(3), score: 66, late: null }]), { percent: 66, isPassed: false })
})
