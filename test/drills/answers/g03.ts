import type { Exercise } from '../../../src/drills/drill.ts'
import type { Answer, Answers, Files } from '../answer.ts'
import { rowOf } from '../log-answers.ts'

interface AlertLine {
  readonly rule: string
  readonly output_fields: Readonly<Record<string, string>>
}

const rows = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => line.split(','))

const columnsOf = (exercise: Exercise): string[] => rowOf(exercise, 'columns of a line').split(',')

/** An answer with other lines, each by its columns. */
const lines =
  (
    change: (lines: Record<string, string>[], files: Files, exercise: Exercise) => Record<string, string>[]
  ): Answer['edit'] =>
  (files, exercise) => {
    const file = rowOf(exercise, 'file to be written')
    const columns = columnsOf(exercise)
    const before = rows(files[file] ?? '').map(row =>
      Object.fromEntries(columns.map((name, index) => [name, row[index] ?? '']))
    )
    const after = change(before, files, exercise)
    const text = after.map(line => `${columns.map(name => line[name] ?? '').join(',')}\n`).join('')
    if (text === files[file]) throw new Error('an answer changes nothing')
    return { ...files, [file]: text }
  }

const text =
  (change: (text: string, exercise: Exercise) => string): Answer['edit'] =>
  (files, exercise) => {
    const file = rowOf(exercise, 'file to be written')
    return { ...files, [file]: change(files[file] ?? '', exercise) }
  }

const alertsIn = (files: Files, exercise: Exercise): AlertLine[] =>
  (files[rowOf(exercise, 'alerts')] ?? '')
    .trimEnd()
    .split('\n')
    // as: the drill's own words
    .map(line => JSON.parse(line) as AlertLine)

const podLine = ({ rule, output_fields: fields }: AlertLine): Record<string, string> => ({
  NAMESPACE: fields['k8s.ns.name'] ?? '',
  DEPLOYMENT: fields['k8s.pod.name'] ?? '',
  RULE: rule,
  COMMAND: fields['proc.cmdline'] ?? ''
})

const cut = (pod: string): string => pod.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, '')

export const g03: Answers = {
  faults: [null],
  wrong: [
    {
      name: 'every alert',
      code: 'other-alert',
      edit: lines((_, files, exercise) =>
        alertsIn(files, exercise)
          .map(podLine)
          .filter(line => !/-db-\d$|agent/.test(line['DEPLOYMENT'] ?? ''))
          .map(line => ({ ...line, DEPLOYMENT: cut(line['DEPLOYMENT'] ?? '') }))
      )
    },
    {
      name: 'the pods',
      code: 'pod-name',
      edit: lines(([first], files, exercise) =>
        alertsIn(files, exercise)
          .map(podLine)
          .filter(line => line['RULE'] === first?.['RULE'] && !/-\d$|agent/.test(line['DEPLOYMENT'] ?? ''))
      )
    },
    {
      name: 'other kinds too',
      code: 'no-deployment',
      edit: lines((all, files, exercise) => [
        ...all,
        ...alertsIn(files, exercise)
          .map(podLine)
          .filter(line => line['RULE'] === all[0]?.['RULE'] && /-db-0$/.test(line['DEPLOYMENT'] ?? ''))
      ])
    },
    { name: 'one Deployment is missing', code: 'deployment-missing', edit: lines(all => all.slice(0, -1)) },
    {
      name: 'one command is missing',
      code: 'command-missing',
      edit: lines(all => all.filter((_, index) => index !== 1))
    },
    {
      name: 'the namespace of a namesake',
      code: 'other-alert',
      edit: lines((all, files, exercise) => {
        const other = alertsIn(files, exercise)
          .map(podLine)
          .find(
            line =>
              cut(line['DEPLOYMENT'] ?? '') === all[2]?.['DEPLOYMENT'] && line['NAMESPACE'] !== all[2]['NAMESPACE']
          )
        return all.map((line, index) => (index === 2 ? { ...line, NAMESPACE: other?.['NAMESPACE'] ?? '' } : line))
      })
    },
    {
      name: 'the priority instead of the rule',
      code: 'other-rule',
      edit: lines(all => all.map(line => ({ ...line, RULE: 'Warning' })))
    },
    {
      name: 'the name of the process',
      code: 'other-command',
      edit: lines(all =>
        all
          .map(line => ({ ...line, COMMAND: `${line['COMMAND'] ?? ''} `.split(' ')[0] ?? '' }))
          .map(line => ({ ...line, COMMAND: `/bin/${line.COMMAND}` }))
      )
    },
    {
      name: 'a line for each pod',
      code: 'line-twice',
      edit: lines(([first = {}, ...rest]) => [first, first, ...rest])
    },
    {
      name: 'with a heading',
      code: 'wrong-answer',
      edit: text((all, exercise) => `${columnsOf(exercise).join(',')}\n${all}`)
    },
    { name: 'with semicolons', code: 'other-columns', edit: text(all => all.replaceAll(',', ';')) },
    {
      name: 'another order of the columns',
      code: 'wrong-answer',
      edit: text(all =>
        rows(all)
          .map(row => `${row.reverse().join(',')}\n`)
          .join('')
      )
    },
    { name: 'an empty file', code: 'no-answers', edit: text(() => '\n') }
  ],
  right: [
    {
      name: 'in another order, with blanks and the ends of lines of Windows',
      edit: text(
        all =>
          `\r\n${rows(all)
            .reverse()
            .map(row => `${row.join(', ')}\r\n`)
            .join('')}`
      )
    },
    { name: 'no line break at the end', edit: text(all => all.trimEnd()) }
  ]
}
