import type { Answers } from '../answer.ts'
import { answering, firstOf, type LogEvent, rightAnswers, SHEET } from '../log-answers.ts'

const of = (events: readonly LogEvent[], user: unknown): LogEvent[] =>
  events.filter(each => each.user.username === user)
const refused = (events: readonly LogEvent[]): LogEvent[] => events.filter(each => each.responseStatus?.code === 403)
const requests = (events: readonly LogEvent[]): number => new Set(events.map(({ auditID }) => auditID)).size
const others = (events: readonly LogEvent[], user: unknown): LogEvent[] =>
  refused(events).filter(each => each.user.username !== user && each.user.username.startsWith('system:serviceaccount:'))

export const f02: Answers = {
  wrong: [
    {
      name: 'an account that lacks one right',
      code: 'one-right-lacking',
      edit: answering((events, _, { account }) => ({ account: firstOf(others(events, account)).user.username }))
    },
    {
      name: 'all about that account',
      code: 'one-right-lacking',
      edit: answering((events, _, { account }) => {
        const own = others(events, account)
        const [first, last] = [firstOf(own), firstOf(own.toReversed())]
        return {
          account: first.user.username,
          refused: requests(own),
          first: first.requestReceivedTimestamp,
          last: last.requestReceivedTimestamp
        }
      })
    },
    {
      name: 'a person',
      code: 'no-account',
      edit: answering(events => ({
        account: firstOf(refused(events).filter(({ user }) => !user.username.startsWith('system:'))).user.username
      }))
    },
    {
      name: 'lines with the code 403',
      code: 'counted-events',
      edit: answering((events, _, { account }) => ({ refused: refused(of(events, account)).length }))
    },
    {
      name: 'lines of the account',
      code: 'counted-events',
      edit: answering((events, _, { account }) => ({ refused: of(events, account).length }))
    },
    {
      name: 'what was granted, too',
      code: 'counted-granted',
      edit: answering((events, _, { account }) => ({ refused: requests(of(events, account)) }))
    },
    {
      name: 'what anyone was refused',
      code: 'counted-everyone',
      edit: answering(events => ({ refused: requests(refused(events)) }))
    },
    {
      name: 'from the first request of the account to its last',
      code: 'not-refused',
      edit: answering((events, _, { account }) => {
        const own = of(events, account)
        return {
          first: firstOf(own).requestReceivedTimestamp,
          last: firstOf(own.toReversed()).requestReceivedTimestamp
        }
      })
    }
  ],
  right: [
    {
      name: 'the account as kubectl names it, the number in quotes, no fractions',
      edit: files => {
        const { account, refused: count, first, last } = rightAnswers(files)
        const [, , namespace = '', name = ''] = String(account).split(':')
        const second = (time: unknown): string => String(time).replace(/\.\d+Z/, '')
        return {
          ...files,
          [SHEET]: `{account: ${namespace}/${name}, refused: "${String(count)}", first: "${second(first)}", last: "${second(last)}Z"}\n`
        }
      }
    },
    {
      name: 'when the last one was answered',
      edit: (files, exercise) =>
        answering((events, _, { last }) => ({
          last: firstOf(
            events.filter(
              ({ stage, requestReceivedTimestamp }) => stage === 'ResponseComplete' && requestReceivedTimestamp === last
            )
          ).stageTimestamp
        }))(files, exercise)
    }
  ]
}
