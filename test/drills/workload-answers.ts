import { parse, stringify } from 'yaml'
import type { Exercise } from '../../src/drills/drill.ts'
import type { Answer } from './answer.ts'

/** A container as answers change it. */
export interface ContainerData {
  name: string
  image: string
  command?: string[]
  securityContext?: Record<string, unknown>
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
  [key: string]: unknown
}

/** The spec of a pod as answers change it. */
export interface SpecData {
  initContainers: ContainerData[]
  containers: ContainerData[]
  securityContext?: Record<string, unknown>
  volumes: Record<string, unknown>[]
  [key: string]: unknown
}

interface ObjectData {
  spec: SpecData & { template?: { spec: SpecData } }
}

/** The file that an exercise is about: the only one of its solution. */
export const manifestFile = ({ solution }: Exercise): string => {
  const [path] = solution.keys()
  if (path === undefined) throw new Error('the exercise changes no file')
  return path
}

/** An answer in which the text of the manifest reads differently from the solution's. */
export const inManifestText =
  (change: (text: string, exercise: Exercise) => string): Answer['edit'] =>
  (files, exercise) => {
    const file = manifestFile(exercise)
    const before = files[file] ?? ''
    const after = change(before, exercise)
    if (after === before) throw new Error(`an answer changes nothing in ${file}`)
    return { ...files, [file]: after }
  }

/** An answer in which the pod is another than the solution's. */
export const inSpec = (change: (spec: SpecData, exercise: Exercise) => void): Answer['edit'] =>
  inManifestText((text, exercise) => {
    // the test reads back what the drill wrote
    const object = parse(text) as ObjectData
    change(object.spec.template?.spec ?? object.spec, exercise)
    return stringify(object, { lineWidth: 0 })
  })

/** An item of a list. Throws where there is none. */
export const itemAt = <T>(list: readonly T[], index: number): T => {
  const found = list.at(index)
  if (found === undefined) throw new Error(`there is no item ${index}`)
  return found
}

/** All containers of a pod. */
export const allOf = ({ initContainers = [], containers }: SpecData): ContainerData[] => [
  ...initContainers,
  ...containers
]
