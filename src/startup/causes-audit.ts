import type { CauseFacts, CauseRow, Said } from './cause.ts'
import { hostOf, isOutside, mountIt, readable, rows } from './cause-rows.ts'
import { containerPath } from '../paths.ts'
import { resolveMount } from '../pod/volumes.ts'
import { WEBHOOK_CAUSES } from './causes-webhook.ts'

const policy = rows('policy', 'kube-apiserver reads the policy once, as it starts, and ends when it cannot')
const log = rows('log', 'kube-apiserver opens the audit log before it serves, and ends when it cannot')

const LINT = ({ file }: Said, facts: CauseFacts): string => `auditpatch policy lint ${hostOf({ path: file }, facts)}`

const lint =
  (what: string): CauseRow['fix'] =>
  (said, facts) =>
    `${what}${said.what === undefined ? '' : ` (${said.what})`}; ${LINT(said, facts)} shows each fault with its line`

const LOADING = 'loading audit policy file: '
const FROM = ': from file (?<file>\\S+?)"?$'
const loading = (rest: string): RegExp => new RegExp(`${LOADING}${rest}${FROM}`)

const invalid = (code: string, field: string, title: string, remedy: string): CauseRow =>
  policy(code, loading(`.*?(?<what>(?:rules\\[\\d+\\]\\.)?${field}.*?)`), title, lint(remedy))

/** What kube-apiserver says of the policy: pkg/audit/policy/reader.go and the validation of policies. */
const POLICY_CAUSES: readonly CauseRow[] = [
  policy(
    'policy-not-mounted',
    /loading audit policy file: failed to read file path "(?<path>[^"]*)": .*no such file or directory/,
    'the audit policy is not mounted into the container',
    mountIt('the policy'),
    isOutside
  ),
  policy(
    'policy-missing',
    /loading audit policy file: failed to read file path "(?<path>[^"]*)": .*no such file or directory/,
    'the audit policy is not there',
    (said, facts) =>
      `put the policy at ${hostOf(said, facts)} on the host, or correct --audit-policy-file in ${facts.manifest}; auditpatch apply --policy template:metadata-all does both`
  ),
  policy(
    'policy-is-directory',
    /loading audit policy file: failed to read file path "(?<path>[^"]*)": .*is a directory/,
    'the audit policy is a directory',
    (said, facts) => {
      const host = hostOf(said, facts)
      return `rmdir ${host} (the container runtime makes one where the file is missing), then put the policy back there: your own copy, or auditpatch apply --policy template:baseline; its volume is to be of type: File`
    }
  ),
  policy(
    'policy-not-readable',
    /loading audit policy file: failed to read file path "(?<path>[^"]*)": .*permission denied/,
    'kube-apiserver may not read the audit policy',
    readable
  ),
  policy(
    'policy-not-readable',
    /loading audit policy file: failed to read file path "(?<path>[^"]*)": (?<what>[^"]*)/,
    'the audit policy cannot be read',
    ({ what }) => `see the error: ${what ?? ''}`
  ),
  policy(
    'policy-empty',
    loading('unknown group version field audit\\.k8s\\.io/__internal, Kind=Policy in policy'),
    'the audit policy is empty, or has no apiVersion and kind',
    ({ file }, facts) =>
      `write a policy into ${hostOf({ path: file }, facts)} (type FileOrCreate makes an empty one): auditpatch policy show metadata-all > FILE; it begins with apiVersion: audit.k8s.io/v1 and kind: Policy`
  ),
  policy(
    'policy-no-rules',
    loading('loaded illegal policy with 0 rules'),
    'the audit policy has no rules',
    lint('write at least one rule, as - level: Metadata')
  ),
  policy(
    'policy-kind',
    loading('.*no kind "(?<kind>(?!Policy")[^"]*)" is registered for version "audit\\.k8s\\.io/.*'),
    'the file that is named as the audit policy is none',
    lint('it begins with apiVersion: audit.k8s.io/v1 and kind: Policy')
  ),
  policy(
    'policy-kind',
    loading(".*Object 'Kind' is missing.*"),
    'the audit policy has no kind',
    lint('it begins with apiVersion: audit.k8s.io/v1 and kind: Policy')
  ),
  policy(
    'policy-api-version',
    loading(
      '.*(?:no kind "[^"]*" is registered for version "(?<what>[^"]*)".*|Object \'apiVersion\' is missing.*|unknown group version field .*)'
    ),
    'the audit policy has another apiVersion',
    lint('write apiVersion: audit.k8s.io/v1; v1beta1 and v1alpha1 are gone since Kubernetes 1.24')
  ),
  policy(
    'policy-broken-yaml',
    loading('.*?(?:yaml: |error converting YAML to JSON: )(?<what>.*)'),
    'the audit policy is broken YAML',
    lint('correct the policy')
  ),
  policy(
    'policy-wrong-type',
    loading('.*(?<what>cannot unmarshal .*)'),
    'a value of the audit policy is of the wrong kind',
    lint('correct the policy: lists stand in [ ] or behind -')
  ),
  policy(
    'policy-level',
    loading(
      '.*(?<what>(?<field>rules\\[\\d+\\]\\.level): (?:Unsupported value: "[^"]*"|Required value))[^:]*(?::[^:]*)*'
    ),
    'the audit policy has a level that does not exist',
    lint('the levels are None, Metadata, Request and RequestResponse')
  ),
  invalid(
    'policy-group',
    'resources(?:\\[\\d+\\])?\\.group',
    'the audit policy has a group that is no API group',
    'a group stands without its version, as apps for apps/v1'
  ),
  invalid(
    'policy-resource-names',
    'resources(?:\\[\\d+\\])?\\.resourceNames',
    'the audit policy has resourceNames without resources',
    'name the resources too'
  ),
  invalid(
    'policy-stage',
    'omitStages(?:\\[\\d+\\])?',
    'the audit policy has a stage that does not exist',
    'the stages are RequestReceived, ResponseStarted, ResponseComplete and Panic'
  ),
  invalid(
    'policy-mixed-rule',
    'nonResourceURLs: [^:]*: .*rules cannot apply to both',
    'a rule of the audit policy is for resources and for URLs',
    'make two rules of it'
  ),
  invalid(
    'policy-url',
    'nonResourceURLs(?:\\[\\d+\\])?',
    'the audit policy has a URL that it may not have',
    'a URL begins with / and has * at its end only'
  ),
  policy(
    'policy-invalid',
    /loading audit policy file: (?<what>.*?)(?:: from file (?<file>\S+?))?"?$/,
    'the audit policy cannot be used',
    lint('correct the policy')
  )
]

