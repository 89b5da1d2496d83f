import { readFileSync } from 'node:fs'
import { type Oracle, policyQuestion, serverVerdict } from './oracle.ts'
import { judgeHere } from './ours.ts'
import { differenceOf, type Verdict } from './verdict.ts'

/** Asks both sides about policy files, prints both verdicts, and gives the number of differences. */
export const runFiles = async (oracle: Oracle, minor: number, files: readonly string[]): Promise<number> => {
  let differences = 0
  for (const file of files) {
    const asked = { text: new Uint8Array(readFileSync(file)), requests: [] }
    const [answer] = await oracle.ask([policyQuestion(asked)])
    const server = serverVerdict(answer)
    const words = differenceOf(server, judgeHere(asked, { major: 1, minor }))
    if (words !== undefined) differences += 1
    console.log(`1.${minor} ${file}: ${summary(server)}${words === undefined ? '' : `  DIFFERENT: ${words}`}`)
  }
  return differences
}

const summary = ({ reason, lenient, message }: Verdict & { readonly message: string }): string =>
  `${reason}${lenient ? ' with a warning' : ''}${message === '' ? '' : `: ${message.split('\n').join(' ')}`}`
