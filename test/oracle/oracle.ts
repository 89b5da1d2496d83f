import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Request } from '../../src/audit/request.ts'
import type { Unknown } from '../../src/text/guard.ts'
import { decisionCode, type PolicyCase, type Reason, type Verdict } from './verdict.ts'

export type Question =
  | { readonly op: 'policy'; readonly text: string; readonly requests: readonly Request[] }
  | { readonly op: 'policy'; readonly bytes: string; readonly requests: readonly Request[] }
  | { readonly op: 'flags'; readonly args: readonly string[] }
  | { readonly op: 'bench'; readonly text: string; readonly requests: readonly Request[]; readonly rounds: number }
  | { readonly op: 'info'; readonly method: string; readonly uri: string }
  | { readonly op: 'versions' | 'defaults' }
  // pod-security/, which knows nothing else
  | { readonly metadata: Unknown; readonly spec: Unknown; readonly versions: readonly string[] }

/** A running oracle: Kubernetes' own code of one minor release. */
export interface Oracle {
  /** The answers, in the order of the questions. */
  readonly ask: (questions: readonly Question[]) => Promise<unknown[]>
  readonly close: () => void
}

/** Starts the oracle's program. */
export const startOracle = (program: string): Oracle => {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: { resolve: (line: string) => void; reject: (cause: Error) => void }[] = []
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', line => waiting.shift()?.resolve(line))
  const fail = (cause: Error): void => waiting.splice(0).forEach(({ reject }) => reject(cause))
  child.once('error', fail)
  child.once('exit', code => fail(new Error(`${program} ended with ${code}`)))
  const ask = (questions: readonly Question[]): Promise<unknown[]> => {
    const answers = questions.map(() => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })))
    child.stdin.write(questions.map(each => `${JSON.stringify(each)}\n`).join(''))
    return Promise.all(answers.map(async line => JSON.parse(await line) as unknown))
  }
  return { ask, close: () => child.stdin.end() }
}

/** The question about a policy. */
export const policyQuestion = ({ text, requests }: PolicyCase): Question =>
  typeof text === 'string'
    ? { op: 'policy', text, requests }
    : { op: 'policy', bytes: Buffer.from(text).toString('base64'), requests }

interface RawVerdict {
  readonly reason: Reason
  readonly message?: string
  readonly lenient?: string
  readonly errors?: readonly (readonly [string, string])[]
  readonly decisions?: readonly (Parameters<typeof decisionCode>[0] & { readonly rule: number })[]
  readonly loaded?: unknown
  readonly panic?: string
}

/** The oracle's answer about a policy; `message` is what the API server would say. */
export const serverVerdict = (answer: unknown): Verdict & { readonly message: string } => {
  // the program beside this file wrote it
  const raw = answer as RawVerdict
  return {
    reason: raw.panic === undefined ? raw.reason : 'crash',
    also: [],
    message: raw.panic ?? raw.message ?? raw.lenient ?? '',
    lenient: raw.lenient !== undefined,
    faults: [...new Set((raw.errors ?? []).map(([field]) => field))].sort(),
    loaded: raw.loaded === undefined ? '' : JSON.stringify(raw.loaded),
    decisions: (raw.decisions ?? []).map(each => decisionCode({ ...each, rule: each.rule < 0 ? null : each.rule }))
  }
}
