import { nearestFlag } from '../audit/flags.ts'
import type { CauseFacts, CauseRow, Said } from './cause.ts'
import { rows } from './cause-rows.ts'

const row = rows('flags', 'kube-apiserver reads its flags before all else, and ends at the first that it cannot take')

const STRAY = /"[^"]*" does not take any arguments, got \[(?<words>.*)\]/

const firstWord = (words: string | undefined): string => /"((?:[^"\\]|\\.)*)"/.exec(words ?? '')?.[1] ?? words ?? ''

const DASH = /^[\u2010-\u2015\u2212]+/
// %q of Go may print them so
const ESCAPED_DASH = /^(?:\\?u201[0-5]|\\?u2212)+/

const isDashed = (word: string): boolean => DASH.test(word) || ESCAPED_DASH.test(word)

// `--flag value` as two items is one flag only where the flag is no boolean
const flagBefore = (word: string, { pod }: CauseFacts): string | undefined => {
  const words = pod?.command.words ?? []
  const index = words.findIndex(each => each.text === word)
  const before = words[index - 1]?.text
  return before?.startsWith('--') === true && !before.includes('=') ? before : undefined
}

const strayFix = ({ words }: Said, facts: CauseFacts): string => {
  const word = firstWord(words)
  const flag = /^(true|false|t|f|0|1)$/i.test(word) ? flagBefore(word, facts) : undefined
  if (flag !== undefined)
    return `write ${flag}=${word} as one item in ${facts.manifest}: a boolean flag takes no second word`
  if (/^[a-z][a-z-]+=/.test(word)) return `write --${word} for ${word} in ${facts.manifest}`
  return `take the word "${word}" out of the command in ${facts.manifest}, or join it with = to the flag before it`
}

