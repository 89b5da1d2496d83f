import { type HostPath, hostPath } from '../../paths.ts'
import type { FileTree } from '../../host/file-tree.ts'
import { freshNode, withFiles } from '../node.ts'
import type { Pick } from '../pick.ts'

/** Where Falco's configuration lies on a node. */
export const FALCO_YAML = hostPath('/etc/falco/falco.yaml')
/** The rules that come with the package, which an update writes anew. */
export const DEFAULT_FILE = hostPath('/etc/falco/falco_rules.yaml')
/** The rules that are one's own. */
export const LOCAL_FILE = hostPath('/etc/falco/falco_rules.local.yaml')
/** A directory of further rules. */
export const RULES_DIRECTORY = hostPath('/etc/falco/rules.d')
/** Where Falco writes its alerts. */
export const ALERTS_FILE = hostPath('/var/log/falco/alerts.log')

/** The names that a seed gives to the rules of the package. */
export interface RuleNames {
  readonly shell: string
  readonly secrets: string
  readonly installer: string
}

/** Names for the rules of the package. */
export const ruleNames = (pick: Pick): RuleNames => ({
  shell: pick.one(['Terminal shell in container', 'Interactive Shell in Container', 'Shell With a Terminal']),
  secrets: pick.one(['Password File Read', 'Sensitive File Opened', 'Credentials of Users Read']),
  installer: pick.one(['Package Manager in Container', 'Software Installed in Container', 'Installer Started'])
})

/** The settings of Falco, with the files and directories of rules in the order in which they are loaded. */
export const falcoYaml = (
  rulesFiles: readonly string[]
): string => `# Rules are loaded in this order; of a directory each file, by its name.
rules_files:
${rulesFiles.map(path => `  - ${path}\n`).join('')}
engine:
  kind: modern_ebpf

priority: debug
rule_matching: first

json_output: true
stdout_output:
  enabled: true
file_output:
  enabled: true
  keep_alive: true
  filename: ${ALERTS_FILE}
syslog_output:
  enabled: false
`

/** The programs that are shells to the rules of the package. */
export const SHELLS = ['ash', 'bash', 'dash', 'ksh', 'sh', 'zsh'] as const

/** The text of the rules that come with the package. */
export const defaultRules = ({
  shell,
  secrets,
  installer
}: RuleNames): string => `# These rules come with the package: each update writes this file anew. What is yours goes into falco_rules.local.yaml.

- list: shell_binaries
  items: [${SHELLS.join(', ')}]

- list: installers
  items: [apk, apt, apt-get, dnf, microdnf, pip, yum]

- list: user_files
  items: [/etc/shadow, /etc/gshadow, /etc/sudoers]

- macro: container
  condition: (container.id != host)

- macro: spawned_process
  condition: (evt.type in (execve, execveat))

- macro: open_read
  condition: (evt.type in (open, openat, openat2) and evt.is_open_read = true and fd.num >= 0)

- rule: ${shell}
  desc: Somebody works in a container, in a shell with a terminal.
  condition: spawned_process and container and proc.name in (shell_binaries) and proc.tty != 0
  output: >
    A shell was started in a container (user=%user.name shell=%proc.name parent=%proc.pname cmdline=%proc.cmdline
    container=%container.name pod=%k8s.pod.name ns=%k8s.ns.name)
  priority: NOTICE
  tags: [container, shell, mitre_execution, T1059]

- rule: ${secrets}
  desc: A file with passwords or rights of users was opened in a container.
  condition: open_read and container and fd.name in (user_files)
  output: >
    A file of users was opened (file=%fd.name user=%user.name process=%proc.name cmdline=%proc.cmdline
    container=%container.name pod=%k8s.pod.name ns=%k8s.ns.name)
  priority: WARNING
  tags: [container, filesystem, mitre_credential_access]

- rule: ${installer}
  desc: A container got software that is not of its image.
  condition: spawned_process and container and proc.name in (installers)
  output: >
    An installer was started in a container (user=%user.name process=%proc.name cmdline=%proc.cmdline
    container=%container.name image=%container.image.repository pod=%k8s.pod.name ns=%k8s.ns.name)
  priority: ERROR
  tags: [container, process, mitre_persistence]
`

/** A node on which Falco runs, and its file of own rules says something. */
export const falcoNode = (
  pick: Pick,
  names: RuleNames,
  local: string,
  rulesFiles: readonly HostPath[] = [DEFAULT_FILE, LOCAL_FILE, RULES_DIRECTORY]
): FileTree => {
  const files = { [FALCO_YAML]: falcoYaml(rulesFiles), [DEFAULT_FILE]: defaultRules(names), [LOCAL_FILE]: local }
  return new Map([...withFiles(freshNode(pick), files), [RULES_DIRECTORY, { kind: 'directory', mode: 0o755 }]])
}
