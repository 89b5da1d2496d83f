import { posix } from 'node:path'
import { type Answers, inManifest } from '../answer.ts'
import { inMount, mountOf, OTHER_MOUNTS, repairing, volumeOf } from '../repair-answers.ts'

export const b03: Answers = {
  faults: [null],
  wrong: [
    ...repairing(),
    {
      name: 'W3: another directory of the node is shown',
      code: 'other-host-path',
      edit: inMount(
        'audit-log',
        path => mountOf(path, 'audit-log'),
        path => volumeOf(`${path}/node`, 'audit-log', 'DirectoryOrCreate')
      )
    },
    {
      name: 'the log is in an emptyDir',
      code: 'not-on-node',
      edit: inMount(
        'audit-log',
        path => mountOf(path, 'audit-log'),
        () => '  - emptyDir: {}\n    name: audit-log\n'
      )
    },
    {
      name: 'a type that wants the directory to be there',
      code: 'log-directory-missing',
      edit: inManifest(text => text.replace(/type: DirectoryOrCreate\n( {4}name: audit-log)/, 'type: Directory\n$1'))
    },
    {
      name: 'the log is named in a directory that is mounted',
      code: 'other-path',
      edit: inManifest(text => text.replace(/--audit-log-path=.*/, '--audit-log-path=/etc/ssl/certs/audit.log'))
    },
    {
      name: 'the log goes to standard output',
      code: 'other-path',
      edit: inManifest(text => text.replace(/--audit-log-path=.*/, '--audit-log-path=-'))
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'a path with a slash at its end, and no type',
      edit: inMount(
        'audit-log',
        path => mountOf(`"${path}/"`, 'audit-log', '      readOnly: false\n'),
        path => `  - name: audit-log\n    hostPath: {path: ${path}/}\n`
      )
    },
    {
      name: 'all logs of the node in one mount with a subPath',
      edit: inMount(
        'audit-log',
        path => mountOf(path, 'audit-log', `      subPath: ${posix.basename(path)}\n`),
        path => volumeOf(posix.dirname(path), 'audit-log', 'DirectoryOrCreate')
      )
    }
  ]
}
