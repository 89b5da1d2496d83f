import { isRecord, type Unknown } from '../text/guard.ts'

/** What client-go refuses in the credentials of a webhook kubeconfig: the key at fault, what is wrong, what to do. */
export interface UserFault {
  readonly key: string
  readonly message: string
  readonly remediation: string
}

/** The faults of the mapping under `user`. client-go tools/clientcmd/validation.go, validateAuthInfo */
export const checkUser = (user: Unknown): UserFault[] => [
  ...checkCertificate(user),
  ...checkMethods(user),
  ...checkExec(user),
  ...checkData(user, ['client-certificate-data', 'client-key-data'])
]

/** The faults of values that must be base64. */
export const checkData = (holder: Unknown, keys: readonly string[]): UserFault[] =>
  keys.flatMap(key => {
    const value = holder[key] ?? ''
    if (typeof value === 'string' && isBase64(value)) return []
    return [{ key, message: `${key} is not base64`, remediation: `name a file under ${key.replace(/-data$/, '')}` }]
  })

const isBase64 = (text: string): boolean => {
  const bare = text.replace(/[\r\n]/g, '')
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare)
}

const has = (holder: Unknown, ...keys: string[]): boolean => keys.some(key => (holder[key] ?? '') !== '')

const checkCertificate = (user: Unknown): UserFault[] => {
  if (!has(user, 'client-certificate', 'client-certificate-data') || has(user, 'client-key', 'client-key-data'))
    return []
  const key = has(user, 'client-certificate') ? 'client-certificate' : 'client-certificate-data'
  return [{ key, message: 'a client certificate needs its key', remediation: 'name the file of it in client-key' }]
}

const checkMethods = (user: Unknown): UserFault[] => {
  if (!has(user, 'token', 'tokenFile') || !has(user, 'username', 'password')) return []
  const message = 'a token and a password cannot both be sent'
  return [{ key: has(user, 'token') ? 'token' : 'tokenFile', message, remediation: 'leave one of them' }]
}

const checkExec = ({ exec }: Unknown): UserFault[] =>
  ['command', 'apiVersion', 'interactiveMode'].flatMap(key =>
    !isRecord(exec) || has(exec, key)
      ? []
      : [{ key: 'exec', message: `exec needs ${key}`, remediation: `add ${key} to exec` }]
  )
