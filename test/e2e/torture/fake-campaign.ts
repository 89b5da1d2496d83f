import { rmSync } from 'node:fs'
import { type Ends, endsOf } from './fake-ends.ts'
import { ERRNOS, type Errno, failAt, failPoints } from './fake-fail-campaign.ts'
import { killAt, killPoints, type Verdict } from './fake-kill-campaign.ts'
import { type Call, isWrite, keyOf } from './fake-trace.ts'
import type { Victim } from './fake-victim.ts'

/** How much of a campaign is run, and where. */
export interface CampaignOptions {
  /** A directory of its own, which is emptied. */
  readonly scratch: string
  /** The part of the points that is taken, at most 1; 1. */
  readonly share?: number
  /** Which part: another seed takes others. */
  readonly seed?: number
  /** How many run at once; 2. */
  readonly jobs?: number
  readonly errnos?: readonly Errno[]
  /** Names of system calls; all where it is not given. */
  readonly calls?: readonly string[]
  /** Called after each point. */
  readonly report?: (done: number, of: number) => void
}

/** What came of a campaign against one command. */
export interface CampaignResult {
  readonly name: string
  readonly points: number
  /** How many points there are in all, of which a part may have been taken. */
  readonly all: number
  /** The calls that change the disk and were hit by no run; the order of looks is a runtime's own affair. */
  readonly missed: readonly string[]
  readonly faults: readonly Verdict[]
  /** How many runs ended in which way. */
  readonly outcomes: Readonly<Record<string, number>>
  /** The writing calls below the root that another thread than the main one made; what stands for kubectl does not count. */
  readonly elsewhere: number
}

/** Kills a command at each call that changes the disk. */
export const killCampaign = async (victim: Victim, options: CampaignOptions): Promise<CampaignResult> => {
  const ends = await begin(victim, options)
  return runAll(ends, killPoints(ends), options, (call, slot) => killAt(ends, call, slot), keysOf(ends))
}

/** Lets a command fail with each errno at each call that changes the disk, and at each kind of look at each place. */
export const failCampaign = async (victim: Victim, options: CampaignOptions): Promise<CampaignResult> => {
  const ends = await begin(victim, options)
  const points = failPoints(ends).flatMap(call => (options.errnos ?? ERRNOS).map(errno => ({ ...call, call, errno })))
  return runAll(
    ends,
    points,
    options,
    ({ call, errno }, slot) => failAt(ends, call, errno, slot),
    ({ call }) => keyOf(call, ends.calls)
  )
}

const begin = (victim: Victim, { scratch }: CampaignOptions): Promise<Ends> => {
  rmSync(scratch, { recursive: true, force: true })
  return endsOf(victim, scratch)
}

const keysOf = (ends: Ends) => (call: Call) => keyOf(call, ends.calls)

const runAll = async <P extends Pick<Call, 'name' | 'line'>>(
  ends: Ends,
  all: readonly P[],
  { share = 1, seed = 1, jobs = 2, calls, report = () => undefined }: CampaignOptions,
  strike: (point: P, slot: number) => Promise<Verdict>,
  keyFor: (point: P) => string
): Promise<CampaignResult> => {
  const wanted = calls ? all.filter(({ name }) => calls.includes(name)) : all
  const points = partOf(wanted, share, seed)
  const waiting = [...points]
  const verdicts: Verdict[] = []
  const work = async (slot: number): Promise<void> => {
    for (let point = waiting.shift(); point; point = waiting.shift()) {
      verdicts.push(await strike(point, slot))
      report(verdicts.length, points.length)
    }
  }
  await Promise.all(Array.from({ length: jobs }, (_, slot) => work(slot)))
  const hit = new Set(verdicts.map(verdict => verdict.hit))
  const outcomes: Record<string, number> = {}
  for (const { outcome } of verdicts) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  return {
    name: ends.victim.name,
    points: points.length,
    all: all.length,
    missed: [...new Set(points.filter(isWrite).map(keyFor))].filter(key => !hit.has(key)),
    faults: verdicts.filter(({ faults }) => faults.length > 0),
    outcomes,
    elsewhere: ends.calls.filter(call => !call.isMainThread && isWrite(call) && !call.place.startsWith('/cluster'))
      .length
  }
}

// a command with few points has some of them tried too
const LEAST = 5

const partOf = <P>(all: readonly P[], share: number, seed: number): readonly P[] => {
  const count = Math.max(Math.round(all.length * share), LEAST)
  const byChance = all.map((_, index) => index).sort((a, b) => chance(a, seed) - chance(b, seed))
  const taken = new Set(byChance.slice(0, count))
  return all.filter((_, index) => taken.has(index))
}

// a number from 0 up to 1 that looks like chance and is the same for the same point and seed
const chance = (index: number, seed: number): number => {
  const mixed = Math.imul(Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

/** What came of a campaign, in a line. */
export const resultLine = ({ name, points, all, missed, faults, outcomes }: CampaignResult): string => {
  const ways = Object.entries(outcomes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([outcome, count]) => `${count} ${/^\d+$/.test(outcome) ? `with exit code ${outcome}` : outcome}`)
  return `${name}: ${points} of ${all} points, ${missed.length} missed, ${faults.length} with faults (${ways.join(', ')})`
}

/** The fault of a campaign, for people. */
export const faultLines = ({ faults, missed }: CampaignResult): readonly string[] => [
  ...faults.flatMap(({ point, outcome, faults: each }) => [
    `${point} (${outcome})`,
    ...each.map(fault => `    ${fault}`)
  ]),
  ...missed.map(key => `no run hit ${key}`)
]
