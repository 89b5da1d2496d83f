/** A hostPath volume and its mount, as a test wants them in a manifest. */
export interface AddedMount {
  readonly name: string
  readonly path: string
  /** The path inside the container; the same as on the host when absent. */
  readonly mountPath?: string
  readonly type?: string
  readonly readOnly?: boolean
}

/** A kubeadm manifest with further items at the end of its command. */
export const withFlags = (manifest: string, ...flags: readonly string[]): string =>
  manifest.replace(/^    image:/m, `${flags.map(flag => `    - ${flag}\n`).join('')}    image:`)

/** A kubeadm manifest with one more hostPath volume, mounted in the container. */
export const withMount = (manifest: string, { name, path, mountPath = path, type, readOnly }: AddedMount): string =>
  manifest
    .replace(
      /^  hostNetwork:/m,
      `    - mountPath: ${mountPath}\n      name: ${name}\n${readOnly ? '      readOnly: true\n' : ''}  hostNetwork:`
    )
    .replace(
      /^status:/m,
      `  - hostPath:\n      path: ${path}\n${type === undefined ? '' : `      type: ${type}\n`}    name: ${name}\nstatus:`
    )

/** A kubeadm manifest with one more annotation of the pod. */
export const withAnnotation = (manifest: string, key: string, value: string): string =>
  manifest.replace(/^  annotations:\n/m, `  annotations:\n    ${key}: ${value}\n`)
