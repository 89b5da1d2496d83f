import { writeSync } from 'node:fs'
import { KINDS } from './kinds.ts'
import { inputOf, tryInput } from './try-input.ts'

// who starts this reads from its fourth file what is begun and how it ended: a line each, also when it then hangs
const OUT = 3
const say = (line: string): void => void writeSync(OUT, `${line}\n`)

const [name = '', from = '', count = '', light = ''] = process.argv.slice(2)
const kind = KINDS.find(each => each.name === name)
if (!kind) throw new Error(`no kind ${name}`)

for (let seed = Number(from); seed < Number(from) + Number(count); seed += 1) {
  say(`begin ${seed}`)
  const { verdict, slowest, message } = await tryInput(kind, seed, inputOf(kind, seed, light === 'light'))
  const memory = Math.round(process.resourceUsage().maxRSS / 1024)
  say(`end ${JSON.stringify({ seed, verdict, slowest: Math.round(slowest), memory, message })}`)
}
