import { type Answers, inManifest } from '../answer.ts'
import { inMount, mountOf, OTHER_MOUNTS, repairing, volumeOf } from '../repair-answers.ts'

export const b04: Answers = {
  faults: ['log-read-only'],
  wrong: [
    ...repairing(),
    {
      name: 'the policy can be written too',
      code: 'policy-writable',
      edit: inManifest(text => text.replace(/(name: audit-policy\n) {6}readOnly: true\n/, '$1'))
    },
    {
      name: 'W7: the log lies in the read-only mount of the policy',
      code: 'other-path',
      edit: inManifest(text => {
        const policy = /--audit-policy-file=(.*)\/[^/]*$/m.exec(text)?.[1] ?? ''
        const both = text
          .replace(/--audit-log-path=.*/, `--audit-log-path=${policy}/audit.log`)
          .replace(new RegExp(`(mountPath: |path: )${policy}/.*\n`, 'g'), `$1${policy}\n`)
        return both.replace(/type: File\n( {4}name: audit-policy)/, 'type: Directory\n$1')
      })
    },
    {
      name: 'readOnly is a word',
      code: 'wrong-type',
      edit: inManifest(text => text.replace(/( {6}name: audit-log\n)/, '$1      readOnly: "false"\n'))
    },
    {
      name: 'the log is sent to /tmp',
      code: 'other-path',
      edit: inManifest(text => text.replace(/--audit-log-path=.*/, '--audit-log-path=/tmp/audit.log'))
    },
    {
      name: 'a second mount of the same directory',
      code: 'duplicate-mount-path',
      edit: inManifest(text =>
        text.replace(
          / {4}- (mountPath: .*)\n {6}name: audit-log\n/,
          '    - $1\n      name: audit-log\n      readOnly: true\n$&'
        )
      )
    }
  ],
  right: [
    ...OTHER_MOUNTS.slice(0, 1),
    {
      name: 'it is said that the log is not read-only',
      edit: inMount(
        'audit-log',
        path => mountOf(path, 'audit-log', '      readOnly: false\n'),
        path => volumeOf(path, 'audit-log', 'Directory')
      )
    },
    {
      name: 'behind another name, before all others',
      edit: inManifest(text => {
        const directory = /mountPath: (.*)\n {6}name: audit-log/.exec(text)?.[1] ?? ''
        return text
          .replace(/ {4}- mountPath: .*\n {6}name: audit-log\n/, '')
          .replace(/ {2}- hostPath:\n.*\n.*\n {4}name: audit-log\n/, '')
          .replace('    volumeMounts:\n', `$&    - {name: log, mountPath: '${directory}'}\n`)
          .replace('  volumes:\n', `$&  - {name: log, hostPath: {path: '${directory}'}}\n`)
      })
    }
  ]
}
