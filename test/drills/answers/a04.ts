import { type Answers, dropMounts, inManifest, inPod, mountHost, valueOf } from '../answer.ts'
import { ENABLED, ENABLING } from '../enabling-answers.ts'

export const a04: Answers = {
  wrong: [
    ...ENABLING,
    {
      name: 'W3: the flags have the paths of the node',
      code: 'other-path',
      edit: inPod(pod => {
        const [container] = pod.spec.containers
        const host = (name: string): string => pod.spec.volumes.find(each => each.name === name)?.hostPath?.path ?? ''
        container.command = container.command.map(word =>
          word.replace(/^(--audit-policy-file=).*/, `$1${host('audit-policy')}`)
        )
      })
    },
    {
      name: 'mountPath and hostPath swapped',
      code: 'not-mounted',
      edit: inPod(pod => {
        for (const mount of pod.spec.containers[0].volumeMounts) {
          const volume = pod.spec.volumes.find(({ name }) => name === mount.name)
          if (!volume?.hostPath || !mount.name.startsWith('audit-')) continue
          ;[mount.mountPath, volume.hostPath.path] = [volume.hostPath.path, mount.mountPath]
        }
      })
    },
    {
      name: 'the same path on both sides',
      code: 'other-host-path',
      edit: inManifest(text => {
        const [, directory = ''] = /- mountPath: (.*)\n {6}name: audit-log/.exec(text) ?? []
        return text.replace(/ {6}path: .*(\n.*\n {4}name: audit-log)/, `      path: ${directory}$1`)
      })
    }
  ],
  right: [
    ...ENABLED,
    {
      name: 'the log out of a volume of the root of the node',
      edit: inPod(pod => {
        const log = pod.spec.volumes.find(({ name }) => name === 'audit-log')?.hostPath?.path ?? ''
        dropMounts(pod, name => name === 'audit-log')
        const at = valueOf(pod, 'audit-log-path').split('/').slice(0, -1).join('/')
        mountHost(pod, 'root', at, { path: '/' }, false)
        for (const mount of pod.spec.containers[0].volumeMounts) if (mount.name === 'root') mount.subPath = log.slice(1)
      })
    }
  ]
}
