import { parse, stringify } from 'yaml'
import type { Answers } from '../answer.ts'
import {
  DEFAULT,
  FALCO,
  inItem,
  inLocal,
  type Item,
  LOCAL,
  packageRule,
  quotedIn,
  startText
} from '../falco-answers.ts'

const said = (item: Item, change: (output: string) => string): void => {
  const before = String(item['output'])
  item['output'] = change(before)
  if (item['output'] === before) throw new Error('the output is as it was')
}
const output = (change: (output: string) => string) => inItem(item => said(item, change))

export const g01: Answers = {
  faults: [null],
  wrong: [
    {
      name: 'in the rules of the package',
      code: 'other-file',
      edit: (files, exercise) => {
        const items = parse(startText(exercise, DEFAULT)) as Item[]
        const { override: _, ...change } = (parse(files[LOCAL] ?? '') as Item[]).at(-1) ?? {}
        const merged = items.map(item => (item['rule'] === change['rule'] ? { ...item, ...change } : item))
        return { ...files, [DEFAULT]: stringify(merged), [LOCAL]: startText(exercise, LOCAL) }
      }
    },
    { name: 'without override', code: 'rules-refused', edit: inItem(item => delete item['override']) },
    {
      name: 'one of the two without override',
      code: 'rules-refused',
      edit: inItem(item => {
        item['override'] = { output: 'replace' }
      })
    },
    {
      name: 'appended to the output',
      code: 'prefix-elsewhere',
      edit: inItem(item => {
        item['override'] = { output: 'append', priority: 'replace' }
      })
    },
    {
      name: 'the user who logged in',
      code: 'login-user',
      edit: output(text => text.replace('user.uid', 'user.loginuid'))
    },
    {
      name: 'the whole image',
      code: 'whole-image',
      edit: output(text => text.replace('container.image.repository', 'container.image'))
    },
    {
      name: 'a field that there is not',
      code: 'rules-refused',
      edit: output(text => text.replace('user.uid', 'user.id'))
    },
    {
      name: 'without what it showed',
      code: 'field-lost',
      edit: output(text => text.replace('parent=%proc.pname', ''))
    },
    {
      name: 'the prefix at the end',
      code: 'prefix-elsewhere',
      edit: output(text => text.replace(/^(\S+ \S+ ?\S*[!:-])(.*)$/, '$2 $1'))
    },
    {
      name: 'another priority',
      code: 'other-priority',
      edit: inItem(item => {
        item['priority'] = 'NOTICE'
      })
    },
    {
      name: 'a priority that there is not',
      code: 'rules-refused',
      edit: inItem(item => {
        item['priority'] = 'HIGH'
      })
    },
    {
      name: 'a name with a slip',
      code: 'rules-refused',
      edit: inItem(item => {
        item['rule'] = `${String(item['rule'])}s`
      })
    },
    {
      name: 'the file of own rules is overwritten',
      code: 'other-rule',
      edit: inItem((_, items) => {
        items.splice(0, items.length - 1)
      })
    },
    {
      name: 'the whole rule again, for every program',
      code: 'condition-changed',
      edit: (files, exercise) =>
        inItem((item, items) => {
          const whole = packageRule(exercise, String(item['rule']))
          const { override: _, ...change } = item
          items.pop()
          items.push({ ...whole, ...change, condition: 'spawned_process and container and proc.tty != 0' })
        })(files, exercise)
    },
    {
      name: 'the whole rule again, without its tags',
      code: 'tag-lost',
      edit: (files, exercise) =>
        inItem((item, items) => {
          const { tags: _, ...whole } = packageRule(exercise, String(item['rule']))
          const { override: __, ...change } = item
          items.pop()
          items.push({ ...whole, ...change })
        })(files, exercise)
    },
    {
      name: 'a copy under another name',
      code: 'prefix-missing',
      edit: (files, exercise) =>
        inItem((item, items) => {
          const whole = packageRule(exercise, String(item['rule']))
          const { override: _, ...change } = item
          items.pop()
          items.push({ ...whole, ...change, rule: 'My shell rule' })
        })(files, exercise)
    },
    {
      name: 'another priority for all of Falco',
      code: 'other-file',
      edit: files => ({ ...files, [FALCO]: (files[FALCO] ?? '').replace('priority: debug', 'priority: warning') })
    },
    {
      name: 'a tab in the file',
      code: 'rules-refused',
      edit: inLocal(text => text.replace('  output: ', '\toutput: '))
    }
  ],
  right: [
    {
      name: 'two items, of which the later changes the priority',
      edit: inItem((item, items) => {
        const { priority } = item
        delete item['priority']
        item['override'] = { output: 'replace' }
        items.push({ rule: item['rule'], priority: String(priority).toLowerCase(), override: { priority: 'replace' } })
      })
    },
    {
      name: 'the whole rule again, its condition written otherwise',
      edit: (files, exercise) =>
        inItem((item, items) => {
          const whole = packageRule(exercise, quotedIn(exercise)[0] ?? '')
          const { override: _, ...change } = item
          items.pop()
          items.push({
            ...{ ...whole, ...change },
            condition:
              'container and proc.name in (shell_binaries) and not proc.tty = 0 and evt.type in (execve, execveat)'
          })
        })(files, exercise)
    },
    {
      name: 'in a file of its own in rules.d, with more fields',
      edit: (files, exercise) => ({
        ...files,
        [LOCAL]: startText(exercise, LOCAL),
        '/etc/falco/rules.d/shell.yaml': stringify(
          (parse(files[LOCAL] ?? '') as Item[])
            .slice(-1)
            .map(item => ({ ...item, output: `${String(item['output'])} tag=%container.image.tag` }))
        )
      })
    }
  ]
}
