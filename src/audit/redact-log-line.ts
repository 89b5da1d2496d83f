import { REDACTED } from './kubeconfig-keys.ts'

/**
 * A line of another program's log without what gives access: the user and password of a URL, the values of its query, a
 * token. Go's net/url names a whole URL where it cannot be parsed, and kube-apiserver prints it as it ends.
 */
export const redactLogLine = (line: string): string =>
  line
    .replace(USER, `$1${REDACTED}@`)
    .replace(QUERY, (whole, key: string, value: string) => (PLAIN.test(value) ? whole : `${key}${REDACTED}`))
    .replace(TOKEN, `$1 ${REDACTED}`)

const USER = /(:\/\/)[^\s"'\\]*@/g
const QUERY = /([?&][\w.-]+=)([^\s"'&#\\]+)/g
// limits, times and switches of requests to the API
const PLAIN = /^(\d{1,9}(ms|s|m|h)?|true|false)$/
const TOKEN = /\b(Bearer|Basic) [\w.~+/=-]{16,}/g
