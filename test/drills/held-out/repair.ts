import { posix } from 'node:path'
import { type Answer, dropMounts, fromStart, inManifest, inPod, MANIFEST, mountHost, valueOf } from '../answer.ts'
import { rowOf } from '../log-answers.ts'
import { both, type HeldOut, hostNamed, inFlag, inRules, mountNamed, right, wrong } from './held-out.ts'

const subPathOf = (name: string): Answer['edit'] =>
  inPod(pod => {
    const [mount, volume] = [mountNamed(pod, name), hostNamed(pod, name)]
    mount.subPath = posix.basename(volume.path)
    volume.path = `${posix.dirname(volume.path)}/`
    delete volume.type
  })

const anchoredNames: Answer['edit'] = inManifest(text =>
  text
    .replace(/(mountPath: .*\n {6}name: )audit-log\n/, '$1&log audit-log\n')
    .replace(/( {4}name: )audit-log\n/, '$1*log\n')
)

const off: Answer['edit'] = inManifest(text => text.replace(/ {4}- --audit-policy-file=.*\n/, ''))

// the log's directory among those of the node, by the kubelet's own words
const flowStyle: Answer['edit'] = inManifest(text =>
  text
    .replace(/- mountPath: (.*)\n {6}name: audit-log\n/, '- {"name": audit-log, mountPath: "$1"}\n')
    .replace(
      /- hostPath:\n {6}path: (.*)\n {6}type: DirectoryOrCreate\n {4}name: audit-log\n/,
      '- {name: audit-log, hostPath: {path: "$1", type: ""}}\n'
    )
)

