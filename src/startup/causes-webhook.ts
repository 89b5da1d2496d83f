import type { CauseRow } from './cause.ts'
import { hostOf, isOutside, mountIt, readable, rows } from './cause-rows.ts'

const webhook = rows(
  'webhook',
  "kube-apiserver reads the audit webhook's kubeconfig as it starts, and ends when it cannot"
)

const HOOK = 'initializing audit webhook: '

/** What kube-apiserver says of the audit webhook's kubeconfig. */
export const WEBHOOK_CAUSES: readonly CauseRow[] = [
  webhook(
    'webhook-not-mounted',
    new RegExp(`${HOOK}stat (?<path>[^:]+): no such file or directory`),
    "the audit webhook's kubeconfig is not mounted into the container",
    mountIt('the kubeconfig'),
    isOutside
  ),
  webhook(
    'webhook-missing',
    new RegExp(`${HOOK}stat (?<path>[^:]+): no such file or directory`),
    "the audit webhook's kubeconfig is not there",
    (said, facts) =>
      `put the kubeconfig at ${hostOf(said, facts)} on the host, or take the webhook out of ${facts.manifest}; auditpatch apply --webhook-config FILE installs one`
  ),
  webhook(
    'webhook-is-directory',
    new RegExp(`${HOOK}.*"(?<path>[^"]*)": read .*is a directory`),
    "the audit webhook's kubeconfig is a directory",
    (said, facts) =>
      `rmdir ${hostOf(said, facts)}, put the kubeconfig there, and write type: File for its volume; auditpatch apply --webhook-config FILE does both`
  ),
  webhook(
    'webhook-not-readable',
    new RegExp(`${HOOK}.*(?:open|stat|"?) ?(?<path>/[^:"]+)"?: .*permission denied`),
    "kube-apiserver may not read the audit webhook's kubeconfig",
    readable
  ),
  webhook(
    'kubeconfig-file-missing',
    new RegExp(`${HOOK}.*unable to read (?<what>[\\w-]+) (?<path>\\S+) for .*no such file or directory`),
    "a file that the audit webhook's kubeconfig names is not in the container",
    ({ what, path }, { manifest }) =>
      `put the ${what ?? 'file'} at ${path ?? ''} and mount it in ${manifest}, or write its content into the kubeconfig (${what ?? 'NAME'}-data)`
  ),
  webhook(
    'kubeconfig-context',
    new RegExp(`${HOOK}.*no configuration has been provided`),
    "the audit webhook's kubeconfig is empty, or its current-context leads nowhere",
    'write current-context, and the context and cluster that it names; auditpatch apply --webhook-url URL makes a whole one'
  ),
  webhook(
    'kubeconfig-broken-yaml',
    new RegExp(`${HOOK}error loading config file "(?<path>[^"]*)": (?<what>.*yaml: .*?)"?$`),
    "the audit webhook's kubeconfig is broken YAML",
    (said, facts) => `correct ${hostOf(said, facts)}: ${said.what ?? ''}`
  ),
  webhook(
    'kubeconfig-invalid',
    new RegExp(`${HOOK}(?:error loading config file "(?<path>[^"]*)": )?(?<what>.*?)"?$`),
    "the audit webhook's kubeconfig cannot be used",
    ({ path, what }) => `correct ${path ?? 'the kubeconfig'}: ${what ?? ''}`
  )
]
