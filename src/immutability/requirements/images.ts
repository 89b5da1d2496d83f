import { stringAt } from '../../text/guard.ts'
import type { Requirement, Shortfall } from '../requirement.ts'
import { type ContainerSubject, wordsOf } from '../subject.ts'

const judgeImage = (
  { container }: ContainerSubject,
  field: 'image' | 'imagePullPolicy',
  judge: (tag: string | undefined, text: string) => Omit<Shortfall, 'path'> | null
): Shortfall[] => {
  const text = stringAt(container.data, 'image') ?? ''
  const shortfall = text === '' || text.includes('@') ? null : judge(tagOf(text), text)
  return shortfall ? [{ path: [...container.path, field], ...shortfall }] : []
}

// by the text alone: a name with a placeholder in it is no reference yet, and yet names a tag or none
const tagOf = (image: string): string | undefined => image.slice(image.lastIndexOf('/') + 1).split(':')[1]

const isLatest = (tag: string | undefined): boolean => tag === undefined || tag === 'latest'

/** What says which code a container runs: it may change from one start to the next. */
export const IMAGE_REQUIREMENTS = [
  {
    code: 'image-latest',
    severity: 'warning',
    about: 'container',
    what: 'an image by its digest, or at least by a version',
    why: 'latest is another image tomorrow: a container that is started anew runs code that nobody has looked at',
    judge: subject =>
      judgeImage(subject, 'image', (tag, text) =>
        isLatest(tag)
          ? {
              message: `${wordsOf(subject.container)} runs whatever ${text} is when it starts: the tag is ${tag ?? 'missing, which means latest'}`,
              remediation: 'name a version and its digest: NAME:VERSION@sha256:...'
            }
          : null
      )
  },
  {
    code: 'image-digest',
    severity: 'info',
    about: 'container',
    what: 'an image by its digest',
    why: 'a tag can be moved to another image; a digest cannot',
    judge: subject =>
      judgeImage(subject, 'image', (tag, text) =>
        isLatest(tag)
          ? null
          : {
              message: `${wordsOf(subject.container)} names ${text} without a digest: the tag can be moved to another image`,
              remediation: 'add the digest: NAME:VERSION@sha256:...'
            }
      )
  },
  {
    code: 'image-pull-policy',
    severity: 'info',
    about: 'container',
    what: 'imagePullPolicy: Always only for an image by its digest',
    why: 'with Always a restart brings the image that the tag names by then',
    judge: subject =>
      judgeImage(subject, 'imagePullPolicy', (_, text) =>
        subject.container.data.imagePullPolicy === 'Always'
          ? {
              message: `${wordsOf(subject.container)} gets ${text} anew at each start: imagePullPolicy is Always, and no digest says which image`,
              remediation: 'add the digest; Always does no harm then'
            }
          : null
      )
  }
] as const satisfies readonly Requirement[]