const LOG = 'ensureLogFile: (?:open|mkdir|stat) (?<path>[^:]+): '

/** What kube-apiserver says of the audit log's file. */
// a mount that can be written, of a file system that cannot
const remounted = (said: Said, { pod, manifest }: CauseFacts): string | undefined => {
  const path = said.path?.startsWith('/') === true ? containerPath(said.path) : undefined
  const resolved = pod && path ? resolveMount(pod.mounts, pod.volumes, path) : undefined
  if (!resolved || resolved.mount.readOnly) return undefined
  const directory = resolved.volume?.hostPath ?? resolved.mount.path
  return `the file system of ${directory} is read-only on the host (findmnt --target ${directory}): mount it read-write, or name another path in ${manifest}`
}

const LOG_CAUSES: readonly CauseRow[] = [
  log(
    'log-read-only',
    new RegExp(`${LOG}read-only file system`),
    "the audit log is on no volume of the host, and the container's own files are read-only",
    ({ path }, { manifest }) =>
      `auditpatch apply adds the mount; by hand: a volumeMount for the directory of ${path ?? 'the log'} and a hostPath volume of type DirectoryOrCreate in ${manifest}`,
    isOutside
  ),
  log(
    'log-read-only',
    new RegExp(`${LOG}read-only file system`),
    'the directory of the audit log is mounted read-only',
    (said, facts) =>
      remounted(said, facts) ??
      `auditpatch apply repairs the mount; by hand: take readOnly: true off the volumeMount that covers ${said.path ?? 'it'} in ${facts.manifest}, or mount the log's directory on its own`
  ),
  log(
    'log-is-directory',
    new RegExp(`${LOG}is a directory`),
    'the audit log is a directory',
    (said, facts) =>
      `rmdir ${hostOf(said, facts)} where it is empty and the log is to be there; else name a file in --audit-log-path in ${facts.manifest}, as ${said.path ?? ''}/audit.log`
  ),
  log(
    'log-not-writable',
    new RegExp(`${LOG}(?:permission denied|operation not permitted)`),
    'kube-apiserver may not write the audit log',
    (said, facts) => {
      const host = hostOf(said, facts)
      const user = facts.pod?.user ?? 0
      return user === 0
        ? `ls -ldZ ${host}: where SELinux enforces, chcon -Rt container_file_t its directory; lsattr shows what is immutable`
        : `chown ${user} the directory of ${host}, and the log in it: kube-apiserver runs as user ${user}`
    }
  ),
  log(
    'disk-full',
    new RegExp(`${LOG}no space left on device`),
    'the disk of the audit log is full',
    (said, facts) =>
      `df -h ${hostOf(said, facts)}; df -i; remove old logs, then set --log-maxbackup and --log-maxsize: auditpatch apply`
  ),
  log(
    'log-directory-missing',
    new RegExp(`${LOG}(?<what>no such file or directory|not a directory|file exists)`),
    'the directory of the audit log cannot be made',
    (said, facts) =>
      `mkdir -p the directory of ${hostOf(said, facts)} on the host, and see that no file stands above it (${said.what ?? ''}); auditpatch apply makes it`
  ),
  log(
    'log-not-writable',
    /ensureLogFile: (?<what>[^"]*)/,
    'the audit log cannot be opened',
    ({ what }, { manifest }) => `correct --audit-log-path in ${manifest}: ${what ?? ''}`
  )
]

/** What kube-apiserver says of the audit policy, the log and the webhook: pkg/server/options/audit.go. */
export const AUDIT_CAUSES: readonly CauseRow[] = [...POLICY_CAUSES, ...LOG_CAUSES, ...WEBHOOK_CAUSES]
