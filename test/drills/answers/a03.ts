import { posix } from 'node:path'
import { type Answers, dropMounts, inManifest, inPod, mountHost, valueOf } from '../answer.ts'
import { ENABLED, ENABLING, THROUGH_PARENTS } from '../enabling-answers.ts'

export const a03: Answers = {
  wrong: [
    // of a log that is on already nothing new can be said to be off
    ...ENABLING.filter(({ name }) => name !== 'the policy without the log'),
    {
      name: 'the mount of the policy is moved, its flag is not',
      code: 'other-path',
      edit: inManifest(text => text.replace(/(--audit-policy-file=).*/, '$1/etc/audit/policy.yaml'))
    },
    {
      name: 'the flag of the policy is changed, its mount is not',
      code: 'not-mounted',
      edit: inManifest(text =>
        text.replace(/- mountPath: .*(\n {6}name: audit-policy)/, '- mountPath: /audit/policy.yaml$1')
      )
    },
    {
      name: 'W7: one read-only mount for everything below /etc/kubernetes',
      code: 'read-only',
      edit: inPod(pod => {
        dropMounts(pod, name => name.startsWith('audit-'))
        mountHost(pod, 'audit', '/etc/kubernetes', { path: '/etc/kubernetes' }, true)
      })
    },
    {
      name: 'a mount whose place cannot be made',
      code: 'no-mount-point',
      edit: inPod(pod => {
        const logs = posix.dirname(valueOf(pod, 'audit-log-path'))
        dropMounts(pod, name => name === 'audit-log')
        mountHost(pod, 'deep', posix.dirname(logs), { path: '/etc/ssl/certs' }, true)
        mountHost(pod, 'audit-log', logs, { path: '/mnt/logs' })
        pod.spec.volumes = pod.spec.volumes.filter(({ name }) => name !== 'audit-log')
        pod.spec.volumes.push({ name: 'audit-log', hostPath: { path: '/' } })
        for (const mount of pod.spec.containers[0].volumeMounts)
          if (mount.name === 'audit-log') mount.subPath = logs.slice(1)
      })
    },
    {
      name: 'the settings of rotation are lost',
      code: 'audit-setting',
      edit: inManifest(text => text.replace(/ {4}- --audit-log-maxbackup=.*\n/, ''))
    }
  ],
  right: [...ENABLED, ...THROUGH_PARENTS]
}
