import type { Question, Right } from '../goals/answer-file.ts'
import type { Drill } from '../drill.ts'
import { type Sent, timeText } from '../log/events.ts'
import { beginLog, investigation, WAYS } from '../log/node.ts'
import { type Impersonation, impersonationOf } from '../log/impersonation.ts'
import { timeOf } from '../log/questions.ts'

export const f03: Drill = {
  id: 'f03',
  title: "Under somebody else's name",
  family: 'log',
  minutes: 6,
  points: 6,
  lesson:
    'An event of an impersonated request has two identities: user is who asked, impersonatedUser is who was acted as. Rights are checked for the second, and the first has done it.',
  make: pick => {
    const ledger = beginLog(pick, { hasReceived: pick.one([true, false]) })
    const { scene, node } = ledger
    const story = impersonationOf(scene)
    const { deed, name } = story
    return {
      task: [
        'Something has been changed in the cluster under the name of somebody who was not there: an admin acted as another user. Who was it really, as whom did they act, and what did they do?',
        { 'audit log': node.log, namespace: story.namespace },
        'Acting in the name of others is not always that bad: some only asked what another may do, some were refused. One request did change something in the namespace.',
        WAYS
      ],
      ...investigation(ledger, [deed, ...Object.values(story.decoys)], questionsOf(story), {
        admin: deed.by.user.username,
        acted_as: deed.as?.user.username ?? '',
        verb: deed.verb,
        object: name,
        time: timeText(deed.at)
      }),
      hints: [
        'The user of an event is who was authenticated, whatever name the request was sent in.',
        `jq -c 'select(.impersonatedUser != null)' ${node.log} leaves the requests in the name of others.`,
        'Leave out what changed nothing: a get, reviews of access, and what was answered 403.',
        `jq -c 'select(.impersonatedUser != null and .responseStatus.code < 300) | [.user.username, .impersonatedUser.username, .verb, .requestURI]' ${node.log}; one of them changes something that is there.`
      ]
    }
  }
}

const questionsOf = ({ deed, name, namespace, decoys }: Impersonation): Question[] => {
  const { looked, inPerson, asked, actRefused, nameRefused } = decoys
  const text = (...is: readonly string[]): Right => ({ kind: 'text', is })
  const nameOf = ({ uri }: Sent): string => uri.replace(/.*\/|\?.*/g, '')
  const [admin, as] = [deed.by.user.username, deed.as?.user.username ?? '']
  const trap = (right: Right, code: string, found: string) => ({ right, code, found })
  const refused = 'that was refused'
  return [
    {
      ...{
        key: 'admin',
        asks: 'the admin: who it really was, as the log names the user',
        points: 30,
        right: text(admin)
      },
      traps: [
        trap(text(as), 'swapped', 'that is the name in which it was done'),
        trap(
          text(actRefused.by.user.username),
          'changed-nothing',
          'what that admin did in the name of others changed nothing'
        ),
        trap(text(nameRefused.by.user.username), 'was-refused', 'that user was not let act as another')
      ]
    },
    {
      ...{ key: 'acted_as', asks: 'the user in whose name it was done', points: 30, right: text(as) },
      traps: [
        trap(text(admin), 'swapped', 'that is who did it'),
        trap(
          text(asked.as?.user.username ?? ''),
          'changed-nothing',
          'in that name it was asked only what the user may do'
        ),
        trap(text(actRefused.as?.user.username ?? ''), 'was-refused', refused)
      ]
    },
    {
      ...{ key: 'verb', asks: 'what was done: the verb, as the log has it', points: 10, right: text(deed.verb) },
      traps: [looked, asked].map(({ verb }) => trap(text(verb), 'changed-nothing', 'that changed nothing'))
    },
    {
      ...{ key: 'object', asks: 'the name of the object that was changed', points: 20 },
      right: text(name, `${namespace}/${name}`, ...spellingsOf(deed, name)),
      traps: [
        trap(
          text(nameOf(inPerson), ...spellingsOf(inPerson, nameOf(inPerson))),
          'own-name',
          'what was done to that one, that user did in person, or another was refused'
        )
      ]
    },
    {
      ...{ key: 'time', asks: 'when the request came in', points: 10, right: timeOf(deed) },
      traps: [
        trap(timeOf(inPerson), 'own-name', 'that was done by the user in person'),
        ...[looked, asked].map(sent => trap(timeOf(sent), 'changed-nothing', 'that request changed nothing')),
        ...[actRefused, nameRefused].map(sent => trap(timeOf(sent), 'was-refused', refused))
      ]
    }
  ]
}

// kubectl's ways to name an object
const spellingsOf = ({ uri }: Sent, name: string): string[] => {
  const resource = uri.split('/').at(-2) ?? ''
  return [`${resource}/${name}`, `${resource.replace(/s$/, '')}/${name}`]
}
