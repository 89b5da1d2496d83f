import { type ImageReference, parseImage } from './image-reference.ts'
import { APPLICATION_IMAGES } from './known-application-images.ts'
import { BASE_IMAGES } from './known-base-images.ts'
import { CLUSTER_IMAGES } from './known-cluster-images.ts'
import { DATABASE_IMAGES } from './known-database-images.ts'
import type { KnownImage } from './known-image.ts'
import { MONITORING_IMAGES } from './known-monitoring-images.ts'
import { POSTGRES_IMAGES } from './known-postgres-images.ts'
import { WEB_IMAGES } from './known-web-images.ts'

/** Every image that is known; of rows with the same repository the first whose tags match counts. */
export const KNOWN_IMAGES = [
  ...WEB_IMAGES,
  ...APPLICATION_IMAGES,
  ...DATABASE_IMAGES,
  ...POSTGRES_IMAGES,
  ...MONITORING_IMAGES,
  ...CLUSTER_IMAGES,
  ...BASE_IMAGES
] as const satisfies readonly KnownImage[]

/**
 * What is known of an image, by its registry and repository; undefined for a private copy, of which nobody can tell what is
 * in it, and for a digest alone where the row depends on the tag.
 */
export const knownImage = (image: string): KnownImage | undefined => {
  const reference = parseImage(image)
  if (!reference) return undefined
  const name = publicName(reference)
  const rows: readonly KnownImage[] = KNOWN_IMAGES.filter(
    (row: KnownImage) => row.repository === name || row.also?.includes(name)
  )
  const tag = reference.tag ?? (reference.digest ? undefined : 'latest')
  if (tag !== undefined) return rows.find(row => row.tags?.test(tag) ?? true)
  return rows[0]?.tags ? undefined : rows[0]
}

// copies of Docker Hub that others keep for everybody: https://docs.aws.amazon.com/AmazonECR/latest/public/docker-official-images.html
// and https://cloud.google.com/artifact-registry/docs/pull-cached-dockerhub-images
const HUB_COPIES = [
  ['registry-1.docker.io/', ''],
  ['mirror.gcr.io/', ''],
  ['public.ecr.aws/docker/library/', 'library/']
] as const

const publicName = ({ registry, repository }: ImageReference): string => {
  const name = `${registry}/${repository}`
  const copy = HUB_COPIES.find(([prefix]) => name.startsWith(prefix))
  return copy ? `docker.io/${copy[1]}${name.slice(copy[0].length)}` : name
}
