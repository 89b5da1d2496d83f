import { createPrivateKey, X509Certificate } from 'node:crypto'
import { AuditError } from '../errors.ts'

/** PEM texts by which a server proves who it is. */
export interface ServerCertificate {
  /** With those behind it that vouch for it. */
  readonly certificate: string
  readonly key: string
}

/**
 * The certificate and the private key of one PEM file, in any order, as Falco's sslCertificate holds them. Throws
 * BAD_CERTIFICATE where one is missing or broken, or the key is of another certificate.
 */
export const serverCertificate = (pem: string, path: string): ServerCertificate => {
  const refuse = (why: string, cause?: unknown): AuditError =>
    new AuditError('BAD_CERTIFICATE', `${path} ${why}`, { path, cause })
  const certificate = blocksOf(pem, 'CERTIFICATE').join('')
  const [key] = blocksOf(pem, '(?:[A-Z0-9]+ )*PRIVATE KEY')
  if (certificate === '') throw refuse('holds no certificate (-----BEGIN CERTIFICATE-----)')
  if (key === undefined) throw refuse('holds no private key (-----BEGIN PRIVATE KEY-----)')
  if (/ENCRYPTED/.test(key)) throw refuse('holds a private key with a passphrase, which nobody is there to type')
  const read = <T>(what: string, make: () => T): T => {
    try {
      return make()
    } catch (cause) {
      throw refuse(`holds a ${what} that is damaged`, cause)
    }
  }
  const first = read('certificate', () => new X509Certificate(certificate))
  const own = read('private key', () => createPrivateKey(key))
  if (!first.checkPrivateKey(own)) throw refuse('holds a private key that is not that of its first certificate')
  return { certificate, key }
}

/**
 * The certificates of a PEM file by which those of servers are checked, and nothing else that it holds. Throws
 * BAD_CERTIFICATE where there is none or one is damaged.
 */
export const certificatesOf = (pem: string, path: string): string => {
  const blocks = blocksOf(pem, 'CERTIFICATE')
  const refuse = (why: string, cause?: unknown): AuditError =>
    new AuditError('BAD_CERTIFICATE', `${path} ${why}`, { path, cause, next: 'give a PEM file with the certificate' })
  if (blocks.length === 0) throw refuse('holds no certificate (-----BEGIN CERTIFICATE-----)')
  for (const block of blocks) {
    try {
      new X509Certificate(block)
    } catch (cause) {
      throw refuse('holds a certificate that is damaged', cause)
    }
  }
  return blocks.join('')
}

const blocksOf = (pem: string, label: string): string[] =>
  [...pem.matchAll(new RegExp(`-----BEGIN (${label})-----[^-]*-----END \\1-----`, 'g'))].map(([block]) => `${block}\n`)
