import { type Answers, edited, inManifest, MANIFEST } from '../answer.ts'
import { inMount, mountOf, OTHER_MOUNTS, repairing, volumeOf } from '../repair-answers.ts'

export const b08: Answers = {
  faults: [null],
  wrong: [
    ...repairing(),
    {
      name: 'the log is full later',
      code: 'audit-setting',
      edit: inManifest(text => text.replace(/(--audit-log-maxsize)=.*/, '$1=1000'))
    },
    {
      name: 'the directory is mounted, and the log in it still',
      code: 'log-file-mounted',
      edit: inManifest(text => {
        const log = /--audit-log-path=(.*)/.exec(text)?.[1] ?? ''
        return text
          .replace(/ {4}- mountPath: .*\n {6}name: audit-log\n/, `$&${mountOf(log, 'log-file')}`)
          .replace(/ {2}volumes:\n/, `$&${volumeOf(log, 'log-file', 'FileOrCreate')}`)
      })
    },
    {
      name: 'the directory is mounted with the type of a file',
      code: 'hostpath-wrong-kind',
      edit: inManifest(text => text.replace(/type: DirectoryOrCreate\n( {4}name: audit-log)/, 'type: FileOrCreate\n$1'))
    },
    {
      name: 'the log is shown by a subPath',
      code: 'log-file-mounted',
      edit: inManifest(text => {
        const [, directory = '', name = ''] = /--audit-log-path=(.*)\/(.*)/.exec(text) ?? []
        return text.replace(
          / {4}- mountPath: .*\n {6}name: audit-log\n/,
          mountOf(`${directory}/${name}`, 'audit-log', `      subPath: ${name}\n`)
        )
      })
    },
    {
      name: 'the full log is thrown away',
      code: 'other-file',
      edit: files => {
        const log = /--audit-log-path=(.*)/.exec(files[MANIFEST] ?? '')?.[1] ?? ''
        return edited(log, () => '')(files)
      }
    },
    {
      name: 'the log is no longer on the node',
      code: 'not-mounted',
      edit: inMount(
        'audit-log',
        () => '',
        () => ''
      )
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'the type of a directory that is there',
      edit: inMount(
        'audit-log',
        path => mountOf(path, 'audit-log'),
        path => volumeOf(path, 'audit-log', 'Directory')
      )
    }
  ]
}
