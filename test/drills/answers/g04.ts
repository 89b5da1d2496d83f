import type { Answers } from '../answer.ts'
import { DEFAULT, FALCO, inItem, inLocal, type Item, LOCAL, startText } from '../falco-answers.ts'

const orderOf =
  (...paths: readonly string[]) =>
  (text: string): string =>
    text.replace(/rules_files:\n(?: {2}- .*\n)+/, `rules_files:\n${paths.map(path => `  - ${path}\n`).join('')}`)

const DIRECTORY = '/etc/falco/rules.d'

const inList = (change: (item: Item, items: Item[]) => void) => inItem(change, 'shell_binaries')

export const g04: Answers = {
  faults: [null],
  wrong: [
    {
      name: 'the order is as it was',
      code: 'rules-refused',
      edit: (files, exercise) => ({ ...files, [FALCO]: startText(exercise, FALCO) })
    },
    {
      name: 'the order alone',
      code: 'not-added',
      edit: (files, exercise) => ({ ...files, [LOCAL]: startText(exercise, LOCAL) })
    },
    {
      name: 'the file of own rules is left out',
      code: 'rules-file-lost',
      edit: files => ({ ...files, [FALCO]: orderOf(DEFAULT, DIRECTORY)(files[FALCO] ?? '') })
    },
    {
      name: 'the rules of the package come once more at the end',
      code: 'shell-lost',
      edit: files => ({ ...files, [FALCO]: orderOf(DEFAULT, LOCAL, DEFAULT)(files[FALCO] ?? '') })
    },
    {
      name: 'the directory is left out',
      code: 'rules-file-lost',
      edit: files => ({ ...files, [FALCO]: orderOf(DEFAULT, LOCAL)(files[FALCO] ?? '') })
    },
    { name: 'the list anew', code: 'shell-lost', edit: inList(item => delete item['override']) },
    {
      name: 'the list anew, so that the order does not matter',
      code: 'rules-refused',
      edit: (files, exercise) => ({
        ...inList(item => delete item['override'])(files, exercise),
        [FALCO]: startText(exercise, FALCO)
      })
    },
    {
      name: 'a list of another name',
      code: 'rules-refused',
      edit: inList(item => {
        item['list'] = 'shell_programs'
      })
    },
    {
      name: 'one of the two',
      code: 'not-added',
      edit: inList(item => {
        item['items'] = (item['items'] as string[]).slice(0, -1)
      })
    },
    {
      name: 'without the one that was there',
      code: 'shell-lost',
      edit: inList(item => {
        item['items'] = (item['items'] as string[]).slice(1)
      })
    },
    {
      name: 'in the rules of the package',
      code: 'other-file',
      edit: files => ({ ...files, [DEFAULT]: (files[DEFAULT] ?? '').replace('zsh]', 'zsh, nu]') })
    },
    {
      name: 'the field is there still',
      code: 'deprecated-field',
      edit: inItem(item => {
        item['condition'] = `${String(item['condition']).trim()} and evt.dir = <`
      })
    },
    {
      name: 'the other direction',
      code: 'rule-changed',
      edit: inItem(item => {
        item['condition'] = `${String(item['condition']).trim()} and evt.dir = >`
      })
    },
    {
      name: 'more than the field is taken out',
      code: 'rule-changed',
      edit: inItem(item => {
        item['condition'] = String(item['condition']).replace('container and ', '')
      })
    },
    { name: 'the rule is taken out', code: 'rules-file-lost', edit: inItem((_, items) => items.pop()) },
    {
      name: 'another setting is changed',
      code: 'falco-setting',
      edit: files => ({ ...files, [FALCO]: (files[FALCO] ?? '').replace('json_output: true', 'json_output: false') })
    },
    {
      name: 'settings that cannot be read',
      code: 'configuration-unreadable',
      edit: files => ({ ...files, [FALCO]: `${files[FALCO] ?? ''}x: [\n` })
    }
  ],
  right: [
    {
      name: 'the old way to append, twice',
      edit: inList((item, items) => {
        const [first, ...rest] = item['items'] as string[]
        delete item['override']
        item['append'] = true
        item['items'] = [first]
        items.splice(1, 0, { list: 'shell_binaries', items: rest, append: true })
      })
    },
    {
      name: 'the directory before the own file, and the condition in another order',
      edit: (files, exercise) => ({
        ...inItem(item => {
          const [event = '', ...rest] = String(item['condition']).trim().split(' and ')
          item['condition'] = [...rest, event].join(' and ')
        })(files, exercise),
        [FALCO]: orderOf(DEFAULT, DIRECTORY, LOCAL)(files[FALCO] ?? '')
      })
    },
    { name: 'with a comment', edit: inLocal(text => text.replace('- rule:', '# no evt.dir any more\n- rule:')) }
  ]
}
