import { auditFlag, type AuditFlagName } from '../audit/flags.ts'

interface OptionSpec {
  readonly type: 'string' | 'flag' | 'list'
  readonly doc: string
  /** What stands for the value in help. */
  readonly value?: string
  readonly default?: string
  readonly choices?: readonly string[]
  readonly alias?: string
  /** The audit flag that the option sets. */
  readonly flag?: AuditFlagName
  /** The option that a second value of this one is meant for, of the commands that have it. */
  readonly second?: string
}

// prettier-ignore
const OPTION_GROUPS = {
  everywhere: {
    root: { type: 'string', value: 'DIR', doc: "look up every file path of the host below DIR (a fake or mounted root); policies and other files that are named to be read are files of this machine, so that the commands of log refuse another root [/]" },
    output: { type: 'string', value: 'FORMAT', alias: 'o', choices: ['human', 'json'], default: 'human', doc: 'how results are printed; json is one object on stdout; check, policy lint and immutable check have sarif too' },
    color: { type: 'string', value: 'WHEN', choices: ['auto', 'always', 'never'], default: 'auto', doc: 'colours; auto is never without a terminal or with NO_COLOR' },
    quiet: { type: 'flag', alias: 'q', doc: 'print results and errors only' },
    verbose: { type: 'flag', alias: 'v', doc: 'say what was looked at, and the causes of errors' }
  },
  settings: {
    settings: { type: 'string', value: 'FILE', doc: 'YAML file with the options below by name; the command line wins' },
    manifest: { type: 'string', value: 'PATH', doc: "the manifest [kube-apiserver.yaml in the kubelet's staticPodPath]" },
    policy: { type: 'string', value: 'FILE|template:NAME', second: 'against', doc: 'the audit policy, a file of this machine or template:baseline, everything-but-secrets, exam, falco or metadata-all; plan and apply copy it to --policy-path [plan, apply: what is there; else template:baseline]' },
    'policy-path': { type: 'string', value: 'PATH', doc: 'where the policy lies on the host [as in the manifest; else /etc/kubernetes/audit/policy.yaml]' },
    'log-path': { type: 'string', value: 'PATH|-|none', doc: 'the log; - is standard output, none no log [as in the manifest; else /var/log/kubernetes/audit/audit.log]' },
    'log-maxage': { type: 'string', value: 'DAYS', flag: 'audit-log-maxage', doc: 'days that rotated logs are kept [as in the manifest; else 30]' },
    'log-maxbackup': { type: 'string', value: 'N', flag: 'audit-log-maxbackup', doc: 'rotated logs that are kept [as in the manifest; else 10]' },
    'log-maxsize': { type: 'string', value: 'MIB', flag: 'audit-log-maxsize', doc: 'size at which the log is rotated [as in the manifest; else 100]' },
    'log-format': { type: 'string', value: 'FORMAT', flag: 'audit-log-format', doc: 'json or legacy' },
    'log-mode': { type: 'string', value: 'MODE', flag: 'audit-log-mode', doc: 'batch, blocking or blocking-strict' },
    'log-compress': { type: 'string', value: 'BOOL', flag: 'audit-log-compress', doc: 'compress rotated logs' },
    'webhook-config': { type: 'string', value: 'FILE', doc: 'a kubeconfig to install for the webhook backend' },
    'webhook-url': { type: 'string', value: 'URL', doc: 'make a kubeconfig for this URL' },
    'webhook-path': { type: 'string', value: 'PATH', doc: 'where the kubeconfig lies on the host [/etc/kubernetes/audit/webhook.yaml]' },
    'webhook-mode': { type: 'string', value: 'MODE', flag: 'audit-webhook-mode', doc: 'batch, blocking or blocking-strict' },
    'webhook-initial-backoff': { type: 'string', value: 'TIME', flag: 'audit-webhook-initial-backoff', doc: 'wait before the first retry, as 10s' },
    set: { type: 'list', value: 'audit-FLAG=VALUE', doc: 'any other --audit-* flag (repeatable)' },
    'kubernetes-version': { type: 'string', value: 'V', doc: 'the release whose rules count [from the image tag where a manifest is read; else the newest known]' },
    'container-policy-path': { type: 'string', value: 'PATH', doc: 'where the container sees the policy [as on the host]' },
    'container-log-path': { type: 'string', value: 'PATH', doc: 'where the container sees the log [as on the host]' }
  },
  running: {
    yes: { type: 'flag', alias: 'y', doc: 'do not ask' },
    wait: { type: 'flag', doc: 'wait for the new kube-apiserver [where a kubelet runs and the root is /]' },
    'no-wait': { type: 'flag', doc: 'write and do not wait' },
    'wait-timeout': { type: 'string', value: 'TIME', default: '300s', doc: 'how long the new kube-apiserver may take' },
    'wait-stable': { type: 'string', value: 'TIME', doc: "how long it must stay healthy [the kubelet's fileCheckFrequency, 20s when unknown, plus 5s]" },
    'no-rollback': { type: 'flag', doc: 'leave the change when it fails' },
    'backup-dir': { type: 'string', value: 'PATH', default: '/var/lib/auditpatch/backups', doc: 'where backup sets are kept' },
    'backup-keep': { type: 'string', value: 'N', default: '10', doc: 'how many backup sets are kept' },
    'restart-kubelet': { type: 'string', value: 'WHEN', choices: ['never', 'if-stuck'], default: 'never', doc: 'restart the kubelet when it does not see the change' }
  },
  request: {
    verb: { type: 'list', value: 'VERB', doc: 'get, list, watch, create, update, patch, delete, deletecollection; of a request for a path the HTTP method in lower case [policy explain: get]' },
    resource: { type: 'list', value: 'RESOURCE', doc: 'plural and in lower case, with its subresource: pods, pods/exec' },
    'api-group': { type: 'list', value: 'GROUP', doc: "as apps or rbac.authorization.k8s.io; '' is the core group, and so is core for log query [policy explain: the core group]" },
    namespace: { type: 'list', value: 'NAMESPACE', doc: "the namespace of the request; '' is cluster scope, or all of them [policy explain: that]" },
    name: { type: 'list', value: 'NAME', doc: "the name of the object; '' is none [policy explain: none]" },
    user: { type: 'list', value: 'USER', doc: 'as system:serviceaccount:NAMESPACE:NAME [policy explain: a user without a name]' },
    group: { type: 'list', value: 'GROUP', doc: 'a group of the user, as system:authenticated [policy explain: none]' },
    url: { type: 'string', value: 'PATH', doc: 'a request for a path such as /healthz; a path below /api or /apis is read as the API server reads it' },
    event: { type: 'string', value: 'FILE', doc: 'the request of an audit event: one JSON object, or - for standard input' },
    requests: { type: 'string', value: 'FILE', doc: 'many requests, one JSON object a line, or - for standard input; keys user (null: not known), groups, verb, apiGroup, resource, subresource, namespace, name, or path' }
  },
  filters: {
    as: { type: 'list', value: 'USER', doc: "the one in whose name the user sent the request, by impersonation; '*' is anybody, '!*' nobody" },
    stage: { type: 'list', value: 'STAGE', doc: 'RequestReceived, ResponseStarted, ResponseComplete, Panic, or all [each request once, when it is done]' },
    level: { type: 'list', value: 'LEVEL', doc: 'Metadata, Request or RequestResponse' },
    since: { type: 'list', value: 'TIME', doc: 'at that time or later: local, as 2026-11-22T10:00 or 2026-11-22 (its beginning), with a zone, as 2026-11-22T10:00:00Z, or 15m, 2h, 3d ago' },
    until: { type: 'list', value: 'TIME', doc: 'before that time' },
    status: { type: 'list', value: 'STATUS', doc: "the code of the response: 403, 4xx, 400-499, '>=400'" },
    'source-ip': { type: 'list', value: 'ADDRESS', doc: "any of the source addresses: an address, a range such as 10.0.0.0/8 or fd00::/8, or '10.0.*'" },
    'user-agent': { type: 'list', value: 'AGENT', doc: "all of the user agent, as 'kubectl/*'" },
    decision: { type: 'list', value: 'DECISION', doc: 'of the authorization: allow or forbid' },
    where: { type: 'list', value: 'EXPR', doc: `a condition in CEL over the fields of an event, as 'responseStatus.code >= 400 && "system:masters" in user.groups'` }
  },
  found: {
    limit: { type: 'string', value: 'N', doc: 'stop behind so many events' },
    tail: { type: 'string', value: 'N', doc: 'the last so many events only' },
    count: { type: 'flag', doc: 'print how many events there are' },
    follow: { type: 'flag', doc: 'go on with what is written to the log, through its rotations' }
  },
  cluster: {
    kubeconfig: { type: 'string', value: 'FILE', doc: 'the kubeconfig for kubectl, a file of this machine [/etc/kubernetes/admin.conf below the root]' },
    kubectl: { type: 'string', value: 'FILE', default: 'kubectl', doc: 'the program that asks the cluster; a bare name is looked for in /usr/local/sbin to /bin' },
    'kubeadm-config': { type: 'string', value: 'FILE', doc: "kubeadm's configuration, a file with ClusterConfiguration or a dump of the ConfigMap; - is standard input [what the cluster has]" },
    'config-version': { type: 'string', value: 'VERSION', choices: ['v1beta3', 'v1beta4'], doc: 'the version of ClusterConfiguration [that of --kubeadm-config; else v1beta4 from Kubernetes 1.31, v1beta3 before]' }
  },
  practice: {
    seed: { type: 'string', value: 'N', doc: 'the number from which the values of the task follow; the same one gives the same task [a random one]' },
    dir: { type: 'string', value: 'DIR', doc: 'a directory of its own for the node, or for those of an exam [./drill-ID; ./exam]; of falco setup where its files are written, which else are printed' },
    n: { type: 'string', value: 'N', default: '6', doc: 'how many tasks the exam has' },
    minutes: { type: 'string', value: 'MINUTES', default: '30', doc: 'how long the exam takes' },
    end: { type: 'flag', doc: 'hand the exam in, and show its sheet' }
  },
  log: {
    against: { type: 'string', value: 'FILE|template:NAME', doc: 'a second policy, to be set beside that of --policy' },
    strict: { type: 'flag', doc: 'parse every byte of the log, for a log that may be damaged inside its events [what stands between the first and the last members of an event is not looked at]' },
    top: { type: 'string', value: 'N', doc: 'how many rows of each table are shown [5; 100 with -o json, 200 on a page]' },
    threads: { type: 'string', value: 'N', doc: 'how many threads read the log; the figures are the same with any [up to 4 for 64 MiB and more]' }
  },
  immutable: {
    write: { type: 'flag', doc: 'write the patched files; standard input (-) comes out patched' },
    writable: { type: 'list', value: '[CONTAINER=]DIRECTORY', doc: 'a directory that the container, or every one, has to write (repeatable)' },
    'from-strace': { type: 'list', value: '[CONTAINER=]FILE', doc: 'what a program wrote, as strace -f -y -o FILE traced it (repeatable)' },
    'from-audit': { type: 'list', value: '[CONTAINER=]LOG', doc: "what was written by an audit log: the kernel's, or kube-apiserver's, which tells what was run by kubectl exec (repeatable)" },
    'run-as-user': { type: 'list', value: '[CONTAINER=]UID', doc: 'the user for a container that may run as root, or for every one; auditpatch cannot tell whether the image works with it' },
    only: { type: 'list', value: 'CODE', doc: 'meet these requirements only, by the codes of immutable check, as read-only-root-filesystem (repeatable)' }
  },
  falco: {
    rules: { type: 'list', value: 'FILE', alias: 'r', doc: 'a file with rules, or a directory with such files (*.yaml, *.yml); template:NAME is a set of auditpatch [those of --config; else template:baseline]' },
    events: { type: 'list', value: 'LOG', alias: 'e', doc: 'the audit log to judge: a file, a directory with rotated logs, - for standard input; or an address, as for --listen [open_params of --config]' },
    listen: { type: 'string', value: 'URL', doc: 'wait for events that kube-apiserver sends, as http://127.0.0.1:9765/k8s-audit; https takes the PEM file of init_config.sslCertificate' },
    'listen-all': { type: 'flag', doc: 'let --listen answer others than this machine' },
    seconds: { type: 'string', value: 'SECONDS', alias: 'M', doc: "stop after so many seconds: of a log those of its events' own times, else those of the clock" },
    list: { type: 'flag', doc: 'print the fields that conditions and outputs may name; --list=SOURCE those of a source' },
    source: { type: 'string', value: 'SOURCE', doc: 'the source whose fields --list prints, as k8s_audit' },
    'names-only': { type: 'flag', alias: 'N', doc: 'with --list: print names alone' },
    format: { type: 'string', value: 'FORMAT', choices: ['text', 'markdown', 'json'], doc: 'how --list prints [text]' },
    'list-rules': { type: 'flag', alias: 'L', doc: 'print the name and the description of every rule' },
    rule: { type: 'string', value: 'RULE', alias: 'l', doc: 'the same for one rule' },
    validate: { type: 'list', value: 'FILE', alias: 'V', doc: 'load these files with rules, and print what is wrong with them' },
    config: { type: 'string', value: 'FILE', alias: 'c', doc: "Falco's configuration, of which counts what is not Falco's alone: rules_files, rules, priority, rule_matching, json_*, time_format_iso_8601, append_output, stdout_output, file_output, plugins" },
    option: { type: 'list', value: 'KEY=VALUE', doc: 'a key of --config, over what stands there: json_output=true, priority=warning, rule_matching=all, rules[].disable.tag=network, k8saudit.correct_quirks=true' },
    print: { type: 'string', value: 'FORMAT', alias: 'p', doc: 'put this behind the output of every rule' },
    'dry-run': { type: 'flag', doc: 'load configuration and rules, and judge nothing' },
    unbuffered: { type: 'flag', alias: 'U', doc: 'write every alert at once' },
    'enable-source': { type: 'list', value: 'SOURCE', doc: 'judge events of this source; there is k8s_audit alone' },
    'disable-source': { type: 'list', value: 'SOURCE', doc: 'judge no events of this source' },
    'disable-rules': { type: 'list', value: 'PART', alias: 'D', doc: 'of old Falco: leave out rules whose names hold this' },
    'disable-tag': { type: 'list', value: 'TAG', alias: 'T', doc: 'of old Falco: leave out rules with this tag' },
    'only-tag': { type: 'list', value: 'TAG', alias: 't', doc: 'of old Falco: ask only rules with this tag' }
  },
  setup: {
    ca: { type: 'string', value: 'FILE', doc: 'the certificate of who signed that of an https receiver, in PEM [those that the system trusts]' },
    force: { type: 'flag', doc: 'replace files that hold something else' }
  },
  single: {
    'fail-on': { type: 'string', value: 'SEVERITY', choices: ['error', 'warning', 'info'], default: 'error', doc: 'the mildest finding that makes the exit code 1' },
    html: { type: 'string', value: 'FILE', doc: 'where the page is written; - is standard output' },
    fix: { type: 'flag', doc: 'show the plan of apply that repairs what it can' },
    'exit-code': { type: 'flag', doc: 'exit 1 when there are changes' },
    remove: { type: 'flag', doc: 'take the audit settings out instead' },
    purge: { type: 'flag', doc: 'remove the policy and webhook files too that auditpatch made; logs stay' },
    help: { type: 'flag', alias: 'h', doc: 'show this help' },
    version: { type: 'flag', doc: 'show the version' }
  }
} as const satisfies Record<string, Record<string, OptionSpec>>

