import { posix } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Exercise } from '../../../src/drills/drill.ts'
import type { Answers, Files } from '../answer.ts'
import { rowOf } from '../log-answers.ts'
import type { ContainerData, SpecData } from '../workload-answers.ts'

interface PodFile {
  readonly path: string
  readonly text: string
  readonly spec: SpecData
}

/** The pods that were there at the start, those that have to go or those that stay. */
const podsOf = ({ start, solution, task }: Exercise, isToGo: boolean): PodFile[] => {
  const directory = rowOf({ start, solution, task } as Exercise, 'manifests')
  return [...start].flatMap(([path, entry]) =>
    entry.kind === 'file' && posix.dirname(path) === directory && solution.has(path) === isToGo
      ? // the test reads back what the drill wrote
        [{ path, text: entry.text, spec: (parse(entry.text) as { spec: SpecData }).spec }]
      : []
  )
}

const isOpen = ({ securityContext = {} }: ContainerData): boolean => securityContext['readOnlyRootFilesystem'] !== true

/** The pods that have to go and are as told. */
const going = (exercise: Exercise, isMeant: (spec: SpecData) => boolean): PodFile[] => {
  const found = podsOf(exercise, true).filter(({ spec }) => isMeant(spec))
  if (found.length === 0) throw new Error('no pod of the kind has to go')
  return found
}

const withText = (files: Files, pods: readonly PodFile[], change = (text: string): string => text): Files => ({
  ...files,
  ...Object.fromEntries(pods.map(({ path, text }) => [path, change(text)]))
})

const isOpenInside = ({ containers }: SpecData): boolean => containers.some(isOpen)
const isOpenBefore = ({ containers, initContainers = [] }: SpecData): boolean =>
  !containers.some(isOpen) && initContainers.some(isOpen)
const isOther = ({ containers, initContainers = [] }: SpecData): boolean =>
  ![...containers, ...initContainers].some(isOpen)

const first = (pods: readonly PodFile[]): PodFile => {
  const [found] = pods
  if (!found) throw new Error('no pod')
  return found
}

export const h02: Answers = {
  faults: [null],
  wrong: [
    {
      name: 'the pod whose init container can be changed',
      code: 'init-container-forgotten',
      edit: (files, exercise) => withText(files, going(exercise, isOpenBefore))
    },
    {
      name: 'the pod of which a container can be changed',
      code: 'still-there',
      edit: (files, exercise) => withText(files, going(exercise, isOpenInside))
    },
    {
      name: 'another one that has to go',
      code: 'still-there',
      edit: (files, exercise) => withText(files, going(exercise, isOther).slice(0, 1))
    },
    {
      name: 'mended instead',
      code: 'mended',
      edit: (files, exercise) =>
        withText(files, going(exercise, isOpenBefore), text =>
          text.replace(/( +)allowPrivilegeEscalation: false\n(?: +readOnly.*\n)?/, '$1readOnlyRootFilesystem: true\n')
        )
    },
    {
      name: 'renamed, but to a name that kubectl takes',
      code: 'still-there',
      edit: (files, exercise) => {
        const { path, text } = first(going(exercise, isOpenInside))
        return { ...files, [path.replace('.yaml', '-old.yml')]: text }
      }
    },
    {
      name: 'all of them',
      code: 'innocent-gone',
      edit: (files, exercise) => ({
        ...files,
        ...Object.fromEntries(podsOf(exercise, false).map(({ path }) => [path, null]))
      })
    },
    {
      name: 'one too many',
      code: 'innocent-gone',
      edit: (files, exercise) => ({ ...files, [first(podsOf(exercise, false)).path]: null })
    },
    {
      name: 'one that stays is made stricter',
      code: 'pod-changed',
      edit: (files, exercise) =>
        withText(files, podsOf(exercise, false).slice(0, 1), text => `${text}  hostPID: false\n`)
    },
    {
      name: 'one that stays cannot be read any more',
      code: 'manifest-unreadable',
      edit: (files, exercise) =>
        withText(files, podsOf(exercise, false).slice(0, 1), text => text.replace('spec:', 'spec: ['))
    },
    {
      name: 'moved among the static pods',
      code: 'stray-file',
      edit: (files, exercise) => {
        const { path, text } = first(going(exercise, isOpenInside))
        return { ...files, [`/etc/kubernetes/manifests/${posix.basename(path)}`]: text }
      }
    }
  ],
  right: [
    {
      name: 'moved away, and out of the sight of kubectl',
      edit: (files, exercise) => {
        const [one, ...others] = podsOf(exercise, true)
        if (!one) throw new Error('nothing has to go')
        return {
          ...files,
          [`${one.path}.bak`]: one.text,
          ...Object.fromEntries(
            others.map(({ path, text }) => [`${posix.dirname(path)}/old/${posix.basename(path)}`, text])
          )
        }
      }
    },
    {
      name: 'those that stay in one file',
      edit: (files, exercise) => {
        const staying = podsOf(exercise, false)
        return {
          ...files,
          ...Object.fromEntries(staying.map(({ path }) => [path, null])),
          [first(staying).path]: staying.map(({ text }) => text).join('---\n')
        }
      }
    },
    {
      name: 'those that stay in JSON, and written otherwise',
      edit: (files, exercise) => {
        const [one, two] = podsOf(exercise, false)
        if (!one || !two) throw new Error('too few stay')
        return {
          ...files,
          [one.path]: null,
          [one.path.replace('.yaml', '.json')]: JSON.stringify(parse(one.text)),
          [two.path]: stringify(parse(two.text), { collectionStyle: 'flow' })
        }
      }
    }
  ]
}
