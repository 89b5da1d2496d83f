import { NEWEST } from '../audit/version.ts'
import { sortFindings } from '../finding.ts'
import { valueAt } from '../text/guard.ts'
import { editSource, valueOf } from '../text/edit.ts'
import { formatPath } from '../text/locate.ts'
import type { Operation } from '../text/value.ts'
import { checkDocuments, type ImmutableFinding } from './check.ts'
import { fieldOperations } from './field-operations.ts'
import { editsIn, type FieldEdit } from './fixes.ts'
import { type JudgedContainer, type JudgedPod, judgePod } from './judge-pod.ts'
import type { NeededPath } from './needed-paths.ts'
import { inFile, isParsed, type ParsedDocument, parseDocuments, placeIn } from './parsed-document.ts'
import { optionsFor, type PatchOptions } from './patch-options.ts'
import { type Reminder, reminders } from './reminders.ts'
import { type ContainerSubject, wordsOf } from './subject.ts'
import { volumeOperations, type WritableVolume, writableVolumes } from './writable-volumes.ts'

/** One change of a workload's manifest: `before` and `after` are null where there is nothing. */
export interface WorkloadChange {
  readonly kind: 'set-field' | 'add-volume' | 'add-mount'
  readonly path: string
  /** The container that it is about, in words. */
  readonly subject: string
  readonly name: string
  readonly before: string | null
  readonly after: string | null
  readonly reason: string
}

/** What a patch makes of a file of manifests. */
export interface PatchedFile {
  readonly file: string
  readonly before: string
  readonly after: string
  /** The same by documents, in their order. */
  readonly documents: readonly { readonly before: string; readonly after: string }[]
  readonly changes: readonly WorkloadChange[]
  /** What is left to people, with its place in the text as it will be. */
  readonly findings: readonly ImmutableFinding[]
  /** The names of the containers in it. */
  readonly containers: readonly string[]
}

/**
 * Makes the containers of a file of manifests immutable as far as that is not known to break the pod: bytes besides the changes stay
 * as they are. The places of findings are those of the text before or after. Throws as parsing and editing do, with the place in the
 * file, and then nothing of it was changed.
 */
export const patchManifests = (
  text: string,
  file: string,
  options: PatchOptions,
  places: 'before' | 'after' = 'before'
): PatchedFile => {
  const found = parseDocuments(text, file)
  const parts = found.map(part => (isParsed(part) ? patchDocument(part, options) : untouched(part)))
  const texts = found.map(part => (isParsed(part) ? part.source.text : part.text))
  const after = parts.map(part => part.text).join('')
  const documents = places === 'before' ? found : parseDocuments(after, file)
  const reminded = parts.flatMap((part, index) => {
    const document = documents[index]
    return document && isParsed(document) ? part.reminders.map(each => ({ file, ...each, document })) : []
  })
  return {
    file,
    before: text,
    after,
    documents: parts.map((part, index) => ({ before: texts[index] ?? '', after: part.text })),
    changes: parts.flatMap(part => part.changes),
    containers: parts.flatMap(part => part.containers),
    findings: sortFindings([
      ...checkDocuments(documents, file, NEWEST, options).findings.filter(({ fixable }) => !fixable),
      ...reminded.map(({ document, path, ...rest }) => ({ ...rest, ...placeIn(document, path) }))
    ])
  }
}

interface PatchedDocument {
  readonly text: string
  readonly changes: readonly WorkloadChange[]
  readonly reminders: readonly Reminder[]
  readonly containers: readonly string[]
}

const untouched = ({ text }: { readonly text: string }): PatchedDocument => ({
  text,
  changes: [],
  reminders: [],
  containers: []
})

const patchDocument = (document: ParsedDocument, options: PatchOptions): PatchedDocument => {
  const patches = document.workloads.map(workload => planPod(judgePod(workload, optionsFor(workload, options))))
  const data = patches.length > 0 ? valueOf(document.source) : null
  const edited = inFile(document.line, () =>
    editSource(
      document.source,
      patches.flatMap(({ edits, volumes, judged }): Operation[] => [
        ...fieldOperations(document.source, data, edits),
        ...volumeOperations(document.source, judged.pod, volumes)
      ])
    )
  )
  return {
    text: edited.text,
    containers: patches.flatMap(({ judged }) => judged.pod.containers.map(({ container }) => container.name)),
    changes: patches.flatMap(({ edits, volumes, judged }) => [
      ...edits.map(edit => fieldChange(data, edit)),
      ...volumes.flatMap(volume => volumeChanges(judged, volume))
    ]),
    reminders: patches.flatMap(({ judged, volumes }) => reminders(judged, volumes))
  }
}

interface PodPlan {
  readonly judged: JudgedPod
  readonly edits: readonly (FieldEdit & { readonly subject: string })[]
  readonly volumes: readonly WritableVolume[]
}

const planPod = (judged: JudgedPod): PodPlan => ({
  judged,
  edits: judged.containers.flatMap(container =>
    editsOf(container).map(edit => ({ ...edit, subject: inWords(judged, container.subject) }))
  ),
  volumes: writableVolumes(
    judged.pod,
    judged.containers.map(container => ({ subject: container.subject, needed: neededIn(container) }))
  )
})

const inWords = ({ pod }: Pick<JudgedPod, 'pod'>, { container }: ContainerSubject): string =>
  `${pod.workload.kind} ${pod.workload.name}, ${wordsOf(container)}`

const editsOf = ({ unmet }: JudgedContainer): readonly FieldEdit[] => unmet.flatMap(({ fix }) => editsIn(fix))

const neededIn = (container: JudgedContainer): readonly NeededPath[] => {
  const { subject, paths } = container
  if (subject.container.list === 'ephemeralContainers') return []
  const isMadeReadOnly = editsOf(container).some(({ path }) => path.at(-1) === 'readOnlyRootFilesystem')
  if (isMadeReadOnly) return [...paths.needed, ...paths.guess]
  return subject.securityContext.readOnlyRootFilesystem === true ? paths.needed : []
}

const fieldChange = (data: unknown, { path, after, reason, subject }: PodPlan['edits'][number]): WorkloadChange => {
  const before = valueAt(data, path)
  return {
    kind: 'set-field',
    path: formatPath(path),
    subject,
    name: String(path.at(-1)),
    before: before === undefined || before === null ? null : JSON.stringify(before),
    after: JSON.stringify(after),
    reason
  }
}

const volumeChanges = (
  { pod }: Pick<JudgedPod, 'pod'>,
  { name, path, because, subject }: WritableVolume
): WorkloadChange[] => [
  {
    kind: 'add-volume',
    path: formatPath([...pod.workload.specPath, 'volumes']),
    subject: inWords({ pod }, subject),
    name,
    before: null,
    after: 'emptyDir',
    reason: ''
  },
  {
    kind: 'add-mount',
    path: formatPath([...subject.container.path, 'volumeMounts']),
    subject: inWords({ pod }, subject),
    name: path,
    before: null,
    after: `${path} from ${name}, read-write`,
    reason: because
  }
]
