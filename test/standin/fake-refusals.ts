import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A command line that the server refuses, and the last line that it says. */
export interface Refusal {
  readonly name: string
  readonly flags: readonly string[]
  readonly says: string | RegExp
}

const failed = (error: string): RegExp =>
  new RegExp(`^E\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{6} +\\d+ run\\.go:72\\] "command failed" err="${error}"$`)

const policyOf = (dir: string, name: string, text: string): string => {
  const path = join(dir, name)
  writeFileSync(path, text)
  return `--audit-policy-file=${path}`
}

const HEAD = '{"apiVersion":"audit.k8s.io/v1","kind":"Policy"'

/** What the server refuses; `good` is a policy that it takes. */
export const refusals = (dir: string, good: string): Refusal[] => [
  { name: 'unknown flag', flags: ['--audit-log-max-backups=3'], says: 'Error: unknown flag: --audit-log-max-backups' },
  { name: 'unknown letter', flags: ['-x'], says: "Error: unknown shorthand flag: 'x' in -x" },
  { name: 'positional', flags: ['stray'], says: 'Error: "kube-apiserver" does not take any arguments, got ["stray"]' },
  {
    name: 'bool and a word',
    flags: ['--audit-log-compress', 'false'],
    says: 'Error: "kube-apiserver" does not take any arguments, got ["false"]'
  },
  {
    name: 'no number',
    flags: ['--audit-log-maxage=many'],
    says: 'Error: invalid argument "many" for "--audit-log-maxage" flag: strconv.ParseInt: parsing "many": invalid syntax'
  },
  {
    name: 'no bool',
    flags: ['--enable_bootstrap_token_auth=perhaps'],
    says: 'Error: invalid argument "perhaps" for "--enable-bootstrap-token-auth" flag: strconv.ParseBool: parsing "perhaps": invalid syntax'
  },
  {
    name: 'no duration, of a flag that is only parsed',
    flags: ['--event-ttl=5'],
    says: 'Error: invalid argument "5" for "--event-ttl" flag: time: missing unit in duration "5"'
  },
  { name: 'no value', flags: ['--audit-log-path'], says: 'Error: flag needs an argument: --audit-log-path' },
  {
    name: 'no policy file',
    flags: ['--audit-policy-file=/nowhere/policy.yaml'],
    says: failed(
      'loading audit policy file: failed to read file path \\\\"/nowhere/policy.yaml\\\\": open /nowhere/policy.yaml: no such file or directory'
    )
  },
  {
    name: 'policy is a directory',
    flags: [`--audit-policy-file=${dir}`],
    says: failed(`loading audit policy file: failed to read file path \\\\"${dir}\\\\": read ${dir}: is a directory`)
  },
  {
    name: 'policy is empty',
    flags: [policyOf(dir, 'empty.json', '')],
    says: failed(
      'loading audit policy file: unknown group version field audit.k8s.io/__internal, Kind=Policy in policy: from file .*empty.json'
    )
  },
  {
    name: 'unknown level',
    flags: [policyOf(dir, 'level.json', `${HEAD},"rules":[{"level":"Everything"}]}`)],
    says: failed(
      'loading audit policy file: rules\\[0\\].level: Unsupported value: \\\\"Everything\\\\": supported values: .*'
    )
  },
  {
    name: 'no rules',
    flags: [policyOf(dir, 'bare.json', `${HEAD}}`)],
    says: failed('loading audit policy file: loaded illegal policy with 0 rules: from file .*bare.json')
  },
  {
    name: 'log is a directory',
    flags: [good, `--audit-log-path=${dir}`],
    says: failed(`ensureLogFile: open ${dir}: is a directory`)
  },
  {
    name: 'log is a directory, no policy',
    flags: [`--audit-log-path=${dir}`],
    says: failed(`ensureLogFile: open ${dir}: is a directory`)
  },
  {
    name: 'webhook without kubeconfig',
    flags: [good, '--audit-webhook-config-file=/nowhere/webhook'],
    says: failed('initializing audit webhook: .*/nowhere/webhook.*no such file or directory')
  },
  {
    name: 'wrong values',
    flags: [good, `--audit-log-path=${dir}/a.log`, '--audit-log-maxage=-1', '--audit-log-mode=eager'],
    says: failed(
      '\\[invalid audit log mode eager, allowed modes are \\\\"batch,blocking,blocking-strict\\\\", --audit-log-maxage -1 can.t be a negative number\\]'
    )
  },
  {
    name: 'no client CA',
    flags: ['--client-ca-file=/nowhere/ca.crt'],
    says: failed('.*open /nowhere/ca.crt: no such file or directory')
  },
  {
    name: 'unknown feature gate',
    flags: ['--feature-gates=PodLevelResources=true,Nonesuch=true'],
    says: failed('unrecognized feature gate: Nonesuch')
  }
]
