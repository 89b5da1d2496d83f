import { posix } from 'node:path'
import { type Answers, edited, type Files, inManifest, MANIFEST } from './answer.ts'
import { ENABLING } from './enabling-answers.ts'

/** An answer in which the mount of a name, and its volume, read differently. */
export const inMount = (
  name: string,
  mount: (path: string) => string,
  volume: (path: string) => string
): ((files: Files) => Files) =>
  edited(MANIFEST, text =>
    text
      .replace(new RegExp(` {4}- mountPath: (.*)\\n {6}name: ${name}\\n(?: {6}readOnly: .*\\n)?`), (_, path: string) =>
        mount(path)
      )
      .replace(
        new RegExp(` {2}- hostPath:\\n {6}path: (.*)\\n(?: {6}type: .*\\n)? {4}name: ${name}\\n`),
        (_, path: string) => volume(path)
      )
  )

/** A mount as the manifests of the drills write it. */
export const mountOf = (path: string, name: string, more = ''): string =>
  `    - mountPath: ${path}\n      name: ${name}\n${more}`

/** A volume as the manifests of the drills write it. */
export const volumeOf = (path: string, name: string, type: string): string =>
  `  - hostPath:\n      path: ${path}\n      type: ${type}\n    name: ${name}\n`

/** Right answers to every drill that asks for no certain mounts. */
export const OTHER_MOUNTS: Answers['right'] = [
  {
    name: 'the directory of the policy is mounted',
    edit: inMount(
      'audit-policy',
      path => mountOf(posix.dirname(path), 'audit-policy', '      readOnly: true\n'),
      path => volumeOf(posix.dirname(path), 'audit-policy', 'Directory')
    )
  },
  {
    name: 'the directory above that of the log is mounted, behind other names and at the head',
    edit: inManifest(text =>
      text
        .replace(/ {4}- mountPath: (.*)\n {6}name: audit-log\n/, '')
        .replace(/ {2}- hostPath:\n {6}path: (.*)\n {6}type: .*\n {4}name: audit-log\n/, '')
        .replace(/ {4}volumeMounts:\n/, `$&${mountOf(logAbove(text), 'events')}`)
        .replace(/ {2}volumes:\n/, `$&  - name: "events"\n    hostPath: {path: "${logAbove(text)}", type: ""}\n`)
    )
  }
]

const logAbove = (text: string): string => posix.dirname(posix.dirname(/--audit-log-path=(.*)/.exec(text)?.[1] ?? ''))

/** Wrong answers to every drill whose policy and log are mounted each by itself at the end, but for those of some codes. */
export const repairing = (...names: readonly string[]): Answers['wrong'] => [
  ...ENABLING.filter(({ name }) => !names.some(each => name.startsWith(each))),
  {
    name: 'W3: the policy is mounted where the flag does not look',
    code: 'not-mounted',
    edit: inMount(
      'audit-policy',
      path => mountOf(`${path}.d/policy`, 'audit-policy', '      readOnly: true\n'),
      path => volumeOf(path, 'audit-policy', 'File')
    )
  },
  {
    name: 'the policy is in a volume that is not of the node',
    code: 'not-on-node',
    edit: inMount(
      'audit-policy',
      path => mountOf(path, 'audit-policy', '      readOnly: true\n'),
      () => '  - emptyDir: {}\n    name: audit-policy\n'
    )
  },
  {
    name: 'the log itself is mounted',
    code: 'log-file-mounted',
    edit: files => {
      const log = /--audit-log-path=(.*)/.exec(files[MANIFEST] ?? '')?.[1] ?? ''
      return inMount(
        'audit-log',
        () => mountOf(log, 'audit-log'),
        () => volumeOf(log, 'audit-log', 'FileOrCreate')
      )(files)
    }
  },
  {
    name: 'auditing is switched off instead',
    code: 'flag-missing',
    edit: inManifest(text => text.replace(/ {4}- --audit-.*\n/g, ''))
  }
]
