import { posix } from 'node:path'
import {
  type Answers,
  dropMounts,
  inManifest,
  inPod,
  MANIFEST,
  mountHost,
  type PodData,
  valueOf,
  withoutMount
} from './answer.ts'

/** Wrong answers to every drill whose solution gives kube-apiserver a policy and a log, with files of their own mounted. */
export const ENABLING: Answers['wrong'] = [
  {
    name: 'W1: the policy is not mounted',
    code: 'not-mounted',
    edit: inManifest(text => withoutMount(text, 'audit-policy'))
  },
  {
    name: 'W2: a mount without its volume',
    code: 'no-such-volume',
    edit: inManifest(text => text.replace(/(type: File\n {4}name: )audit-policy/, '$1audit-polcy'))
  },
  {
    name: 'W5: the log is not mounted',
    code: 'not-mounted',
    edit: inManifest(text => withoutMount(text, 'audit-log'))
  },
  {
    name: 'W6: the log is read-only',
    code: 'read-only',
    edit: inManifest(text => text.replace(/(- mountPath: .*\n {6}name: audit-log\n)/, '$1      readOnly: true\n'))
  },
  {
    name: 'W8: a copy beside the manifest',
    code: 'stray-file',
    edit: files => ({ ...files, [`${MANIFEST}.bak`]: files[MANIFEST] ?? '' })
  },
  {
    name: 'W9: a misspelt flag',
    code: 'unknown-flag',
    edit: inManifest(text => text.replace('--audit-policy-file', '--audit-policy'))
  },
  {
    name: 'W10: a tab',
    code: 'unreadable',
    edit: inManifest(text => text.replace('    - --audit-policy', '\t- --audit-policy'))
  },
  {
    name: 'another flag is lost',
    code: 'other-setting',
    edit: inManifest(text => text.replace(/ {4}- --allow-privileged=true\n/, ''))
  },
  {
    name: 'the manifest of etcd is changed too',
    code: 'other-file',
    edit: files => {
      const path = '/etc/kubernetes/manifests/etcd.yaml'
      return { ...files, [path]: `${files[path] ?? ''}# seen\n` }
    }
  },
  {
    name: 'W3: the volume of the log shows another directory',
    code: 'other-host-path',
    edit: inPod(pod => (hostOf(pod, 'audit-log').path += '-old'))
  },
  {
    name: 'W3: the log goes to another directory of the container',
    code: 'other-path',
    edit: inManifest(text => text.replace(/(--audit-log-path=)\S*\//, '$1/var/tmp/'))
  },
  {
    name: 'the mount of the log misses it by a letter',
    code: 'not-mounted',
    edit: inPod(pod => (mountOf(pod, 'audit-log').mountPath += 's'))
  },
  {
    name: 'W4: the volume of the policy is a directory',
    code: 'hostpath-wrong-kind',
    edit: inPod(pod => (hostOf(pod, 'audit-policy').type = 'DirectoryOrCreate'))
  },
  {
    name: 'the policy flag names a directory',
    code: 'other-path',
    edit: inManifest(text => text.replace(/(--audit-policy-file=\S*)\/\S*/, '$1'))
  },
  {
    name: 'a slash behind the policy',
    code: 'other-path',
    edit: inManifest(text => text.replace(/--audit-policy-file=\S*/, '$&/'))
  },
  {
    name: 'the log is mounted as a single file',
    code: 'log-file-mounted',
    edit: inPod(pod => {
      const name = posix.basename(valueOf(pod, 'audit-log-path'))
      mountOf(pod, 'audit-log').mountPath += `/${name}`
      hostOf(pod, 'audit-log').path += `/${name}`
      hostOf(pod, 'audit-log').type = 'FileOrCreate'
    })
  },
  {
    name: 'the log goes into an emptyDir',
    code: 'not-on-node',
    edit: inPod(pod => {
      pod.spec.volumes = pod.spec.volumes.map(each =>
        each.name === 'audit-log' ? { name: each.name, emptyDir: {} } : each
      )
    })
  },
  {
    name: 'the mounts belong to the pod and not to the container',
    code: 'not-mounted',
    edit: inPod(({ spec }) => {
      const [container] = spec.containers
      Object.assign(spec, { volumeMounts: container.volumeMounts.filter(({ name }) => name.startsWith('audit-')) })
      container.volumeMounts = container.volumeMounts.filter(({ name }) => !name.startsWith('audit-'))
    })
  },
  {
    name: 'W10: a second list of volumes',
    code: 'unreadable',
    edit: inManifest(text => `${text}  volumes:\n  - name: audit-log\n    emptyDir: {}\n`.replace('status: {}\n', ''))
  },
  {
    name: 'the policy without the log',
    code: 'flag-missing',
    edit: inManifest(text => text.replace(/ {4}- --audit-log-path=.*\n/, ''))
  },
  {
    name: 'dashes of print',
    code: 'typographic-dash',
    edit: inManifest(text => text.replace('- --audit-log-path', '- –audit-log-path'))
  },
  {
    name: 'a copy of the policy is mounted',
    code: 'other-host-path',
    edit: (files, exercise) =>
      inPod(pod => {
        hostOf(pod, 'audit-policy').path = '/root/policy.yaml'
      })({ ...files, '/root/policy.yaml': '' }, exercise)
  }
]

/** Other right answers to them. */
export const ENABLED: Answers['right'] = [
  {
    name: 'no types, other names, a comment, more settings',
    edit: inManifest(text =>
      text
        .replaceAll(/name: audit-(policy|log)\n/g, 'name: x$1 # mine\n')
        .replace(/(path: .*\n) {6}type: File\n/, '$1')
        .replace(/ {6}type: DirectoryOrCreate\n {4}name: xlog/, '    name: xlog')
        .replace('    - --audit-policy-file', '    - --audit-log-format=json\n    - --audit-policy-file')
        .replace('status: {}\n', '')
        .replace('metadata:\n', 'metadata:\n  creationTimestamp: null\n')
        .replace('    - --allow-privileged', '    - --v=3\n    - --allow-privileged')
    )
  },
  {
    name: 'flags with underscores, given before too, the right value last',
    edit: inManifest(text =>
      text
        .replace(
          '    - --audit-',
          '    - --audit-log-path=/tmp/x.log\n    - --audit-policy-file=/tmp/x\n    - --audit-'
        )
        .replaceAll(/--audit-(log-path|policy-file)=\//g, (_, name: string) => `--audit_${name.replace('-', '_')}=/`)
    )
  },
  {
    name: 'the policy out of the volume of its directory, the log at the end',
    edit: inPod(pod => {
      const [volume, mount] = [hostOf(pod, 'audit-policy'), mountOf(pod, 'audit-policy')]
      mount.subPath = posix.basename(volume.path)
      pod.spec.volumes.push({ name: 'of-policy', hostPath: { path: `${posix.dirname(volume.path)}/` } })
      pod.spec.volumes = pod.spec.volumes.filter(({ name }) => name !== 'audit-policy')
      mount.name = 'of-policy'
      mountOf(pod, 'audit-log').mountPath += '/'
    })
  },
  {
    name: 'a label of the log directory made by hand, with an empty log',
    edit: files => {
      const { container, host } = logOf(files[MANIFEST] ?? '')
      return inManifest(text => `# ${container}\n${text}`)({ ...files, [host]: '' })
    }
  }
]

/** Both files through mounts of the directories above: where all paths are the same on both sides. */
export const THROUGH_PARENTS: Answers['right'] = [
  {
    name: 'mounts of what lies above',
    edit: inPod(pod => {
      const above = (flag: string): string => valueOf(pod, flag).split('/').slice(0, 3).join('/')
      const directories = new Set([above('audit-policy-file'), above('audit-log-path')])
      dropMounts(pod, name => name.startsWith('audit-'))
      for (const [index, path] of [...directories].entries())
        mountHost(
          pod,
          `all-${index}`,
          path,
          { path, type: 'Directory' },
          path.startsWith('/etc') && directories.size > 1
        )
    })
  }
]

const mountOf = (pod: PodData, name: string) => {
  const found = pod.spec.containers[0].volumeMounts.find(each => each.name === name)
  if (!found) throw new Error(`no mount ${name}`)
  return found
}

const hostOf = (pod: PodData, name: string): { path: string; type?: string } => {
  const found = pod.spec.volumes.find(each => each.name === name)?.hostPath
  if (!found) throw new Error(`no volume ${name}`)
  return found
}

const logOf = (manifest: string): { container: string; host: string } => {
  const container = /--audit-log-path=(\S+)/.exec(manifest)?.[1] ?? ''
  const directory = / {6}path: (.*)\n {6}type: .*\n {4}name: audit-log/.exec(manifest)?.[1] ?? ''
  return { container, host: `${directory}/${posix.basename(container)}` }
}
