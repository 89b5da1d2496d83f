import type { BundledPackage } from '../host/bundled-packages.ts'

/** The licences of what is in the bundle besides this program: they have to go along with it. */
export const licenceTexts = (packages: readonly BundledPackage[]): string =>
  [
    'auditpatch holds these packages of npm, under the terms that follow each name.',
    ...packages.map(({ name, version, text }) => `${'-'.repeat(72)}\n${name} ${version}\n\n${text.trim()}`)
  ].join('\n\n') + '\n'
