/** A container image's reference with the registry and `library/` filled in. */
export interface ImageReference {
  readonly registry: string
  readonly repository: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

/**
 * Takes an image reference apart as the kubelet and the runtimes do; undefined for text that is none, and for a registry
 * with an underscore in its name, which nothing can pull from. Rules:
 * https://github.com/distribution/reference/blob/v0.6.0/normalize.go and regexp.go in the same place.
 */
export const parseImage = (text: string): ImageReference | undefined => {
  if (text.length > LONGEST || IDENTIFIER.test(text)) return undefined
  const [named = '', digest, ...more] = text.split('@')
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) return undefined
  const [registry, rest] = splitRegistry(named)
  const colon = rest.indexOf(':')
  const repository = colon < 0 ? rest : rest.slice(0, colon)
  const tag = colon < 0 ? undefined : rest.slice(colon + 1)
  if (!REGISTRY.test(registry) || repository.length > 255 || !REPOSITORY.test(repository)) return undefined
  if (tag !== undefined && !TAG.test(tag)) return undefined
  return { registry, repository, tag, digest }
}

// 255 each for the registry's name and the repository, 128 for the tag and 136 for the digest, with room for ports
const LONGEST = 1024
const IDENTIFIER = /^[a-f0-9]{64}$/
const PART = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const REGISTRY = new RegExp(`^(?:${PART}(?:\\.${PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)
const TAG = /^\w[\w.-]{0,127}$/

// the algorithms go-digest knows: https://github.com/opencontainers/go-digest/blob/v1.0.0/algorithm.go
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 }

const isDigest = (text: string): boolean => {
  const [, algorithm = '', hex = ''] = /^([a-z0-9]+):([a-f0-9]+)$/.exec(text) ?? []
  return DIGEST_LENGTHS[algorithm] === hex.length
}

const splitRegistry = (named: string): readonly [registry: string, rest: string] => {
  const slash = named.indexOf('/')
  const first = named.slice(0, Math.max(slash, 0))
  const isRegistry = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase()
  const registry = isRegistry && first !== 'index.docker.io' ? first : 'docker.io'
  const rest = isRegistry ? named.slice(slash + 1) : named
  return [registry, registry === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest]
}
