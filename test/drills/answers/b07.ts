import { posix } from 'node:path'
import { stringify, parse } from 'yaml'
import type { Exercise } from '../../../src/drills/drill.ts'
import { type Answer, type Answers, type Files, inManifest, MANIFEST } from '../answer.ts'
import { OTHER_MOUNTS, repairing } from '../repair-answers.ts'

const pathsOf = ({ solution }: Exercise): { copy: string; kept: string } => {
  const [copy = '', kept = ''] = [...solution.keys()]
  return { copy, kept }
}

/** The copy is somewhere else than where it is to be kept. */
const keptAt =
  (place: (copy: string) => string): Answer['edit'] =>
  (files: Files, exercise) => {
    const { copy, kept } = pathsOf(exercise)
    return { ...files, [kept]: null, [place(copy)]: files[kept] ?? '' }
  }

const beside = (name: string): string => posix.join(posix.dirname(MANIFEST), name)

export const b07: Answers = {
  faults: ['stray-pod'],
  wrong: [
    // what is asked of the manifest is so at the start
    ...repairing('W8'),
    { name: 'W8: the copy is left where it is', code: 'stray-pod', edit: keptAt(copy => copy) },
    {
      name: 'W8: the copy is kept as asked, and is still there too',
      code: 'stray-pod',
      edit: (files, exercise) => {
        const { copy, kept } = pathsOf(exercise)
        return { ...files, [copy]: files[kept] ?? '' }
      }
    },
    {
      name: 'W8: another ending, the same directory',
      code: 'stray-pod',
      edit: keptAt(() => beside('zz-kube-apiserver.txt'))
    },
    { name: 'W8: a name that sorts in front', code: 'stray-file', edit: keptAt(() => beside('a-kube-apiserver.yaml')) },
    { name: 'the copy is hidden there', code: 'copy-missing', edit: keptAt(() => beside('.kube-apiserver.yaml.bak')) },
    {
      name: 'the copy is thrown away',
      code: 'copy-missing',
      edit: (files, exercise) => ({ ...files, [pathsOf(exercise).kept]: null })
    },
    {
      name: 'the new configuration is kept instead of the old one',
      code: 'copy-changed',
      edit: (files, exercise) => ({ ...files, [pathsOf(exercise).kept]: files[MANIFEST] ?? '' })
    },
    {
      name: 'the old configuration has been put in the place of the new one',
      code: 'audit-off',
      edit: inManifest(text => text.replace(/ {4}- --audit.*\n/g, ''))
    }
  ],
  right: [
    ...OTHER_MOUNTS,
    {
      name: 'the copy is written anew by another program',
      edit: (files, exercise) => {
        const { kept } = pathsOf(exercise)
        return { ...files, [kept]: stringify(parse(files[kept] ?? ''), { indent: 4 }) }
      }
    },
    {
      name: 'a hidden copy of the new one is beside it, which the kubelet passes over',
      edit: files => ({ ...files, [beside('.kube-apiserver.yaml.swp')]: files[MANIFEST] ?? '' })
    }
  ]
}
