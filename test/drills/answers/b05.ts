import { type Answers, inManifest } from '../answer.ts'
import { inMount, mountOf, OTHER_MOUNTS, repairing, volumeOf } from '../repair-answers.ts'

export const b05: Answers = {
  faults: ['mount-without-volume'],
  wrong: [
    ...repairing(),
    {
      name: 'W2: the other of the two has been renamed',
      code: 'no-such-volume',
      edit: inManifest(text => text.replace(/(mountPath: .*\n {6}name: )audit-log/, '$1logs'))
    },
    {
      name: 'the volume is there twice',
      code: 'duplicate-volume',
      edit: inManifest(text => text.replace(/ {2}- hostPath:\n.*\n.*\n {4}name: audit-log\n/, '$&$&'))
    },
    {
      name: 'a name that no volume may have',
      code: 'bad-volume-name',
      edit: inManifest(text => text.replaceAll('name: audit-log\n', 'name: audit_log\n'))
    },
    {
      name: 'the missing volume has been made of something else',
      code: 'other-host-path',
      edit: inMount(
        'audit-policy',
        path => mountOf(path, 'audit-policy', '      readOnly: true\n'),
        () => volumeOf('/etc/hostname', 'audit-policy', 'File')
      )
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'a further volume for the misspelt name',
      edit: inManifest(text =>
        text
          .replace(/ {2}- hostPath:\n(.*\n.*\n) {4}name: audit-log\n/, '$&  - hostPath:\n$1    name: audit-lgo\n')
          .replace(/(mountPath: .*\n {6}name: )audit-log\n/, '$1audit-lgo\n')
      )
    }
  ]
}
