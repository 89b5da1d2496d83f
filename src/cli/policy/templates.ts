import { harmless, wrapText } from '../../render/paint.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { templateOf, TEMPLATES } from './policy-text.ts'

/** Lists the templates, each with the question that it answers. */
export const listTemplates = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  const rows = Object.entries(TEMPLATES).map(([name, { summary }]) => ({ name: `template:${name}`, summary }))
  session.give(() => resultOf('PolicyList', { templates: rows }))
  const column = Math.max(...rows.map(({ name }) => name.length)) + 2
  session.say(
    rows.flatMap(({ name, summary }) =>
      wrapText(harmless(summary), session.width - column).map(
        (line, index) => `${session.paint.bold((index === 0 ? name : '').padEnd(column))}${line}`
      )
    )
  )
  return 0
}

/** Prints a template as it is. */
export const showTemplate = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  const [given = ''] = args.positionals
  const { summary, text } = templateOf(given)
  const name = `template:${given.replace(/^template:/, '')}`
  session.give(() => resultOf('PolicyTemplate', { name, summary, text }))
  if (!session.isJson) io.out(text)
  return 0
}
