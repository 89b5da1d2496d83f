import type { RuleDescription } from '../falco/describe-rules.ts'

const NAME_WIDTH = 50
const TEXT_WIDTH = 59
// Falco's own line has no more room
const LONGEST = 4094

/** Rules as `-L` lists them: two columns, the name and what the rule is for. */
export const falcoDescriptionLines = (rules: readonly RuleDescription[]): string[] =>
  [
    columns('Rule', 'Description'),
    columns('----', '-----------'),
    ...rules.map(({ info }) => columns(info.name, `${wrapped(info.description)}\n`))
  ].flatMap(row => row.split('\n'))

const columns = (left: string, right: string): string => `${left.padEnd(NAME_WIDTH)} ${right}`.slice(0, LONGEST)

// each word has a blank behind it, as Falco's wrap_text leaves it
const wrapped = (text: string): string => {
  let [all, length] = ['', 0]
  for (const [word] of text.matchAll(/\S+/g)) {
    const isNext = length + word.length + 1 > TEXT_WIDTH
    if (isNext) all += `\n${' '.repeat(NAME_WIDTH + 1)}`
    length = (isNext ? 0 : length) + word.length + 1
    all += `${word} `
  }
  return all
}
