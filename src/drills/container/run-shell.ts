import { expandWord } from './expand-word.ts'
import { type Machine, programAt, realPath } from './machine.ts'
import { runTest } from './run-test.ts'
import { shellTokens } from './shell-tokens.ts'
import { type ShellNode, shellTree, type Word } from './shell-tree.ts'

/** How a shell was started. */
export interface ShellOptions {
  /** As by `set -e`. */
  readonly isStrict: boolean
  /** True for bash: other shells take {a,b} as it stands. */
  readonly hasBraces: boolean
  readonly run: (machine: Machine, argv: readonly string[]) => number | null
}

/** The exit code of a script; null where it does what is not known here. */
export const runShell = (
  machine: Machine,
  script: string,
  args: readonly string[],
  options: ShellOptions
): number | null => {
  const tokens = shellTokens(script)
  const tree = tokens && shellTree(tokens)
  if (!tree) return null
  const variables = new Map<string, string>(args.map((each, index) => [String(index), each]))
  const shell: Shell = { machine, options, variables, isStrict: options.isStrict, exited: null, last: 0 }
  const directory = machine.directory
  const code = visit(shell, tree, false)
  machine.directory = directory
  return code === null ? null : (shell.exited ?? code)
}

interface Shell {
  readonly machine: Machine
  readonly options: ShellOptions
  readonly variables: Map<string, string>
  isStrict: boolean
  /** The code with which it has ended. */
  exited: number | null
  /** The code of the last command. */
  last: number
}

/** `isAsked`: somebody looks at the code, so that `set -e` does not end the script. */
const visit = (shell: Shell, node: ShellNode, isAsked: boolean): number | null => {
  const code = codeOf(shell, node, isAsked)
  shell.last = code ?? 0
  return code
}

const codeOf = (shell: Shell, node: ShellNode, isAsked: boolean): number | null => {
  switch (node.kind) {
    case 'command':
      return ending(shell, command(shell, node.words), isAsked)
    case 'list':
      return list(shell, node.steps, isAsked)
    case 'not': {
      const code = visit(shell, node.node, true)
      return code === null ? null : code === 0 ? 1 : 0
    }
    case 'subshell': {
      const inner: Shell = { ...shell, variables: new Map(shell.variables) }
      const code = visit(inner, node.node, isAsked)
      return ending(shell, code === null ? null : (inner.exited ?? code), isAsked)
    }
    case 'if': {
      for (const { test, then } of node.branches) {
        const code = visit(shell, test, true)
        if (code === null || shell.exited !== null) return code
        if (code === 0) return visit(shell, then, isAsked)
      }
      return visit(shell, node.otherwise, isAsked)
    }
    case 'for': {
      let code: number | null = 0
      for (const value of node.words.flatMap(word => expandWord(shell, word))) {
        shell.variables.set(node.name, value)
        code = visit(shell, node.body, isAsked)
        if (code === null || shell.exited !== null) break
      }
      return code
    }
    default:
      return node satisfies never
  }
}

const ending = (shell: Shell, code: number | null, isAsked: boolean): number | null => {
  if (code !== null && code !== 0 && shell.isStrict && !isAsked) shell.exited ??= code
  return code
}

const list = (shell: Shell, steps: Extract<ShellNode, { kind: 'list' }>['steps'], isAsked: boolean): number | null => {
  let code: number | null = 0
  for (const [index, { after, node }] of steps.entries()) {
    if ((after === '&&' && code !== 0) || (after === '||' && code === 0)) continue
    const next = steps[index + 1]?.after ?? ';'
    code = visit(shell, node, isAsked || next !== ';')
    if (code === null || shell.exited !== null) return code
  }
  return code
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=([^]*)$/

const command = (shell: Shell, words: readonly Word[]): number | null => {
  const [first] = words
  const start = first?.[0]
  if (start?.kind === 'text' && !start.isQuoted && ASSIGNMENT.test(start.text)) return assign(shell, words)
  const [name, ...rest] = words.flatMap(word => expandWord(shell, word))
  return name === undefined ? 0 : call(shell, name, rest)
}

const assign = (shell: Shell, [first = [], ...more]: readonly Word[]): number | null => {
  const quoted = first.map(part => ({ ...part, isQuoted: true }))
  const [, name = '', value = ''] = ASSIGNMENT.exec(expandWord(shell, quoted)[0] ?? '') ?? []
  shell.variables.set(name, value)
  return more.length === 0 ? 0 : command(shell, more)
}

const call = (shell: Shell, name: string, words: readonly string[]): number | null => {
  const { machine, options } = shell
  switch (name) {
    case ':':
    case 'true':
    case 'echo':
    case 'printf':
      return 0
    case 'false':
      return 1
    case 'test':
      return runTest(machine, words)
    case '[':
      return words.at(-1) === ']' ? runTest(machine, words.slice(0, -1)) : 2
    case 'exit': {
      shell.exited = Number(words[0] ?? shell.last) & 255
      return shell.exited
    }
    case 'set': {
      const isSet = words.some(word => /^-\w*e/.test(word) || word === 'errexit')
      if (isSet) shell.isStrict = true
      return 0
    }
    case 'cd': {
      const to = realPath(machine, words[0] ?? '/root')
      if (!machine.directories.has(to)) return 1
      machine.directory = to
      return 0
    }
    case 'command':
    case 'type': {
      const asked = words.filter(word => !word.startsWith('-'))
      if (name === 'command' && !words.includes('-v') && !words.includes('-V'))
        return call(shell, words[0] ?? '', words.slice(1))
      return asked.every(each => programAt(machine, each)) ? 0 : 127
    }
    case 'exec': {
      shell.exited = words.length === 0 ? null : options.run(machine, words)
      return words.length === 0 ? 0 : shell.exited
    }
    default:
      return options.run(machine, words.length === 0 ? [name] : [name, ...words])
  }
}
