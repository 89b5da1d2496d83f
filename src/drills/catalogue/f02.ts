import type { Question, Right } from '../goals/answer-file.ts'
import type { Drill } from '../drill.ts'
import { type Sent, stagesIn, timeText } from '../log/events.ts'
import { beginLog, type Ledger, investigation, WAYS } from '../log/node.ts'
import { type Probing, probingOf } from '../log/probing.ts'
import { timeOf } from '../log/questions.ts'

export const f02: Drill = {
  id: 'f02',
  title: 'Somebody tries all the doors',
  family: 'log',
  minutes: 8,
  points: 7,
  lesson:
    'One request leaves several events with the same auditID, one for each stage: count requests, not lines. A refusal is an answer with the code 403.',
  make: pick => {
    const ledger = beginLog(pick, { hasReceived: true })
    const { scene, node } = ledger
    const probing = probingOf(scene)
    const { prober, refused, granted, stubborn, others } = probing
    const story = [...refused, ...granted, ...stubborn, ...others]
    return {
      task: [
        'A pod has been taken over: with the token of its service account somebody tries one request after another, to find out what the account may do. Which account is it, how many of its requests were refused, and from when to when?',
        { 'audit log': node.log },
        'A program that lacks one right asks for the same thing again and again. That is a nuisance, and not what is meant here. Count requests that were refused for want of a right, each once, however many events it has.',
        WAYS
      ],
      ...investigation(ledger, story, questionsOf(ledger, probing), {
        account: prober.user.username,
        refused: refused.length,
        first: timeText(refused[0].at),
        last: timeText(refused.at(-1)?.at ?? 0)
      }),
      hints: [
        "A request that was refused has responseStatus.code 403. jq can group: jq -r 'select(.responseStatus.code == 403) | .user.username' ${node.log} | sort | uniq -c",
        'Look at what each of them was refused: the same requestURI every time, or always another?',
        'All events of a request have the same auditID. A watch, an exec or a log has an event at ResponseStarted too, with the same code as the one at ResponseComplete.',
        `jq -r 'select(.user.username == "${prober.user.username}" and .responseStatus.code == 403) | .auditID' ${node.log} | sort -u | wc -l; the times are requestReceivedTimestamp.`
      ]
    }
  }
}

const questionsOf = ({ policy }: Ledger, { prober, refused, granted, stubborn, others }: Probing): Question[] => {
  const { username } = prober.user
  const account = username.replace(/.*:/, '')
  const namespace = username.split(':')[2] ?? ''
  const all = [...refused, ...stubborn, ...others]
  const lines = (sent: readonly Sent[]): number =>
    sent.flatMap(each => stagesIn(policy, each).filter(stage => stage !== 'RequestReceived')).length
  const allLines = (sent: readonly Sent[]): number => sent.flatMap(each => stagesIn(policy, each)).length
  const number = (is: number): Right => ({ kind: 'number', is })
  const counted = (code: string, found: string, ...numbers: readonly number[]) =>
    numbers.map(each => ({ right: number(each), code, found }))
  const other = 'that account lacks one right, and asks for the same thing every time'
  const timeTraps = (own: Sent | undefined, alien: Sent | undefined) => [
    ...(own ? [{ right: timeOf(own), code: 'not-refused', found: 'that request of the account was granted' }] : []),
    ...(alien ? [{ right: timeOf(alien), code: 'one-right-lacking', found: other }] : [])
  ]
  const [first] = refused
  const last = refused.at(-1) ?? first
  return [
    {
      ...{ key: 'account', asks: 'the service account: the user, as the log names it', points: 30 },
      right: { kind: 'text', is: [username, `${namespace}:${account}`, `${namespace}/${account}`] },
      traps: [...stubborn.slice(0, 1), ...others.slice(0, 1)].map(({ by }, index) => ({
        right: { kind: 'text', is: [by.user.username] },
        ...(index === 0
          ? { code: 'one-right-lacking', found: other }
          : { code: 'no-account', found: 'that is no service account' })
      }))
    },
    {
      ...{ key: 'refused', asks: 'how many requests of it were refused', points: 30 },
      right: number(refused.length),
      traps: [
        ...counted(
          'counted-events',
          'that counts events; a request can have several',
          lines(refused),
          allLines(refused),
          allLines([...refused, ...granted])
        ),
        ...counted('counted-granted', 'that counts requests that were granted, too', refused.length + granted.length),
        ...counted('counted-everyone', 'that counts what others were refused, too', all.length, lines(all)),
        ...counted('one-right-lacking', other, stubborn.length)
      ]
    },
    {
      ...{ key: 'first', asks: 'when the first refused request came in', points: 20 },
      right: timeOf(first),
      traps: timeTraps(granted[0], stubborn[0])
    },
    {
      ...{ key: 'last', asks: 'when the last refused request came in', points: 20 },
      right: timeOf(last),
      traps: timeTraps(granted.at(-1), stubborn.at(-1))
    }
  ]
}
