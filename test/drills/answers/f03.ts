import type { Answers } from '../answer.ts'
import { answering, firstOf, type LogEvent, rightAnswers, SHEET } from '../log-answers.ts'

type Kind = (event: LogEvent, right: Readonly<Record<string, unknown>>) => boolean

/** All that a request tells of who acted as whom, or as nobody. */
const telling = (kind: Kind) =>
  answering((events, _, right) => {
    const event = firstOf(events.filter(each => each.stage === 'ResponseComplete' && kind(each, right)))
    return {
      admin: event.user.username,
      acted_as: event.impersonatedUser?.username ?? event.user.username,
      verb: event.verb,
      object: event.objectRef?.name ?? '-',
      time: event.requestReceivedTimestamp
    }
  })

export const f03: Answers = {
  wrong: [
    {
      name: 'the two the wrong way round',
      code: 'swapped',
      edit: answering((_events, _, { admin, acted_as }) => ({ admin: acted_as, acted_as: admin }))
    },
    {
      name: 'whoever asked what another may do',
      code: 'changed-nothing',
      edit: telling(
        ({ impersonatedUser, objectRef }) =>
          impersonatedUser !== undefined && /reviews$/.test(objectRef?.resource ?? '')
      )
    },
    {
      name: 'whoever acted as another and was refused',
      code: 'was-refused',
      edit: telling(
        ({ impersonatedUser, responseStatus }) => impersonatedUser !== undefined && responseStatus?.code === 403
      )
    },
    {
      name: 'whoever was not let act as another',
      code: 'was-refused',
      edit: telling(({ responseStatus, annotations }) => responseStatus?.code === 403 && annotations === undefined)
    },
    {
      name: 'what she did herself',
      code: 'own-name',
      edit: telling(({ user, verb }, right) => user.username === right['acted_as'] && verb === right['verb'])
    },
    {
      name: 'the look before the act',
      code: 'changed-nothing',
      edit: telling(({ impersonatedUser, verb }) => impersonatedUser !== undefined && verb === 'get')
    },
    {
      name: 'the verb of HTTP',
      code: 'wrong-answer',
      edit: answering(() => ({ verb: 'POST' }))
    }
  ],
  right: [
    {
      name: 'the object with its namespace, the time to the second',
      edit: (files, { task }) => {
        const right = rightAnswers(files)
        const namespace = task.flatMap(part => (typeof part === 'string' ? [] : [part['namespace']]))[0] ?? ''
        const time = String(right['time']).replace(/\.\d+Z/, 'Z')
        return {
          ...files,
          [SHEET]: JSON.stringify({ ...right, object: `${namespace}/${String(right['object'])}`, time })
        }
      }
    },
    {
      name: 'the object as kubectl names it, other keys besides',
      edit: (files, exercise) =>
        answering((events, _, right) => {
          const { objectRef } = firstOf(
            events.filter(({ impersonatedUser, objectRef: of }) => impersonatedUser && of?.name === right['object'])
          )
          return { object: `${objectRef?.resource ?? ''}/${String(right['object'])}`, remarks: ['it was late'] }
        })(files, exercise)
    }
  ]
}
