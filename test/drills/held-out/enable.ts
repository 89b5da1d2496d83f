import { posix } from 'node:path'
import { type Answer, dropMounts, inManifest, inPod, MANIFEST, mountHost, valueOf } from '../answer.ts'
import { rowOf } from '../log-answers.ts'
import { both, type HeldOut, hostNamed, inFlag, mountNamed, right, wrong } from './held-out.ts'

const LOG_FLAG = 'audit-log-path'
const POLICY_FLAG = 'audit-policy-file'

// sigs.k8s.io/yaml knows anchors, and the kubelet reads manifests with it
const anchors: Answer['edit'] = inManifest(text => {
  const policy = /--audit-policy-file=(.*)/.exec(text)?.[1] ?? ''
  return text
    .replace(/- --audit-policy-file=.*/, `- --audit-policy-file\n    - &policy ${policy}`)
    .replace(`mountPath: ${policy}\n`, 'mountPath: *policy\n')
    .replace(`path: ${policy}\n`, 'path: *policy\n')
})

const folded: Answer['edit'] = inManifest(text =>
  text
    .replace(/- (--audit-policy-file=.*)/, '- >-\n      $1')
    .replace(/- (--audit-log-path=.*)/, (_, word: string) => `- "${word.replaceAll('/', '\\x2F')}"`)
    .replace(/(\n {4}- mountPath: )(.*)(\n {6}name: audit-log\n)/, '$1|-\n        $2$3')
)

const dosLines: Answer['edit'] = inManifest(text => `\uFEFF---\r\n${text.replaceAll('\n', '\r\n')}`)

// the kubelet puts a slash before a mountPath that has none
const oddPaths: Answer['edit'] = inPod(pod => {
  const mount = mountNamed(pod, 'audit-log')
  mount.mountPath = `${mount.mountPath.slice(1).replace('/', '//')}/`
  hostNamed(pod, 'audit-log').path += '/'
  Object.assign(mount, { readOnly: false, mountPropagation: 'HostToContainer' })
})

// of the node's directory two above, which is there or is made, the kubelet makes the rest
const deepSubPath: Answer['edit'] = inPod(pod => {
  const [mount, volume] = [mountNamed(pod, 'audit-log'), hostNamed(pod, 'audit-log')]
  const above = posix.dirname(volume.path)
  mount.subPath = `./${posix.basename(volume.path)}/`
  volume.path = above
  volume.type = 'DirectoryOrCreate'
})

const yamlWords: Answer['edit'] = inManifest(text =>
  text.replace(/(name: audit-policy\n {6}readOnly: )true/, '$1yes').replace(/type: File\n/, "type: 'FileOrCreate'\n")
)

const longWay: Answer['edit'] = inFlag(LOG_FLAG, word => [word.replace(/\/([^/]*)$/, '//./$1')])

const words = (text: string): Answer['edit'] => inFlag(POLICY_FLAG, word => [word.replace('=', text)])

/** Of drills in which both files get mounts of their own: anyone who reads the task writes these. */
const common = (drill: string): HeldOut[] => [
  right(drill, 'paths with anchors', anchors),
  right(drill, 'folded and escaped scalars', folded),
  right(drill, 'DOS lines, a byte order mark and a start of a document', dosLines),
  right(drill, 'a mountPath without its first slash, with one too many', oddPaths),
  right(drill, 'the path of the log the long way', longWay),
  right(drill, 'the directory of the log by subPath', deepSubPath),
  right(drill, 'readOnly: yes, and an existing file for FileOrCreate', yamlWords),
  wrong(
    drill,
    'other-path',
    'quotes that belong to the value',
    inFlag(POLICY_FLAG, word => [word.replace(/=(.*)/, '="$1"')])
  ),
  wrong(drill, 'bad-flag-word', 'blanks around the equals sign', words(' = ')),
  wrong(
    drill,
    'wrong-type',
    'readOnly as a string',
    inManifest(text => text.replace(/(name: audit-policy\n {6}readOnly: )true/, '$1"true"'))
  ),
  wrong(
    drill,
    'bad-host-path-type',
    'the type of a volume in small letters',
    inManifest(text => text.replace(/type: File\n/, 'type: file\n'))
  ),
  wrong(
    drill,
    'unreadable',
    'a flag as a mapping',
    inManifest(text => text.replace('- --audit-log-path=', '- --audit-log-path: '))
  ),
  wrong(
    drill,
    'bad-volume-name',
    'a volume with a name that Kubernetes takes none of',
    inManifest(text => text.replaceAll('name: audit-log\n', 'name: audit_log\n'))
  ),
  wrong(
    drill,
    'bad-flag-word',
    'one dash',
    inFlag(LOG_FLAG, word => [word.slice(1)])
  ),
  wrong(
    drill,
    'other-path',
    'a line break in a quoted flag',
    inManifest(text => text.replace(/- (--audit-policy-file=)(.*)/, '- "$1\n      $2"'))
  )
]

