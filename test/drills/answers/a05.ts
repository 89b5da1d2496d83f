import { posix } from 'node:path'
import { type Answers, dropMounts, inManifest, inPod, mountHost, type PodData, valueOf } from '../answer.ts'
import { ENABLED, ENABLING } from '../enabling-answers.ts'

const directoryOf = (pod: PodData): string => posix.dirname(valueOf(pod, 'audit-log-path'))

export const a05: Answers = {
  wrong: [
    // the mount of the log shows the policy too
    ...ENABLING.filter(({ name }) => !/^W[15]:/.test(name)),
    {
      name: 'W7: one mount, read-only for the sake of the policy',
      code: 'read-only',
      edit: inPod(pod => {
        dropMounts(pod, name => name.startsWith('audit-'))
        mountHost(pod, 'audit', directoryOf(pod), { path: directoryOf(pod), type: 'Directory' }, true)
      })
    },
    {
      name: 'one mount, writable for the sake of the log',
      code: 'policy-writable',
      edit: inPod(pod => {
        dropMounts(pod, name => name.startsWith('audit-'))
        mountHost(pod, 'audit', directoryOf(pod), { path: directoryOf(pod) })
      })
    },
    {
      name: 'the mount of the policy is not read-only',
      code: 'policy-writable',
      edit: inManifest(text => text.replace(/(name: audit-policy\n) {6}readOnly: true\n/, '$1'))
    },
    {
      name: 'the directory is shown once more, under another path',
      code: 'policy-writable',
      edit: inPod(pod => mountHost(pod, 'again', '/audit-files', { path: directoryOf(pod) }))
    },
    {
      name: 'W5: the log is not mounted',
      code: 'not-mounted',
      edit: inPod(pod => dropMounts(pod, name => name === 'audit-log'))
    }
  ],
  right: [
    ...ENABLED.filter(({ name }) => !name.startsWith('the policy out of')),
    {
      name: 'one volume, mounted twice',
      edit: inPod(pod => {
        const policy = valueOf(pod, 'audit-policy-file')
        dropMounts(pod, name => name.startsWith('audit-'))
        mountHost(pod, 'both', `${directoryOf(pod)}/`, { path: directoryOf(pod), type: 'Directory' }, false)
        pod.spec.containers[0].volumeMounts.unshift({
          name: 'both',
          mountPath: policy,
          subPath: posix.basename(policy),
          readOnly: true
        })
      })
    },
    {
      name: 'the directory above is mounted too, read-only',
      edit: inPod(pod => mountHost(pod, 'above', '/above', { path: posix.dirname(directoryOf(pod)) }, true))
    }
  ]
}
