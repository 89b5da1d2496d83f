/** A Kubernetes minor release. */
export interface KubernetesVersion {
  readonly major: number
  readonly minor: number
}

/** The newest release whose sources the tables of this project were read from; used where none is known. */
export const NEWEST: KubernetesVersion = { major: 1, minor: 36 }

/** A version from `1.31`, `v1.31.4` or an image tag; undefined when the text names none. */
export const parseVersion = (text: string): KubernetesVersion | undefined => {
  const match = /^v?(\d{1,3})\.(\d{1,4})(?:[.+-].*)?$/.exec(text)
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined
}

/** The version in an image reference's tag; undefined for a digest alone or a tag that is no version. */
export const versionOfImage = (image: string): KubernetesVersion | undefined => {
  const tag = /:([^/@:]+)(?:@.*)?$/.exec(image)?.[1]
  return tag === undefined ? undefined : parseVersion(tag)
}

/** True when `version` is `minor` of major 1 or newer. */
export const isAtLeast = (version: KubernetesVersion, minor: number): boolean =>
  version.major > 1 || (version.major === 1 && version.minor >= minor)

/** `1.31` */
export const formatVersion = (version: KubernetesVersion): string => `${version.major}.${version.minor}`