const swapPaths: Answer['edit'] = inPod(pod => {
  for (const name of ['audit-log', 'audit-policy']) {
    const [mount, volume] = [mountNamed(pod, name), hostNamed(pod, name)]
    ;[mount.mountPath, volume.path] = [volume.path, mount.mountPath]
  }
})

export const ENABLE_HELD_OUT: readonly HeldOut[] = [
  ...common('a01'),
  right(
    'a01',
    '/var/log as it is on the node',
    inPod(pod => {
      dropMounts(pod, name => name === 'audit-log')
      mountHost(pod, 'logs', '/var/log/', { path: '/var/log', type: 'Directory' })
    })
  ),
  wrong(
    'a01',
    'other-path',
    'two flags in one word',
    inManifest(text => text.replace(/\n {4}- (--audit-policy-file=)/, ' $1'))
  ),
  ...common('a02'),
  right(
    'a02',
    'numbers in other bases, and a word of their own',
    both(
      inFlag('audit-log-maxage', word => ['--audit_log_maxage', `0x${Number(word.split('=')[1]).toString(16)}`]),
      inFlag('audit-log-maxsize', word => [word.replace('=', '=+')]),
      inFlag('audit-log-maxbackup', word => [`--audit-log-maxbackup=0b${Number(word.split('=')[1]).toString(2)}`])
    )
  ),
  wrong(
    'a02',
    'unreadable',
    'a number among the words of the command',
    inManifest(text => text.replace(/- --audit-log-maxage=(\d+)/, '- --audit-log-maxage\n    - $1'))
  ),
  wrong(
    'a02',
    'bad-flag-value',
    'megabytes with their unit',
    inFlag('audit-log-maxsize', word => [`${word}Mi`])
  ),
  wrong(
    'a02',
    'flag-missing',
    'no number of files',
    inFlag('audit-log-maxbackup', () => [])
  ),
  wrong(
    'a02',
    null,
    'another base by accident',
    inFlag('audit-log-maxage', word => [word.replace('=', '=0x1')])
  ),
  right(
    'a03',
    'one writable mount for both files',
    inPod(pod => {
      dropMounts(pod, name => name.startsWith('audit-'))
      mountHost(pod, 'etc-kubernetes', '/etc/kubernetes', { path: '/etc/kubernetes/' })
    })
  ),
  right('a03', 'paths with anchors', anchors),
  right('a03', 'a mountPath without its first slash', oddPaths),
  wrong(
    'a03',
    'other-host-path',
    'the mount of the log shows the directory from before',
    inPod(pod => (hostNamed(pod, 'audit-log').path = '/var/log/elsewhere'))
  ),
  wrong(
    'a03',
    'audit-setting',
    'the number of rotated files is lost',
    inFlag('audit-log-maxbackup', () => [])
  ),
  wrong(
    'a03',
    'read-only',
    'one read-only mount for both',
    inPod(pod => {
      dropMounts(pod, name => name.startsWith('audit-'))
      mountHost(pod, 'etc-kubernetes', '/etc/kubernetes', { path: '/etc/kubernetes' }, true)
    })
  ),
  wrong('a03', 'other-file', 'the policy is moved to where nobody asked for it', files => ({
    ...files,
    '/etc/kubernetes/pki/sa.pub': null
  })),
  right('a04', 'paths of the log by subPath', deepSubPath),
  right('a04', 'folded and escaped scalars', folded),
  right('a04', 'DOS lines', dosLines),
  right(
    'a04',
    'the policy out of its directory by subPath, with a mount propagation',
    inPod(pod => {
      const [mount, volume] = [mountNamed(pod, 'audit-policy'), hostNamed(pod, 'audit-policy')]
      mount.subPath = posix.basename(volume.path)
      volume.path = posix.dirname(volume.path)
      volume.type = 'Directory'
    })
  ),
  wrong('a04', 'not-mounted', 'the sides swapped in the mounts', swapPaths),
  wrong(
    'a04',
    'other-path',
    'the flags name the paths of the node',
    both(
      inFlag(POLICY_FLAG, () => ['--audit-policy-file=/opt/rules.yaml']),
      inFlag(LOG_FLAG, word => [word.replace(/=.*\//, '=/node/')])
    )
  ),
  wrong(
    'a04',
    'other-host-path',
    'the log under the name that it has in the container',
    inPod(pod => {
      hostNamed(pod, 'audit-log').path = posix.dirname(valueOf(pod, LOG_FLAG))
    })
  ),
  wrong('a04', 'file-missing', 'the policy is moved', files => {
    const policy = Object.keys(files).find(path => /rules\.yaml|apiserver-audit\.yaml|cluster\.yaml/.test(path)) ?? ''
    return { ...files, [policy]: null }
  }),
  right(
    'a05',
    'one volume, mounted twice, the narrow mount first',
    inPod(pod => {
      const [policy, log] = [mountNamed(pod, 'audit-policy'), mountNamed(pod, 'audit-log')]
      policy.subPath = posix.basename(policy.mountPath)
      policy.name = 'audit-log'
      log.readOnly = false
      pod.spec.volumes = pod.spec.volumes.filter(({ name }) => name !== 'audit-policy')
    })
  ),
  right(
    'a05',
    'recursively read-only where that can be, of type FileOrCreate',
    inPod(pod => {
      Object.assign(mountNamed(pod, 'audit-policy'), { recursiveReadOnly: 'IfPossible' })
      hostNamed(pod, 'audit-policy').type = 'FileOrCreate'
    })
  ),
  wrong(
    'a05',
    'policy-writable',
    'the directory once more, to look into it',
    inPod(pod => {
      mountHost(pod, 'look', '/mnt/audit', { path: hostNamed(pod, 'audit-log').path })
    })
  ),
  wrong(
    'a05',
    'policy-writable',
    'the narrow mount without readOnly',
    inPod(pod => delete mountNamed(pod, 'audit-policy').readOnly)
  ),
  wrong(
    'a05',
    'read-only',
    'the directory read-only, the policy writable',
    inPod(pod => {
      mountNamed(pod, 'audit-log').readOnly = true
      delete mountNamed(pod, 'audit-policy').readOnly
    })
  ),
  wrong(
    'a05',
    'policy-writable',
    'one mount of the directory',
    inPod(pod => dropMounts(pod, name => name === 'audit-policy'))
  ),
  right(
    'a06',
    'the dash as a word of its own',
    inManifest(text => text.replace('- --audit-log-path=-', '- --audit_log_path\n    - "-"'))
  ),
  right(
    'a06',
    'the dash quoted, rotation left out',
    inManifest(text =>
      text.replace('- --audit-log-path=-', "- '--audit-log-path=-'").replace(/ {4}- --audit-log-max.*\n/g, '')
    )
  ),
  wrong(
    'a06',
    'unreadable',
    'a dash without quotes',
    inManifest(text => text.replace('- --audit-log-path=-', '- --audit-log-path\n    - -'))
  ),
  wrong(
    'a06',
    'file-in-container',
    'its name for its sign',
    inFlag(LOG_FLAG, () => ['--audit-log-path=stdout'])
  ),
  wrong(
    'a06',
    'log-off',
    'no log',
    inFlag(LOG_FLAG, () => [])
  ),
  wrong('a06', 'left-volume', 'the volume is left', (files, exercise) =>
    inPod(pod => {
      pod.spec.volumes.push({ name: 'old', hostPath: { path: posix.dirname(rowOf(exercise, 'old audit log')) } })
    })(files, exercise)
  ),
  right(
    'a07',
    'the flags in another order, a note that it was on',
    inPod(pod => {
      const [container] = pod.spec.containers
      const [program = '', ...flags] = container.command
      container.command = [program, ...flags.reverse()]
      Object.assign(pod.metadata, { annotations: { 'example.com/audit': 'was on for a week' } })
    })
  ),
  right('a07', 'DOS lines', dosLines),
  wrong(
    'a07',
    'left-flag',
    'flags with nothing in them',
    inPod(pod => pod.spec.containers[0].command.push('--audit-log-path=', '--audit-policy-file='))
  ),
  wrong(
    'a07',
    'left-flag',
    'a flag that is spelt otherwise',
    inPod(pod => pod.spec.containers[0].command.push('--audit_log_maxage=30'))
  ),
  wrong(
    'a07',
    'other-setting',
    'a mount too many is taken out',
    inPod(pod => dropMounts(pod, name => name === 'etc-ca-certificates'))
  ),
  wrong(
    'a07',
    'left-mount',
    'a mount with an emptyDir',
    inPod(pod => {
      pod.spec.containers[0].volumeMounts.push({ name: 'left', mountPath: '/var/log/apiserver' })
      pod.spec.volumes.push({ name: 'left', emptyDir: {} })
    })
  ),
  wrong('a07', 'other-file', 'the evidence is tidied away', (files, exercise) => ({
    ...files,
    [rowOf(exercise, 'audit log')]: null
  })),
  ...common('a08').filter(({ name }) => !name.includes('FileOrCreate')),
  wrong(
    'a08',
    'mount-twice',
    'a mount again, with a slash behind it',
    inPod(pod => {
      const { name, mountPath } = mountNamed(pod, 'audit-log')
      pod.spec.containers[0].volumeMounts.push({ name, mountPath: `${mountPath}/` })
    })
  ),
  wrong(
    'a08',
    'volume-twice',
    'a volume again, with a slash behind it',
    inPod(pod => {
      pod.spec.volumes.push({ name: 'again', hostPath: { path: `${hostNamed(pod, 'audit-log').path}/` } })
    })
  ),
  wrong(
    'a08',
    'flag-twice',
    'a flag again, with underscores',
    inPod(pod => {
      pod.spec.containers[0].command.push('--audit_log_path', valueOf(pod, LOG_FLAG))
    })
  ),
  right(
    'a01',
    'the directory of the log by subPathExpr',
    inPod(pod => {
      const volume = hostNamed(pod, 'audit-log')
      Object.assign(mountNamed(pod, 'audit-log'), { subPathExpr: posix.basename(volume.path) })
      volume.path = posix.dirname(volume.path)
    })
  ),
  wrong(
    'a01',
    null,
    'a mount that is propagated both ways',
    inPod(pod => {
      Object.assign(mountNamed(pod, 'audit-log'), { mountPropagation: 'Bidirectional' })
    })
  ),
  wrong(
    'a01',
    null,
    'recursively read-only, and not read-only',
    inPod(pod => {
      Object.assign(mountNamed(pod, 'audit-log'), { recursiveReadOnly: 'IfPossible' })
    })
  ),
  wrong(
    'a01',
    null,
    'a volume of two kinds',
    inPod(pod => {
      pod.spec.volumes = pod.spec.volumes.map(each => (each.name === 'audit-log' ? { ...each, emptyDir: {} } : each))
    })
  ),
  wrong(
    'a01',
    'log-directory-missing',
    'a directory that has to be there, and is not',
    inPod(pod => (hostNamed(pod, 'audit-log').type = 'Directory'))
  ),
  wrong(
    'a01',
    'stray-word',
    'flags behind two dashes',
    inPod(pod => {
      const { command } = pod.spec.containers[0]
      command.splice(
        command.findIndex(word => word.startsWith('--audit-')),
        0,
        '--'
      )
    })
  ),
  wrong(
    'a05',
    'policy-writable',
    'readonly in small letters',
    inManifest(text => text.replace(/(name: audit-policy\n {6})readOnly/, '$1readonly'))
  ),
  wrong('a01', 'stray-file', 'a link to the manifest as a copy', files => ({
    ...files,
    [`${MANIFEST}~`]: files[MANIFEST] ?? ''
  }))
]
