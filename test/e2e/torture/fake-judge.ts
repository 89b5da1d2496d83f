import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MANIFEST } from '../fake-run.ts'
import { POLICY_PATH } from '../fake-setup.ts'
import { type Ends, runVictim } from './fake-ends.ts'
import { type Ended, runProgram } from './fake-program.ts'
import { differenceOf, isCopyOf, isSame, type State, stateOf, temporariesIn, tornIn } from './fake-state.ts'

const STATE = 'var/lib/auditpatch'
const MANIFESTS = 'etc/kubernetes/manifests'

/** What a run says on stdout as an object; undefined where it is none. */
export const objectOf = ({ out }: Pick<Ended, 'out'>): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(out)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

const namesIn = (directory: string): readonly string[] => (existsSync(directory) ? readdirSync(directory).sort() : [])
const podsIn = (directory: string): string =>
  namesIn(join(directory, MANIFESTS))
    .filter(name => !name.startsWith('.'))
    .join()

/** True while the node tells of an interrupted run. */
export const isOpen = (directory: string): boolean => existsSync(join(directory, STATE, 'journal.json'))

/** What is wrong with files at an instant: a torn one, one more for the kubelet, a policy that is named and not there. */
export const faultsAtOnce = ({ victim, model, before, after }: Ends, directory: string): string[] => {
  const now = stateOf(directory, victim.watched)
  const torn = tornIn(now, before, after).filter(path => !victim.isRemade || now[path] !== undefined)
  const faults = torn.map(path => `${path} is neither the old nor the new one`)
  if (podsIn(directory) !== podsIn(model)) faults.push(`the kubelet finds ${podsIn(directory)}`)
  const manifest = join(directory, MANIFEST)
  const names = existsSync(manifest) && readFileSync(manifest, 'utf8').includes('--audit-policy-file')
  if (names && !existsSync(join(directory, POLICY_PATH))) faults.push('the manifest names a policy that is not there')
  return faults
}

const onNode = (directory: string, ...words: readonly string[]): Promise<Ended> =>
  runProgram([...words, '--root', directory, '-o', 'json'], directory)

const failed = (what: string, { code, signal, out, err, isHung }: Ended): string =>
  `${what} ${isHung ? 'hung' : `ended with ${signal ?? code}`}: ${err.slice(0, 300)} ${out.slice(0, 400)}`

/** Tells the states in which a run may leave its files for good: the new one, and of a transaction the old one where it may fail. */
const endOf =
  ({ victim, before, after }: Ends, mayFail: boolean) =>
  (state: State): boolean =>
    isSame(state, after) || (victim.kind === 'transaction' && mayFail && isSame(state, before))

/**
 * What is wrong with how a node goes on after a run that was cut off or failed: another command reports it, recover brings it
 * to one of its ends, the next run takes the lock and works, its backup can be restored, and nothing is left behind.
 */
export const faultsAfterwards = async (
  ends: Ends,
  directory: string,
  isEnd: (now: State) => boolean
): Promise<string[]> => {
  if (ends.victim.kind === 'writer') return faultsOfWriter(ends, directory)
  const faults: string[] = []
  const wasOpen = isOpen(directory)
  if (wasOpen) {
    const told = await onNode(directory, 'backups')
    if (told.code !== 0 || !told.err.includes('interrupted'))
      faults.push(failed('backups does not report it and', told))
  }
  const recovered = await onNode(directory, 'recover')
  if (recovered.code !== 0 || objectOf(recovered)?.['changed'] !== wasOpen) faults.push(failed('recover', recovered))
  const now = stateOf(directory, ends.victim.watched)
  if (!isEnd(now))
    faults.push(
      `recover leaves neither end; the old: ${differenceOf(now, ends.before)}; the new: ${differenceOf(now, ends.after)}`
    )
  return [...faults, ...(await faultsOfNext(ends, directory, now))]
}

/** The same of a run that may fail or not; of those that changed nothing at all the first stands for all. */
export const faultsAfterRun = async (ends: Ends, directory: string, mayFail: boolean): Promise<readonly string[]> => {
  const look = (): Promise<readonly string[]> => faultsAfterwards(ends, directory, endOf(ends, mayFail))
  if (!isCopyOf(directory, ends.model)) return look()
  const known = ends.untouched.get(mayFail) ?? look()
  ends.untouched.set(mayFail, known)
  return known
}

const faultsOfNext = async ({ victim }: Ends, directory: string, now: State): Promise<string[]> => {
  const faults: string[] = []
  const next = await onNode(directory, 'apply', '--yes', '--log-maxage', '77')
  if (next.code !== 0 || objectOf(next)?.['changed'] !== true) faults.push(failed('the next run', next))
  const restored = await onNode(directory, 'restore', '--yes')
  if (restored.code !== 0) faults.push(failed('restore', restored))
  const back = stateOf(directory, victim.watched)
  // what auditing needs stays where it was made: directories of logs
  const files = (state: State): State =>
    Object.fromEntries(Object.entries(state).filter(([, text]) => !text.startsWith('directory')))
  if (!isSame(files(back), files(now))) faults.push(`restore does not give back what was: ${differenceOf(back, now)}`)
  const backups = await onNode(directory, 'backups')
  if (
    backups.code !== 0 ||
    (objectOf(backups)?.['findings'] !== undefined && JSON.stringify(objectOf(backups)?.['findings']) !== '[]')
  )
    faults.push(failed('backups', backups))
  return [...faults, ...faultsOfRest(directory)]
}

const faultsOfRest = (directory: string): string[] => {
  const left = [
    ...namesIn(join(directory, STATE)).filter(name => name !== 'backups'),
    ...namesIn(join(directory, STATE, 'backups')).filter(name => name.startsWith('.')),
    ...temporariesIn(directory, ['/etc'])
  ]
  return left.map(name => `${name} is left behind`)
}

const faultsOfWriter = async ({ victim, after }: Ends, directory: string): Promise<string[]> => {
  const next = victim.again?.(directory)
  const again = await (next ? runProgram(next.args, directory, { cwd: next.cwd }) : runVictim(victim, directory))
  const now = stateOf(directory, victim.watched)
  return [
    ...(again.code === 0 ? [] : [failed('the next run', again)]),
    ...(isSame(now, after) ? [] : [`the next run does not bring it to its end: ${differenceOf(now, after)}`])
  ]
}
