import { type Answers, inManifest } from '../answer.ts'
import { OTHER_MOUNTS, repairing } from '../repair-answers.ts'

export const b01: Answers = {
  faults: ['policy-not-mounted'],
  wrong: [
    ...repairing(),
    {
      name: 'the flag is bent to a file that is mounted',
      code: 'other-path',
      edit: inManifest(text => text.replace(/--audit-policy-file=.*/, '--audit-policy-file=/etc/kubernetes/pki/ca.crt'))
    },
    {
      name: 'the volume shows another file of the node',
      code: 'other-host-path',
      edit: inManifest(text => text.replace(/path: .*\n( {6}type: File)/, 'path: /etc/hostname\n$1'))
    },
    {
      name: 'the policy is mounted as a directory',
      code: 'hostpath-wrong-kind',
      edit: inManifest(text => text.replace('type: File', 'type: DirectoryOrCreate'))
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'the volume without a type, the mount writable',
      edit: inManifest(text =>
        text.replace(/ {6}type: File\n/, '').replace(/(name: audit-policy\n) {6}readOnly: true\n/, '$1')
      )
    }
  ]
}