/** Every option of every command, once. */
export const OPTIONS = {
  ...OPTION_GROUPS.everywhere,
  ...OPTION_GROUPS.settings,
  ...OPTION_GROUPS.running,
  ...OPTION_GROUPS.request,
  ...OPTION_GROUPS.filters,
  ...OPTION_GROUPS.found,
  ...OPTION_GROUPS.cluster,
  ...OPTION_GROUPS.practice,
  ...OPTION_GROUPS.log,
  ...OPTION_GROUPS.immutable,
  ...OPTION_GROUPS.falco,
  ...OPTION_GROUPS.setup,
  ...OPTION_GROUPS.single
}

export type OptionName = keyof typeof OPTIONS

/** An option's row under one type. */
export const option = (name: OptionName): OptionSpec => OPTIONS[name]

const namesOf = <G extends object>(group: G): (keyof G)[] => Object.keys(group) as (keyof G)[] // the keys of a literal

export const EVERYWHERE = namesOf(OPTION_GROUPS.everywhere)
export const SETTINGS = namesOf(OPTION_GROUPS.settings)
export const RUNNING = namesOf(OPTION_GROUPS.running)
export const REQUEST = namesOf(OPTION_GROUPS.request)
/** The options that choose the events of a log and no request for `policy explain`. */
export const FILTERS = namesOf(OPTION_GROUPS.filters)
/** All that choose the events of a log. */
export const LOG_FILTERS: readonly OptionName[] = [...REQUEST.filter(name => option(name).type === 'list'), ...FILTERS]
/** What is made of the events that were found. */
export const FOUND = namesOf(OPTION_GROUPS.found)
export const CLUSTER = namesOf(OPTION_GROUPS.cluster)
export const IMMUTABLE = namesOf(OPTION_GROUPS.immutable)
export const FALCO = namesOf(OPTION_GROUPS.falco)
export const SETUP = namesOf(OPTION_GROUPS.setup)
export const PRACTICE = namesOf(OPTION_GROUPS.practice)

/** The options that set an audit flag, with that flag. */
export const flagOptions = (): { option: OptionName; flag: AuditFlagName }[] =>
  (Object.keys(OPTIONS) as OptionName[]).flatMap(name => {
    const flag = option(name).flag
    return flag !== undefined && auditFlag(flag) ? [{ option: name, flag }] : []
  })

/** Values of options as the command line and the settings file gave them; absent where neither did. */
export interface Args {
  readonly text: (name: OptionName) => string | undefined
  readonly has: (name: OptionName) => boolean
  readonly list: (name: OptionName) => readonly string[]
  readonly positionals: readonly string[]
}
