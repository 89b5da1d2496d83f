import type { Exercise } from '../../../src/drills/drill.ts'
import { type Answer, type Answers, inManifest, MANIFEST } from '../answer.ts'
import { OTHER_MOUNTS, repairing } from '../repair-answers.ts'

const flagOf = ({ goals }: Exercise): string => goals[0]?.id ?? ''

/** The flag with its value in the answer, and what to make of it. */
const atFlag =
  (change: (text: string, flag: string, value: string) => string): Answer['edit'] =>
  (files, exercise) => {
    const flag = flagOf(exercise)
    const value = new RegExp(`--${flag}=(.*)`).exec(files[MANIFEST] ?? '')?.[1] ?? ''
    return inManifest(text => change(text, flag, value))(files)
  }

export const b09: Answers = {
  faults: [null],
  wrong: [
    ...repairing(),
    {
      name: 'W23: the first of the two has been changed',
      code: 'last-one-counts',
      edit: atFlag((text, flag, value) =>
        text.replace(/( {4}- --tls-cert-file.*\n)/, `$1    - --${flag}=${value}009\n`)
      )
    },
    {
      name: 'both have the right value now',
      code: 'flag-twice',
      edit: atFlag((text, flag, value) => text.replace(/( {4}- --tls-cert-file.*\n)/, `$1    - --${flag}=${value}\n`))
    },
    {
      name: 'both have the right value, one of them with underscores',
      code: 'flag-twice',
      edit: atFlag((text, flag, value) =>
        text.replace(/( {4}- --tls-cert-file.*\n)/, `$1    - --${flag.replaceAll('-', '_')}=${value}\n`)
      )
    },
    {
      name: 'the right one has been taken out',
      code: 'other-value',
      edit: atFlag((text, flag, value) => text.replace(`--${flag}=${value}`, `--${flag}=${value}000`))
    },
    {
      name: 'both have been taken out',
      code: 'flag-missing',
      edit: atFlag((text, flag) => text.replace(new RegExp(` {4}- --${flag}=.*\\n`), ''))
    },
    {
      name: 'W22: the number of another flag',
      code: 'flags-swapped',
      edit: atFlag((text, flag) => {
        const other = flag === 'audit-log-maxage' ? 'audit-log-maxsize' : 'audit-log-maxage'
        const value = new RegExp(`--${other}=(.*)`).exec(text)?.[1] ?? ''
        return text.replace(new RegExp(`--${flag}=.*`), `--${flag}=${value}`)
      })
    },
    {
      name: 'a number with its unit',
      code: 'bad-flag-value',
      edit: atFlag((text, flag, value) => text.replace(`--${flag}=${value}`, `--${flag}=${value}MB`))
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'at another place, with underscores, as two words',
      edit: atFlag((text, flag, value) =>
        text
          .replace(new RegExp(` {4}- --${flag}=.*\\n`), '')
          .replace(/( {4}- --tls-cert-file.*\n)/, `$1    - --${flag.replaceAll('-', '_')}\n    - '${value}'\n`)
      )
    },
    {
      name: 'in hexadecimal digits',
      edit: atFlag((text, flag, value) =>
        text.replace(`--${flag}=${value}`, `--${flag}=0x${Number(value).toString(16)}`)
      )
    }
  ]
}
