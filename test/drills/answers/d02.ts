import { type Answers, fromStart, inManifest } from '../answer.ts'

const asked = (exercise: Parameters<Answers['right'][number]['edit']>[1]): string[] =>
  exercise.goals.map(({ id }) => id).filter(id => id !== 'audit-webhook-mode')

export const d02: Answers = {
  wrong: [
    {
      name: 'only less strict',
      code: 'still-blocking',
      edit: inManifest(text => text.replace('--audit-webhook-mode=batch', '--audit-webhook-mode=blocking'))
    },
    {
      name: 'the mode of the log is changed',
      code: 'audit-setting',
      edit: inManifest(text => text.replace('--audit-webhook-mode=batch', '--audit-log-mode=batch'))
    },
    {
      name: 'a limit of the log',
      code: 'flag-of-log',
      edit: (files, exercise) =>
        inManifest(text =>
          asked(exercise).reduce((now, id) => now.replace(`--${id}=`, `--${id.replace('webhook', 'log')}=`), text)
        )(files)
    },
    {
      name: 'W23: the old mode stands behind',
      code: 'still-strict',
      edit: inManifest(text =>
        text.replace('    - --audit-webhook-mode=batch\n', '$&    - --audit-webhook-mode=blocking-strict\n')
      )
    },
    {
      name: 'a limit is forgotten',
      code: 'flag-missing',
      edit: (files, exercise) =>
        inManifest(text => text.replace(new RegExp(` {4}- --${asked(exercise)[1] ?? ''}=.*\\n`), ''))(files)
    },
    {
      name: 'a limit with a unit that is none of its',
      code: 'bad-flag-value',
      edit: (files, exercise) =>
        inManifest(text => text.replace(new RegExp(`(- --${asked(exercise)[0] ?? ''}=).*`), '$1twenty'))(files)
    },
    {
      name: 'without throttling',
      code: 'not-throttled',
      edit: inManifest(text => text.replace(/(--audit-webhook-batch-throttle-enable)=true/, '$1=F'))
    },
    {
      name: 'W9: a mode that is none',
      code: 'bad-flag-value',
      edit: inManifest(text => text.replace('--audit-webhook-mode=batch', '--audit-webhook-mode=async'))
    },
    {
      name: 'the webhook is taken out',
      code: 'flag-missing',
      edit: fromStart(text => text.replaceAll(/ {4}- --audit-webhook-.*\n/g, ''))
    }
  ],
  right: [
    {
      name: 'the defaults in place of flags',
      edit: inManifest(text =>
        text
          .replace(/ {4}- --audit-webhook-mode=.*\n/, '')
          .replace(/ {4}- --audit-webhook-batch-throttle-enable=true\n/, '')
      )
    },
    {
      name: 'other spellings of the same values',
      edit: inManifest(text =>
        text
          .replace(/(- --audit-webhook-batch-max-wait)=1m30s/, '$1=90s')
          .replace(/(- --audit-webhook-batch-max-wait)=1m\n/, '$1=60000ms\n')
          .replace(/(- --audit-webhook-batch-throttle-qps)=(\d+)/, '$1=$2.0')
          .replace('--audit-webhook-mode=batch', '--audit_webhook_mode=batch')
          .replace(/(- --audit-webhook-batch-throttle-enable)=true/, '$1')
      )
    }
  ]
}
