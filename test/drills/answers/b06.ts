import { type Answers, inManifest, MANIFEST } from '../answer.ts'
import type { Exercise } from '../../../src/drills/drill.ts'
import { OTHER_MOUNTS, repairing } from '../repair-answers.ts'

/** The flag that is misspelt at the start. */
const flagOf = ({ goals }: Exercise): string =>
  ({ 'policy-file': 'audit-policy-file', 'log-file': 'audit-log-path' })[goals[0]?.id ?? ''] ?? goals[0]?.id ?? ''

const asAtStart = ({ start }: Exercise): string => {
  const entry = start.get(MANIFEST)
  return entry?.kind === 'file' ? entry.text : ''
}

export const b06: Answers = {
  faults: ['unknown-flag'],
  wrong: [
    ...repairing(),
    {
      name: 'the flag is left out',
      code: 'flag-missing',
      edit: (files, exercise) =>
        inManifest(text => text.replace(new RegExp(` {4}- --${flagOf(exercise)}=.*\n`), ''))(files)
    },
    {
      name: 'the right flag has been added, the wrong one is still there',
      code: 'unknown-flag',
      edit: (files, exercise) => {
        const wrong = /^.*--audit.*$/gm
        const right = files[MANIFEST] ?? ''
        const line =
          asAtStart(exercise)
            .match(wrong)
            ?.find(each => !right.includes(`${each}\n`)) ?? ''
        return inManifest(text => text.replace(/ {4}- --audit/, `${line}\n$&`))(files)
      }
    },
    {
      name: 'an underscore too many',
      code: 'unknown-flag',
      edit: (files, exercise) =>
        inManifest(text => text.replace(`--${flagOf(exercise)}`, `--${flagOf(exercise)}_`))(files)
    },
    {
      name: 'one hyphen',
      code: 'bad-flag-word',
      edit: (files, exercise) =>
        inManifest(text => text.replace(`--${flagOf(exercise)}`, `-${flagOf(exercise)}`))(files)
    },
    {
      name: 'W22: two numbers have changed places',
      code: 'audit-setting',
      edit: inManifest(text =>
        text
          .replace('audit-log-maxage=', 'x=')
          .replace('audit-log-maxsize=', 'audit-log-maxage=')
          .replace('x=', 'audit-log-maxsize=')
      )
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'with underscores, which the server reads as hyphens',
      edit: inManifest(text =>
        text.replaceAll('audit-log-max', 'audit_log_max').replace('audit-policy-file', 'audit_policy_file')
      )
    }
  ]
}
