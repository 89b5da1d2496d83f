import { type Answers, inManifest } from '../answer.ts'
import { OTHER_MOUNTS, repairing } from '../repair-answers.ts'

export const b10: Answers = {
  faults: ['broken-yaml', 'duplicate-key', 'policy-not-mounted'],
  wrong: [
    ...repairing(),
    {
      name: 'W10: a second volumes',
      code: 'duplicate-key',
      edit: inManifest(text => text.replace(/( {2}- hostPath:\n {6}path: .*\n {6}type: File\n)/, '  volumes:\n$1'))
    },
    {
      name: 'of two volumes the first has been thrown away',
      code: 'mount-without-volume',
      edit: inManifest(text =>
        text.replace(/( {2}volumes:\n)(?:.*\n)*?( {2}- hostPath:\n.*\n {6}type: File\n)/, '$1$2')
      )
    },
    {
      name: 'the mounts of before have been thrown away',
      code: 'other-setting',
      edit: inManifest(text => text.replace(/( {4}volumeMounts:\n)(?:.*\n)*?(.*\n {6}name: audit-policy\n)/, '$1$2'))
    },
    {
      name: 'the second volumes has another name',
      code: 'no-such-volume',
      edit: inManifest(text => text.replace(/( {2}- hostPath:\n {6}path: .*\n {6}type: File\n)/, '  auditVolumes:\n$1'))
    },
    {
      name: 'a key stands one column too far left',
      code: 'unreadable',
      edit: inManifest(text => text.replace(/ {6}(type: File\n)/, '     $1'))
    },
    {
      name: 'a colon without a blank',
      code: 'unreadable',
      edit: inManifest(text => text.replace(/path: (.*\n {6}type: File\n)/, 'path:$1'))
    },
    {
      name: 'a setting that could not be read is left out',
      code: 'audit-setting',
      edit: inManifest(text => text.replace(/ {4}- --audit-log-maxsize=.*\n/, ''))
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'lists further in, as others write them',
      edit: inManifest(text => {
        const [head = '', ...volumes] = text.split(/^(?= {2}volumes:\n)/m)
        return `${head}${volumes.join('').replace(/^( {2}- | {4}\S| {6}\S)/gm, '  $1')}`
      })
    }
  ]
}
