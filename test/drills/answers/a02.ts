import { type Answers, inManifest, MANIFEST } from '../answer.ts'
import { ENABLED, ENABLING } from '../enabling-answers.ts'

const SIZES = /--audit-log-max(age|backup|size)=(\d+)/g

export const a02: Answers = {
  wrong: [
    ...ENABLING,
    {
      name: 'W22: files and days swapped',
      code: 'swapped',
      edit: inManifest(text =>
        text.replaceAll(SIZES, (all, name: string, value: string) =>
          name === 'size' ? all : `--audit-log-max${name === 'age' ? 'backup' : 'age'}=${value}`
        )
      )
    },
    {
      name: 'W9: a flag with hyphens of its own',
      code: 'unknown-flag',
      edit: inManifest(text => text.replace('--audit-log-maxage', '--audit-log-max-age'))
    },
    {
      name: 'W23: an old value behind the right one',
      code: 'last-one-counts',
      edit: inManifest(text => text.replace(/( {4}- --audit-log-maxsize=)\d+\n/, '$&$1100\n'))
    },
    {
      name: 'a unit behind the number',
      code: 'bad-flag-value',
      edit: inManifest(text => text.replace(/--audit-log-maxsize=\d+/, '$&Mi'))
    },
    {
      name: 'an octal number',
      code: 'other-value',
      edit: inManifest(text => text.replace(/--audit-log-maxage=\d+/, '--audit-log-maxage=0777'))
    },
    {
      name: 'one of the three is forgotten',
      code: 'flag-missing',
      edit: inManifest(text => text.replace(/ {4}- --audit-log-maxbackup=.*\n/, ''))
    }
  ],
  right: [
    ...ENABLED,
    {
      name: 'numbers in hexadecimal, and an old value in front',
      edit: files =>
        inManifest(text =>
          text.replaceAll(
            SIZES,
            (_, name: string, value: string) => `--audit-log-max${name}=0x${Number(value).toString(16)}`
          )
        )({
          ...files,
          [MANIFEST]: (files[MANIFEST] ?? '').replace('    - --audit-', '    - --audit-log-maxage=1\n    - --audit-')
        })
    }
  ]
}