export const REPAIR_HELD_OUT: readonly HeldOut[] = [
  right('b01', 'the policy by subPath', subPathOf('audit-policy')),
  right('b01', 'names with anchors', anchoredNames),
  wrong('b01', 'flag-missing', 'auditing without a policy', off),
  wrong(
    'b01',
    'other-path',
    'the flag goes after another mount',
    both(
      inPod(pod => (mountNamed(pod, 'audit-policy').mountPath = '/etc/audit/policy.yaml')),
      inFlag('audit-policy-file', () => ['--audit-policy-file=/etc/audit/policy.yaml'])
    )
  ),
  wrong(
    'b01',
    'hostpath-wrong-kind',
    'a file as a Directory',
    inPod(pod => (hostNamed(pod, 'audit-policy').type = 'Directory'))
  ),
  wrong(
    'b01',
    'duplicate-mount-path',
    'two mounts at one path',
    inPod(pod => {
      const mount = mountNamed(pod, 'audit-policy')
      pod.spec.containers[0].volumeMounts.push({ ...mount })
    })
  ),
  right('b02', 'the directory of the policy, which has to be there; the draft moved', (files, exercise) =>
    inPod(pod => {
      const [mount, volume] = [mountNamed(pod, 'audit-policy'), hostNamed(pod, 'audit-policy')]
      mount.mountPath = posix.dirname(mount.mountPath)
      volume.path = posix.dirname(volume.path)
      volume.type = 'Directory'
    })({ ...files, [rowOf(exercise, 'its text lies in')]: null }, exercise)
  ),
  right('b02', 'one rule for each resource, stages in the rules', (files, exercise) => {
    const split = inRules(rules =>
      rules.flatMap(rule =>
        (rule.resources?.[0]?.resources ?? [null]).map(word =>
          word === null ? rule : { ...rule, resources: [{ resources: [word] }] }
        )
      )
    )
    return split(files, exercise)
  }),
  wrong(
    'b02',
    'empty-file-made',
    'FileOrCreate',
    inPod(pod => (hostNamed(pod, 'audit-policy').type = 'FileOrCreate'))
  ),
  wrong('b02', 'other-host-path', 'the draft is mounted where it lies', (files, exercise) =>
    inPod(pod => (hostNamed(pod, 'audit-policy').path = rowOf(exercise, 'its text lies in')))(files, exercise)
  ),
  wrong('b02', 'sub-path', 'the policy by subPath', subPathOf('audit-policy')),
  wrong(
    'b02',
    null,
    'a policy from the documentation',
    inRules(() => [{ level: 'None', verbs: ['watch'] }, { level: 'Metadata' }])
  ),
  right('b03', 'in flow style, without a type', flowStyle),
  right('b03', 'the directory above by subPath', subPathOf('audit-log')),
  wrong(
    'b03',
    'log-file-mounted',
    'the log alone',
    inPod(pod => {
      const log = valueOf(pod, 'audit-log-path')
      dropMounts(pod, name => name === 'audit-log')
      mountHost(pod, 'audit-log', log, { path: log, type: 'FileOrCreate' })
    })
  ),
  wrong(
    'b03',
    'not-on-node',
    'an emptyDir',
    inPod(pod => {
      pod.spec.volumes = pod.spec.volumes.map(each =>
        each.name === 'audit-log' ? { name: 'audit-log', emptyDir: {} } : each
      )
    })
  ),
  wrong(
    'b03',
    'read-only',
    'read-only as the others',
    inPod(pod => (mountNamed(pod, 'audit-log').readOnly = true))
  ),
  wrong(
    'b03',
    'other-path',
    'another log on the node',
    both(
      inPod(pod => {
        dropMounts(pod, name => name === 'audit-log')
        mountHost(pod, 'audit-log', '/var/log/mine', { path: '/var/log/mine', type: 'DirectoryOrCreate' })
      }),
      inFlag('audit-log-path', () => ['--audit-log-path=/var/log/mine/audit.log'])
    )
  ),
  right(
    'b04',
    'the directory writable, the policy alone read-only',
    inPod(pod => {
      const above = posix.dirname(posix.dirname(valueOf(pod, 'audit-log-path')))
      dropMounts(pod, name => name === 'audit-log')
      mountHost(pod, 'above-log', above, { path: above, type: 'Directory' }, false)
    })
  ),
  right(
    'b04',
    'readOnly: no',
    inManifest(text => text.replace(/(mountPath: .*\n {6}name: audit-log\n)/, '$1      readOnly: no\n'))
  ),
  wrong(
    'b04',
    'policy-writable',
    'nothing is read-only',
    inPod(pod => delete mountNamed(pod, 'audit-policy').readOnly)
  ),
  wrong(
    'b04',
    'policy-writable',
    'the directory of the policy once more, writable',
    inPod(pod => {
      const path = posix.dirname(valueOf(pod, 'audit-policy-file'))
      mountHost(pod, 'more', '/srv/audit', { path })
    })
  ),
  wrong(
    'b04',
    'other-path',
    'the log goes where it can be written',
    inFlag('audit-log-path', () => ['--audit-log-path=/tmp/audit.log'])
  ),
  wrong(
    'b04',
    'log-file-mounted',
    'the log alone is writable',
    inPod(pod => {
      mountNamed(pod, 'audit-log').readOnly = true
      const log = valueOf(pod, 'audit-log-path')
      mountHost(pod, 'log-alone', log, { path: log, type: 'FileOrCreate' })
    })
  ),
  right(
    'b05',
    'a volume more under the wrong name',
    fromStart(text => {
      const names = new Set([...text.matchAll(/(?:mountPath: .*\n {6})name: (.*)/g)].map(([, name]) => name))
      const own = new Set([...text.matchAll(/(?:path: .*\n {6}type: .*\n {4})name: (.*)/g)].map(([, name]) => name))
      const [lost = ''] = [...names].filter(name => !own.has(name))
      const [unused = ''] = [...own].filter(name => !names.has(name))
      return text.replace(
        new RegExp(` {2}- hostPath:\\n {6}path: .*\\n {6}type: .*\\n {4}name: ${unused}\\n`),
        part => part + part.replace(unused, lost)
      )
    })
  ),
  right('b05', 'names with anchors', anchoredNames),
  wrong(
    'b05',
    'not-mounted',
    'the mounts that are refused are taken out',
    inPod(pod => dropMounts(pod, name => name.startsWith('audit-')))
  ),
  wrong(
    'b05',
    'mount-without-volume',
    'another case',
    inManifest(text => text.replace(/( {4}name: )audit-log\n/, '$1Audit-Log\n'))
  ),
  wrong(
    'b05',
    'flag-missing',
    'auditing is given up',
    inPod(pod => {
      dropMounts(pod, name => name.startsWith('audit-'))
      pod.spec.containers[0].command = pod.spec.containers[0].command.filter(word => !word.startsWith('--audit-'))
    })
  ),
  right(
    'b06',
    'underscores and values of their own',
    inManifest(text =>
      text.replaceAll(
        /- --audit-(log-max\w+|log-path|policy-file)=(.*)/g,
        (_, name: string, value: string) => `- --audit_${name.replaceAll('-', '_')}\n    - "${value}"`
      )
    )
  ),
  right(
    'b06',
    'the program in command, all flags in args',
    inPod(pod => {
      const [container] = pod.spec.containers
      container.args = container.command.splice(1)
    })
  ),
  wrong('b06', 'unknown-flag', 'the right flag beside the wrong one', (files, exercise) =>
    fromStart(text => {
      const own = (files[MANIFEST] ?? '').split('\n').filter(line => !text.includes(line))
      return text.replace('    - --authorization-mode', `${own.join('\n')}\n    - --authorization-mode`)
    })(files, exercise)
  ),
  wrong('b06', 'flag-missing', 'whatever is complained of is taken out', (files, exercise) =>
    fromStart(text => {
      const bad = text.split('\n').filter(line => !(files[MANIFEST] ?? '').includes(line))
      return bad.reduce((left, line) => left.replace(`${line}\n`, ''), text)
    })(files, exercise)
  ),
  wrong('b06', 'unknown-flag', 'another guess', (files, exercise) =>
    fromStart(text => {
      const [bad = ''] = text.split('\n').filter(line => !(files[MANIFEST] ?? '').includes(line))
      return text.replace(bad, bad.replace('--audit-', '--auditing-'))
    })(files, exercise)
  ),
  right('b07', 'a copy with a dot in front, and the other kept with a note', (files, { solution }) => {
    const [copy = '', kept = ''] = [...solution.keys()]
    const old = solution.get(kept) ?? ''
    return { ...files, [copy.replace(/\/([^/]*)$/, '/.$1')]: old, [kept]: `# from before the audit\n${old}` }
  }),
  right('b07', 'a copy in a directory of the manifests', (files, { solution }) => {
    const [copy = '', kept = ''] = [...solution.keys()]
    return { ...files, [copy.replace(/\/([^/]*)$/, '/old/$1')]: solution.get(kept) ?? '' }
  }),
  wrong('b07', 'stray-pod', 'another ending', (files, { solution }) => {
    const [copy = '', kept = ''] = [...solution.keys()]
    return { ...files, [`${copy}.disabled`]: solution.get(kept) ?? '' }
  }),
  wrong('b07', 'copy-missing', 'the copy is thrown away', (files, { solution }) => ({
    ...files,
    [[...solution.keys()][1] ?? '']: null
  })),
  wrong('b07', 'copy-changed', 'the wrong one is kept', (files, { solution }) => ({
    ...files,
    [[...solution.keys()][1] ?? '']: files[MANIFEST] ?? ''
  })),
  wrong('b07', 'audit-setting', 'the old one is put over the new one', (files, { solution }) => ({
    ...files,
    [MANIFEST]: [...solution.values()][1] ?? ''
  })),
  right('b08', 'in flow style, without a type', flowStyle),
  right('b08', 'the directory above by subPath', subPathOf('audit-log')),
  wrong(
    'b08',
    'log-file-mounted',
    'a greater log',
    fromStart(text => text.replace(/(--audit-log-maxsize=)\d+/, '$1500'))
  ),
  wrong(
    'b08',
    'log-file-mounted',
    'both, the directory and the log',
    inPod(pod => {
      const log = valueOf(pod, 'audit-log-path')
      mountHost(pod, 'log', log, { path: log, type: 'File' })
    })
  ),
  wrong('b08', 'other-file', 'the full log is emptied', (files, exercise) => ({
    ...files,
    [rowOf(exercise, 'audit log')]: ''
  })),
  right(
    'b09',
    'once, in another base and as a word of its own',
    inManifest(text =>
      text.replaceAll(
        /- --(audit-log-max\w+)=(\d+)/g,
        (_, name: string, value: string) => `- --${name}\n    - '0o${Number(value).toString(8)}'`
      )
    )
  ),
  right(
    'b09',
    'with underscores',
    inManifest(text => text.replaceAll('--audit-log-max', '--audit_log_max'))
  ),
  wrong(
    'b09',
    'flag-twice',
    'the same number twice',
    inPod(pod => {
      const { command } = pod.spec.containers[0]
      command.push(...command.filter(word => word.startsWith('--audit-log-max')))
    })
  ),
  wrong(
    'b09',
    'flag-missing',
    'both are taken out',
    inManifest(text => text.replaceAll(/ {4}- --audit-log-max.*\n/g, ''))
  ),
  wrong('b09', 'flag-twice', 'the right one last, the stale one first', (files, exercise) =>
    inPod(pod => {
      pod.spec.containers[0].command.splice(
        1,
        0,
        ...['maxage', 'maxbackup', 'maxsize'].map(name => `--audit-log-${name}=7`)
      )
    })(files, exercise)
  ),
  right('b10', 'in flow style', flowStyle),
  right('b10', 'names with anchors', anchoredNames),
  wrong(
    'b10',
    'other-path',
    'the line is put right and its value lost',
    inFlag('audit-log-path', () => ['--audit-log-path='])
  ),
  wrong(
    'b10',
    'unreadable',
    'the next line slips',
    inManifest(text => text.replace('    - --audit-log-path=', '  - --audit-log-path='))
  ),
  wrong(
    'b10',
    'audit-setting',
    'the settings of rotation are thrown away',
    inManifest(text => text.replaceAll(/ {4}- --audit-log-max.*\n/g, ''))
  )
]
