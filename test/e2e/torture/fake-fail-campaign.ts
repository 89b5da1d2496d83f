import type { Verdict } from './fake-kill-campaign.ts'
import type { Ends } from './fake-ends.ts'
import { faultsAfterRun, faultsAtOnce, objectOf } from './fake-judge.ts'
import type { Ended } from './fake-program.ts'
import { differenceOf, isSame, type State, stateOf } from './fake-state.ts'
import { struckAt } from './fake-strike.ts'
import { type Call, isWrite, keyOf } from './fake-trace.ts'

/** What a disk, a mount or a signal can make of a call. */
export const ERRNOS = ['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EDQUOT', 'EINTR'] as const
export type Errno = (typeof ERRNOS)[number]

/** Calls whose answer the program does not wait for, or that cannot fail in any way that matters. */
const HARMLESS = new Set(['mmap', 'ioctl', 'fcntl', 'execve', 'getcwd', 'dup', 'dup2', 'dup3', 'fadvise64', 'lseek'])

/** The points at which a run can fail: every call that changes the disk, and the first of each other kind at each place. */
export const failPoints = ({ calls, victim }: Ends): readonly Call[] => {
  const seen = new Set<string>()
  return calls.filter(call => {
    if (!call.isMainThread || HARMLESS.has(call.name) || call.name === victim.failsAt) return false
    if (isWrite(call)) return true
    const kind = `${call.name} ${call.place}`
    return !seen.has(kind) && seen.add(kind)
  })
}

/** Lets one call of a run fail with an errno, and looks at what it says of that, at what is left, and how it goes on. */
export const failAt = async (ends: Ends, call: Call, errno: Errno, slot: number): Promise<Verdict> => {
  const point = `${ends.victim.name}, ${errno} from ${keyOf(call, ends.calls)}`
  const { directory, ended, hit } = await struckAt(ends, call, slot, `error=${errno}`)
  const outcome = ended.isHung ? 'hung' : String(ended.signal ?? ended.code)
  if (ended.isHung || hit === undefined) return { point, hit, faults: ended.isHung ? ['it hung'] : [], outcome }
  const now = stateOf(directory, ends.victim.watched)
  const isFinding = ends.victim.isJudge === true && ended.code === 1 && `${ended.err}${ended.out}`.includes(errno)
  if (isFinding) return { point, hit, faults: [], outcome }
  const faults = [...faultsOfAnswer(ends, ended, errno, now), ...faultsAtOnce(ends, directory)]
  const wanted = ended.code === 0 ? ends.after : ended.code === 3 || ended.code === 4 ? ends.before : undefined
  if (wanted !== undefined && !isSame(now, wanted) && ends.victim.kind !== 'recovery')
    faults.push(`exit ${ended.code}, and the files are not so: ${differenceOf(now, wanted)}`)
  return { point, hit, faults: [...faults, ...(await faultsAfterRun(ends, directory, ended.code !== 0))], outcome }
}

const EXITS: readonly (number | null)[] = [0, 3, 4, 5]

const faultsOfAnswer = ({ after, exit }: Ends, ended: Ended, errno: Errno, now: State): string[] => {
  const { code, signal, out, err } = ended
  const said = `${err} ${out}`
  const faults: string[] = []
  if (!EXITS.includes(code)) faults.push(`it ended with ${signal ?? code}: ${said.slice(0, 600)}`)
  if (/\n\s+at .*:\d+:\d+/.test(said)) faults.push(`a stack trace: ${said.slice(0, 600)}`)
  if (objectOf(ended) === undefined) faults.push(`no object on stdout: ${said.slice(0, 600)}`)
  if (errno === 'EINTR' && code !== exit) faults.push(`EINTR is not tried again: ${said.slice(0, 400)}`)
  if (code === 0 && !isSame(now, after)) faults.push('exit 0, and it is not done')
  // what fails by itself tells of its own errno
  const isOwn = code === exit && code !== 0
  if (code !== 0 && !isOwn && !(said.includes(errno) && /[/.][\w-]+| \/:/.test(ended.err)))
    faults.push(`no errno or path in: ${said.slice(0, 400)}`)
  return faults
}