/** What kube-apiserver says of its flags: spf13/pflag, cobra, and the options' own validation. */
export const FLAG_CAUSES: readonly CauseRow[] = [
  row(
    'bad-flag-word',
    /unknown flag: (?<flag>--[^\s"]*)\s+"?$/,
    'a blank stands in a flag',
    ({ flag = '' }, { manifest }) => `write ${flag}=VALUE without blanks around the = in ${manifest}`
  ),
  row(
    'unknown-flag',
    /unknown flag: (?<flag>--[^\s"]*)/,
    'kube-apiserver does not know a flag of the manifest',
    ({ flag = '' }, { manifest }) => {
      const near = nearestFlag(flag.replace(/^--/, ''))
      return near === undefined
        ? `take ${flag} out of ${manifest}, or correct its name: this release has no such flag`
        : `write --${near} for ${flag} in ${manifest}`
    }
  ),
  row(
    'typographic-dash',
    STRAY,
    'a flag begins with a typographic dash',
    ({ words }, { manifest }) =>
      `write --${firstWord(words).replace(DASH, '').replace(ESCAPED_DASH, '')} with two plain hyphens in ${manifest}`,
    ({ words }) => isDashed(firstWord(words))
  ),
  row('stray-word', STRAY, 'a word of the command is no flag', strayFix),
  row(
    'bad-flag-word',
    /unknown shorthand flag: .* in (?<word>-\S+)/,
    'a flag begins with one hyphen',
    ({ word = '' }, { manifest }) => `write -${word} for ${word} in ${manifest}`
  ),
  row(
    'bad-flag-word',
    /bad flag syntax: (?<word>\S+)/,
    'a flag does not begin with two hyphens and its name',
    ({ word = '' }, { manifest }) => `write --${word.replace(/^[-=]+/, '')} for ${word} in ${manifest}`
  ),
  row(
    'flag-without-value',
    /flag needs an argument: (?<flag>--[^\s"]*)/,
    'a flag has no value',
    ({ flag = '' }, { manifest }) => `write ${flag}=VALUE in ${manifest}`
  ),
  row(
    'unknown-feature-gate',
    /unrecognized feature gate: (?<gate>[\w:-]+)/,
    'kube-apiserver does not know a feature gate',
    ({ gate = '' }, { manifest }) =>
      `take ${gate} out of --feature-gates in ${manifest}, or correct its name: this release has no such gate`
  ),
  row(
    'unknown-feature-gate',
    /cannot set feature gate (?<gate>\w+) to (?<to>\w+), feature is (?<what>[^"]*)/,
    'a feature gate can no longer be set',
    ({ gate = '', what = '' }, { manifest }) => `take ${gate} out of --feature-gates in ${manifest}: it is ${what}`
  ),
  row(
    'bad-flag-value',
    /invalid argument "(?<value>.*?)" for "(?<flag>--[^"]*)" flag: (?<what>[^"]*(?:"[^"]*"[^"]*)?)/,
    'the value of a flag cannot be read',
    ({ flag = '', value = '', what = '' }, { manifest }) => `correct ${flag}=${value} in ${manifest}: ${what.trim()}`
  ),
  row(
    'bad-flag-value',
    /(?<what>invalid audit \w+ (?:mode|format|max|buffer|throttle|batch).*?, (?:allowed|must).*?(?=\]|"?$|, invalid)|invalid audit (?:batch|truncate) [^,\]]*, must[^,\]]*|(?<flag>--audit-[\w-]+) \S+ can't be a negative number|invalid group version, allowed versions are[^\]]*)/,
    'the value of an audit flag is not allowed',
    ({ what = '' }, { manifest }) => `correct the audit flags in ${manifest}: ${what}`
  ),
  row(
    'bad-authorization-mode',
    /authorization-mode "(?<mode>[^"]*)" is not a valid mode/,
    'kube-apiserver does not know an authorization mode',
    ({ mode = '' }, { manifest }) =>
      `correct ${mode} in --authorization-mode in ${manifest}: kubeadm has Node,RBAC; others are Webhook, ABAC, AlwaysAllow, AlwaysDeny`
  ),
  row(
    'bad-authorization-mode',
    /(?<what>authorization-mode \[?[^"]*.*has mode specified more than once|at least one authorization-mode must be passed|authorization-mode (?:ABAC|Webhook)'s [^,"\]]*|modes should not be repeated in --authorization-mode)/,
    'the authorization modes are not allowed',
    ({ what = '' }, { manifest }) => `correct --authorization-mode in ${manifest} (kubeadm has Node,RBAC): ${what}`
  ),
  row(
    'unknown-admission-plugin',
    /(?:(?<flag>(?:enable|disable)-admission-plugins|admission-control) plugin "(?<plugin>[^"]*)" is unknown|unknown admission plugin: (?<other>\S+))/,
    'kube-apiserver does not know an admission plugin',
    ({ flag = 'enable-admission-plugins', plugin, other }, { manifest }) =>
      `correct ${plugin ?? other ?? 'the name'} in --${flag} in ${manifest} (kubeadm has NodeRestriction); PodSecurityPolicy and other removed plugins must go`
  ),
  row(
    'bad-flag-value',
    /(?<what>--?[a-z][\w-]+(?:\[\d\])? [^"]*?(?:must|can ?not|can't|may not|should|is required|are required|invalid|conflicts|requires)[^"]*)/,
    'a flag is missing, or its value is not allowed',
    ({ what = '' }, { manifest }) => `correct the command in ${manifest}: ${what.replace(/\]$/, '')}`,
    ({ what }) => what !== undefined
  ),
  row(
    'bad-flag-value',
    /err="\[?(?<what>(?:service-account-issuer|service-cluster-ip-range|service IP family|unknown api groups|either `--service-account|Cipher suite|unknown tls version|invalid runtime-config|oidc-|authorization-|unable to parse|specified ).*?)\]?"?$/,
    'the value of a flag is not allowed',
    ({ what = '' }, { manifest }) => `correct the command in ${manifest}: ${what}`
  )
]
