import type { Answers } from '../answer.ts'
import { DEFAULT, inItem, inLocal, LOCAL, withCondition } from '../falco-answers.ts'

const deviceOf = (condition: string): string => /fd\.name = (\S+)/.exec(condition)?.[1] ?? ''
const OPEN = 'evt.type in (open, openat, openat2)'

export const g02: Answers = {
  faults: [null],
  wrong: [
    {
      name: 'open alone',
      code: 'missed',
      edit: withCondition(was =>
        was.replace('open_read', 'evt.type = open and evt.is_open_read = true and fd.num >= 0')
      )
    },
    {
      name: 'as many write it, without open',
      code: 'missed-open',
      edit: withCondition(was =>
        was.replace('open_read', 'evt.type in (openat, openat2) and evt.is_open_read = true and fd.num >= 0')
      )
    },
    {
      name: 'what contains the name',
      code: 'other-file',
      edit: withCondition(was => was.replace('fd.name =', 'fd.name contains'))
    },
    {
      name: 'what begins so',
      code: 'other-file',
      edit: withCondition(was => was.replace('fd.name =', 'fd.name startswith'))
    },
    {
      name: 'what ends so',
      code: 'other-file',
      edit: withCondition(was => was.replace('fd.name =', 'fd.name endswith'))
    },
    { name: 'the node itself too', code: 'node-itself', edit: withCondition(was => was.replace('container and ', '')) },
    {
      name: 'what was refused, too',
      code: 'refused',
      edit: withCondition(was => was.replace('open_read', `${OPEN} and evt.is_open_read = true`))
    },
    {
      name: 'however it is opened',
      code: 'written',
      edit: withCondition(was => was.replace('open_read', `${OPEN} and fd.num >= 0`))
    },
    {
      name: 'every call on it',
      code: 'other-call',
      edit: withCondition(was => was.replace('open_read', '(open_read or evt.type in (read, newfstatat))'))
    },
    {
      name: 'to be read alone',
      code: 'missed-read-write',
      edit: withCondition(was => `${was} and evt.is_open_write = false`)
    },
    { name: 'one program', code: 'missed', edit: withCondition(was => `${was} and proc.name = dd`) },
    { name: 'nothing', code: 'silent', edit: withCondition(was => `${was} and evt.dir = >`) },
    {
      name: 'the container instead of the pod',
      code: 'pod-missing',
      edit: inLocal(text => text.replace('%k8s.pod.name', '%container.name'))
    },
    { name: 'no namespace', code: 'namespace-missing', edit: inLocal(text => text.replace('ns=%k8s.ns.name', '')) },
    {
      name: 'the name of the process',
      code: 'command-missing',
      edit: inLocal(text => text.replace('proc.cmdline', 'proc.name'))
    },
    {
      name: 'another priority',
      code: 'other-priority',
      edit: inItem(item => {
        item['priority'] = 'WARNING'
      })
    },
    {
      name: 'a macro that there is not',
      code: 'rules-refused',
      edit: withCondition(was => was.replace('open_read', 'opened_read'))
    },
    { name: 'without desc', code: 'rules-refused', edit: inItem(item => delete item['desc']) },
    {
      name: 'switched off',
      code: 'rule-off',
      edit: inItem(item => {
        item['enabled'] = false
      })
    },
    {
      name: 'a name in other letters',
      code: 'rule-name',
      edit: inItem(item => {
        item['rule'] = String(item['rule']).toUpperCase()
      })
    },
    {
      name: 'of the source of audit events',
      code: 'no-rule',
      edit: inItem(item => {
        item['source'] = 'k8s_audit'
      })
    },
    {
      name: 'among the rules of the package',
      code: 'other-file',
      edit: files => ({
        ...files,
        [DEFAULT]: `${files[DEFAULT] ?? ''}${files[LOCAL] ?? ''}`,
        [LOCAL]: '# What is ours.\n'
      })
    }
  ],
  right: [
    {
      name: 'without macros',
      edit: withCondition(
        was =>
          `fd.name in (${deviceOf(was)}) and container.id != host and ${OPEN} and evt.is_open_read = true and evt.failed = false`
      )
    },
    {
      name: 'by its directory and name',
      edit: withCondition(was => {
        const name = deviceOf(was).split('/').at(-1) ?? ''
        return `evt.type startswith open and evt.is_open_read=true and evt.res = SUCCESS and not container.id = host and fd.directory = /dev and fd.filename = ${name}`
      })
    },
    {
      name: 'with a list, a macro and an exception of its own',
      edit: inItem((item, items) => {
        const condition = String(item['condition'])
        items.splice(0, 0, { list: 'memory_devices', items: [deviceOf(condition)] })
        items.splice(1, 0, { macro: 'reads_memory', condition: 'open_read and fd.name in (memory_devices)' })
        item['condition'] = 'reads_memory'
        item['exceptions'] = [{ name: 'node', fields: 'container.id', comps: 'in', values: ['host'] }]
      })
    },
    {
      name: 'the arguments by themselves',
      edit: inLocal(text => text.replace('%proc.cmdline', '%proc.name %proc.args'))
    }
  ]
}
