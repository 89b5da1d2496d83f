import type { Answers } from '../answer.ts'
import { inItem, inLocal, withCondition } from '../falco-answers.ts'

const without = (part: string) =>
  withCondition(was => {
    const after = was.replace(part, '')
    if (after === was) throw new Error(`there is no ${part}`)
    return after
  })

export const g05: Answers = {
  faults: [null],
  wrong: [
    { name: 'at every stage', code: 'told-again', edit: without('ka.stage = ResponseStarted and') },
    {
      name: 'at the end',
      code: 'missed-open',
      edit: withCondition(was => was.replace('ResponseStarted', 'ResponseComplete'))
    },
    {
      name: 'as it comes in',
      code: 'refused',
      edit: withCondition(was =>
        was.replace('ResponseStarted', 'RequestReceived').replace('ka.response.code = 101 and', '')
      )
    },
    { name: 'exec alone', code: 'missed-attach', edit: withCondition(was => was.replace('(exec, attach)', '(exec)')) },
    { name: 'by create', code: 'missed-get', edit: withCondition(was => `${was} and ka.verb = create`) },
    { name: 'what was refused, too', code: 'refused', edit: without('ka.response.code = 101 and') },
    {
      name: 'in all namespaces',
      code: 'other-namespace',
      edit: withCondition(was => was.replace(/ka.target.namespace = \S+ and/, ''))
    },
    { name: 'whoever it is', code: 'may-do-so', edit: withCondition(was => was.replace(/ and ka.user.name.*/, '')) },
    {
      name: 'by no account at all',
      code: 'missed-account',
      edit: withCondition(was => `${was} and not ka.user.name startswith "system:serviceaccount:"`)
    },
    {
      name: 'without an account of that name anywhere',
      code: 'missed-account',
      edit: withCondition(was => was.replace(/ka.user.name != "[^"]*:(\S+)"/, 'not ka.user.name endswith ":$1"'))
    },
    {
      name: 'every way in',
      code: 'other-door',
      edit: withCondition(was => was.replace('ka.target.subresource in (exec, attach)', 'ka.target.subresource exists'))
    },
    {
      name: 'by the address',
      code: 'other-door',
      edit: withCondition(was =>
        was
          .replace('ka.target.subresource in (exec, attach)', '(ka.uri contains exec or ka.uri contains attach)')
          .replace('ka.response.code = 101', 'not ka.response.code = 403')
          .replace('ka.stage = ResponseStarted', 'ka.stage = ResponseComplete')
      )
    },
    {
      name: 'everything',
      code: 'everyday',
      edit: withCondition(
        () =>
          'ka.stage = ResponseComplete and not ka.target.subresource exists and ka.target.resource != configmaps and ka.target.resource != pods'
      )
    },
    { name: 'nothing', code: 'silent', edit: withCondition(was => `${was} and ka.verb = exec`) },
    { name: 'without the user', code: 'user-missing', edit: inLocal(text => text.replace('user=%ka.user.name', '')) },
    {
      name: 'without the command',
      code: 'command-missing',
      edit: inLocal(text => text.replace('command=%ka.uri.param[command] uri=%ka.uri', ''))
    },
    {
      name: 'without the pod',
      code: 'pod-missing',
      edit: inLocal(text => text.replace('pod=%ka.target.name', '').replace('uri=%ka.uri)', ')'))
    },
    { name: 'of system calls', code: 'no-rule', edit: inItem(item => delete item['source']) },
    {
      name: 'of a source that there is not',
      code: 'no-rule',
      edit: inItem(item => {
        item['source'] = 'k8saudit'
      })
    },
    {
      name: 'a field that there is not',
      code: 'rules-refused',
      edit: withCondition(was => was.replace('ka.stage', 'ka.phase'))
    }
  ],
  right: [
    {
      name: 'by other fields',
      edit: withCondition(was =>
        was
          .replace('ka.stage =', 'jevt.value[/stage] =')
          .replace('ka.response.code = 101', 'ka.auth.decision = allow and jevt.value[/responseStatus/code] < 400')
      )
    },
    {
      name: 'the address alone shows most',
      edit: inLocal(text => text.replace(/ns=%ka[^]*uri=%ka.uri/, 'uri=%ka.uri'))
    },
    {
      name: 'with macros and an exception',
      edit: inItem((item, items) => {
        const condition = String(item['condition'])
        const user = /"([^"]+)"/.exec(condition)?.[1] ?? ''
        items.unshift({
          macro: 'began',
          condition: 'ka.stage in (ResponseStarted) and not ka.response.code startswith 4'
        })
        item['condition'] = condition.replace('ka.stage = ResponseStarted', 'began').replace(/ and ka.user.name.*/, '')
        item['exceptions'] = [{ name: 'may', fields: ['ka.user.name'], comps: ['='], values: [[user]] }]
      })
    }
  ]
}
