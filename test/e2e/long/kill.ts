import t from 'tap'
import { CALLS, callsOf, endsOf, killAfter, killAt, noTracer, survives, VICTIMS } from '../fake-kill.ts'

t.setTimeout(1_800_000)
t.jobs = VICTIMS.length

for (const victim of VICTIMS) {
  t.test(`${victim.name}, killed before each write`, { skip: noTracer }, async t => {
    const ends = await endsOf(victim, t.testdir())
    const reached = new Set<string>()
    for (const [call, count] of await callsOf(victim, ends)) {
      t.ok(count > 0 || call === 'rmdir', `${count} ${call}`)
      for (let nth = 1; nth <= count; nth++)
        reached.add(
          await survives(t, `${victim.name} before ${call} ${nth}`, ends, node => killAt(victim, node, call, nth))
        )
    }
    t.same([...reached].sort(), ['after', 'before'], `both ends, with ${CALLS.join()}`)
  })

  t.test(`${victim.name}, killed at random moments`, async t => {
    const ends = await endsOf(victim, t.testdir())
    for (let seed = 0; seed < 20; seed++) {
      const delay = (seed * 7919) % 31
      await survives(t, `seed ${seed}: ${delay} ms`, ends, node => killAfter(victim, node, delay))
    }
  })
}
