import { dirname, join, relative, resolve } from 'node:path'
import { ANSWER_FILE } from '../../drills/goals/answer-file.ts'
import type { Drill, Exercise } from '../../drills/drill.ts'
import type { Run } from '../../drills/progress.ts'
import { AuditError } from '../../errors.ts'
import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { namedByTemporary } from '../../host/atomic-write.ts'
import { changeTree } from '../../host/change-tree.ts'
import { type FileTree, namesInDirectory, removeTemporaries, type TreeEntry } from '../../host/file-tree.ts'
import { count, fields, parseJson, text } from '../../host/json-shape.ts'
import { readLocalFile } from '../../host/local-files.ts'
import { taskLines } from '../../render/drill.ts'
import { type Paint, paintFor } from '../../render/paint.ts'

const MARK = '.auditpatch-drill'
const TASK = 'TASK'
const TASK_WIDTH = 80

/**
 * Makes the node of a drill in a directory, with the task in a file TASK, and a mark by which it is known again. All of it or
 * nothing: what `seal` throws, which is called when all is made, takes it away again.
 */
export const makeNode = (directory: string, drill: Drill, seed: number, exercise: Exercise, seal: () => void): void => {
  removeTemporaries(directory, MARK)
  changeTree(directory, { removed: [], made: nodeTree(drill, seed, exercise) }, seal)
}

/**
 * Makes it anew: what it consists of goes, and whatever somebody put there, but for what lies beside it. All of it or nothing,
 * as for makeNode.
 */
export const remakeNode = (
  directory: string,
  drill: Drill,
  seed: number,
  exercise: Exercise,
  seal: () => void
): void => {
  const tops = [...exercise.start.keys(), ...exercise.solution.keys()].map(path => path.split('/')[1] ?? '')
  const removed = [...new Set([...tops, TASK])].filter(name => name !== '')
  changeTree(directory, { removed, made: nodeTree(drill, seed, exercise) }, seal)
}

// the mark comes first: by it a node that was left half made is known, and made anew
const nodeTree = (drill: Drill, seed: number, exercise: Exercise): FileTree => {
  const task = taskLines(drill, exercise, paintFor(false), TASK_WIDTH)
  return new Map<string, TreeEntry>([
    [MARK, { kind: 'file', text: markOf(drill.id, seed), mode: 0o644 }],
    ...exercise.start,
    [TASK, { kind: 'file', text: `${task.join('\n')}\n`, mode: 0o644 }]
  ])
}

const markOf = (drill: string, seed: number): string => `${JSON.stringify({ drill, seed })}\n`

/** Throws NOT_FOUND or WRONG_KIND where the directory of a try is not there, or another's: nothing of it is touched then. */
export const requireNode = ({ directory, drill, seed }: Run): void => {
  const names = namesInDirectory(directory)
  const next = `auditpatch drill start ${drill}${names === null ? ` --seed ${seed}` : ''}`
  if (names === null)
    throw new AuditError('NOT_FOUND', `the node of ${drill} is not there any more: ${directory}`, {
      path: directory,
      next
    })
  const mark = names.includes(MARK) ? readLocalFile(join(directory, MARK), 4096).toString('utf8') : ''
  if (mark !== markOf(drill, seed))
    throw new AuditError('WRONG_KIND', `${directory} is not the node of ${drill}`, { path: directory, next })
}

/** The node of a drill in which a directory lies; undefined where it lies in none. */
export const nodeAround = (
  directory: string
): { readonly directory: string; readonly drill: string; readonly seed: number } | undefined => {
  const mark = join(directory, MARK)
  const found = namesInDirectory(directory)?.includes(MARK) ? readMark(mark) : undefined
  if (found) return { directory, ...found }
  const above = dirname(directory)
  return above === directory ? undefined : nodeAround(above)
}

const MARKED = fields({ drill: text, seed: count })

const readMark = (file: string): { readonly drill: string; readonly seed: number } | undefined => {
  const found = parseJson(readLocalFile(file, 4096), MARKED)
  return found.ok ? found.value : undefined
}

/** The directory in which a node is made: the one asked for, which has to be empty or not there, else a free name. Throws WRONG_KIND. */
export const emptyDirectory = (given: string | undefined, name: string): string => {
  if (given === '') throw new AuditError('USAGE', '--dir: a directory is wanted, found nothing')
  if (given !== undefined) {
    const directory = resolve(given)
    if (!isFree(directory))
      throw new AuditError('WRONG_KIND', `${directory} is not empty: a node is made in a directory of its own`, {
        path: directory,
        next: namesInDirectory(directory)?.includes(MARK)
          ? 'it is the node of a drill: drill reset makes one anew; one that a start was killed over can be removed'
          : 'give another with --dir'
      })
    const around = nodeAround(dirname(directory))
    if (around)
      throw new AuditError('WRONG_KIND', `${directory} lies in the node of ${around.drill}`, {
        path: directory,
        next: 'give a directory outside of it with --dir'
      })
    return directory
  }
  // beside the node in which somebody is, not within
  const around = nodeAround(resolve('.'))?.directory
  const base = around === undefined ? '.' : dirname(around)
  for (let number = 1; ; number++) {
    const directory = resolve(base, number === 1 ? name : `${name}-${number}`)
    if (isFree(directory)) return directory
  }
}

// a start that was killed before its mark stood leaves a part of that
const isFree = (directory: string): boolean =>
  (namesInDirectory(directory) ?? []).every(name => namedByTemporary(name) === MARK)

/** A path of this machine as somebody here would type it. */
export const fromHere = (path: string): string => {
  const here = relative(resolve('.'), path)
  return here === '' ? '.' : here.startsWith('..') ? path : here
}

/** Which try something is about, in a line. */
export const aboutLine = ({ drill, directory }: Run, paint: Paint): string => {
  const here = fromHere(directory)
  return paint.dim(`${drill} in ${here === '.' ? 'this directory' : here}`)
}

/** The file that a task begins with; a directory, with a slash behind it, where which of its files go is the question. */
export const firstFile = ({ family }: Drill, { solution }: Exercise): string => {
  if (family === 'log') return ANSWER_FILE
  const [first] = solution
  if (!first || !['policy', 'immutable', 'falco'].includes(family)) return DEFAULT_MANIFEST
  const [path, text] = first
  return text === null ? `${dirname(path)}/` : path
}
