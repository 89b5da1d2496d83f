import { posix } from 'node:path'
import { type Answers, inManifest, inPod, mountHost, valueOf } from '../answer.ts'
import { ENABLING } from '../enabling-answers.ts'

const lastSize = / {4}- (--audit-log-max\w+=)(\d+)\n/

export const a08: Answers = {
  wrong: [
    ...ENABLING,
    {
      name: 'the flag that stands twice is put right, and stands twice',
      code: 'flag-twice',
      edit: inManifest(text => text.replace(lastSize, '$&$&'))
    },
    {
      name: 'W23: the old value stays behind the right one',
      code: 'last-one-counts',
      edit: (files, exercise) => {
        const asked = exercise.goals.find(({ id }) => id.startsWith('audit-log-max'))?.id ?? ''
        return inManifest(text => text.replace(new RegExp(`( {4}- --${asked}=)\\d+\\n`), '$&$1999\n'))(files)
      }
    },
    {
      name: 'a second volume for the same directory',
      code: 'volume-twice',
      edit: inPod(pod => {
        const path = posix.dirname(valueOf(pod, 'audit-log-path'))
        pod.spec.volumes.push({ name: 'audit-log-2', hostPath: { path: `${path}/` } })
      })
    },
    {
      name: 'a volume of the same name',
      code: 'duplicate-volume',
      edit: inPod(pod => {
        pod.spec.volumes.push({ name: 'audit-log', hostPath: { path: '/var/log/other' } })
      })
    },
    {
      name: 'a mount of the same path, with a slash',
      code: 'mount-twice',
      edit: inPod(pod => {
        const path = posix.dirname(valueOf(pod, 'audit-log-path'))
        mountHost(pod, 'other', `${path}/`, { path: '/var/log/other' })
      })
    },
    {
      name: 'both of the doubled flags are taken out',
      code: 'flag-missing',
      edit: (files, exercise) => {
        const asked = exercise.goals.find(({ id }) => id.startsWith('audit-log-max'))?.id ?? ''
        return inManifest(text => text.replace(new RegExp(` {4}- --${asked}=.*\\n`), ''))(files)
      }
    },
    {
      name: 'another setting of theirs is lost',
      code: 'audit-setting',
      edit: (files, exercise) => {
        const other = ['audit-log-maxage', 'audit-log-maxbackup'].find(name =>
          exercise.goals.every(({ id }) => id !== name)
        )
        return inManifest(text => text.replace(new RegExp(` {4}- --${other ?? ''}=.*\\n`), ''))(files)
      }
    }
  ],
  right: [
    {
      name: 'one volume for both',
      edit: inPod(pod => {
        const [policy, log] = [valueOf(pod, 'audit-policy-file'), posix.dirname(valueOf(pod, 'audit-log-path'))]
        const [container] = pod.spec.containers
        container.volumeMounts = container.volumeMounts.filter(({ name }) => !name.startsWith('audit-'))
        pod.spec.volumes = pod.spec.volumes.filter(({ name }) => !name.startsWith('audit-'))
        pod.spec.volumes.push({ name: 'node', hostPath: { path: '/', type: 'Directory' } })
        container.volumeMounts.push(
          { name: 'node', mountPath: log, subPath: log.slice(1) },
          { name: 'node', mountPath: policy, subPath: policy.slice(1), readOnly: true }
        )
      })
    },
    {
      name: 'other names, and a setting more',
      edit: inManifest(text =>
        text.replaceAll(/name: audit-(\w+)/g, 'name: $1').replace(lastSize, '$&    - --audit-log-format=json\n')
      )
    }
  ]
}
