import type { Answers } from '../answer.ts'
import { answering, firstOf, type LogEvent, rowOf, rightAnswers, SHEET } from '../log-answers.ts'

/** Whoever sent the first request of a kind, told as the one who read the Secret. */
const telling = (choose: (event: LogEvent, namespace: string, secret: string) => boolean) =>
  answering((events, exercise) => {
    const [namespace = '', secret = ''] = rowOf(exercise, 'Secret').split('/')
    const chosen = events.filter(
      event =>
        event.stage !== 'RequestReceived' && event.objectRef?.resource === 'secrets' && choose(event, namespace, secret)
    )
    const { user, requestReceivedTimestamp: time, sourceIPs, userAgent } = firstOf(chosen)
    return { user: user.username, time, address: sourceIPs[0], tool: userAgent }
  })

const isOk = ({ responseStatus }: LogEvent): boolean => (responseStatus?.code ?? 0) < 400

export const f01: Answers = {
  wrong: [
    {
      name: 'who was refused',
      code: 'was-refused',
      edit: telling((event, _, secret) => event.objectRef?.name === secret && !isOk(event))
    },
    {
      name: 'who was refused a list',
      code: 'was-refused',
      edit: telling(event => event.verb === 'list' && !isOk(event))
    },
    {
      name: 'who read another Secret',
      code: 'other-secret',
      edit: telling(
        ({ objectRef, verb }, namespace, secret) =>
          verb === 'get' && objectRef?.namespace === namespace && objectRef.name !== secret
      )
    },
    {
      name: 'who read a Secret of that name elsewhere',
      code: 'other-namespace',
      edit: telling(
        ({ objectRef, verb }, namespace, secret) =>
          verb === 'get' && objectRef?.namespace !== namespace && objectRef?.name === secret
      )
    },
    {
      name: 'who listed the Secrets of another namespace',
      code: 'other-namespace',
      edit: telling(
        ({ objectRef, verb }, namespace) =>
          verb === 'list' && objectRef?.namespace !== undefined && objectRef.namespace !== namespace
      )
    },
    { name: 'who wrote it', code: 'no-read', edit: telling(({ verb }) => verb === 'update') },
    {
      name: 'the kubelet',
      code: 'own-work',
      edit: telling(({ verb, user }) => verb === 'watch' && user.username.startsWith('system:node:'))
    },
    {
      name: 'the user alone is right',
      code: 'no-answer',
      edit: answering(() => ({ time: null, address: '', tool: '' }))
    },
    {
      name: 'a user who is not in the log',
      code: 'wrong-answer',
      edit: answering(() => ({ user: 'nobody' }))
    }
  ],
  right: [
    {
      name: 'no fraction of a second, no user agent but its first word, in a list',
      edit: files => {
        const { user, time, address, tool } = rightAnswers(files)
        const second = String(time).replace(/\.\d+Z/, 'Z')
        return {
          ...files,
          [SHEET]: `tool: ${String(tool).replace(/ .*/, '')}\naddress: [${String(address)}]\nuser: '${String(user)}'\ntime: ${second}\n`
        }
      }
    },
    {
      name: 'the time at which it was answered, in the sheet as it was handed out',
      edit: (files, { start }) => {
        const right = rightAnswers(files)
        const sheet = start.get(SHEET)
        const time = Date.parse(String(right['time']))
        if (sheet?.kind !== 'file') throw new Error('there is no sheet')
        const answers: Record<string, unknown> = { ...right, time: new Date(time + 1).toISOString() }
        return {
          ...files,
          [SHEET]: sheet.text.replace(/^(\w+):$/gm, (line, key: string) => `${line} "${String(answers[key])}"`)
        }
      }
    }
  ]
}
