import type { Word } from './shell-tree.ts'

interface Expanding {
  readonly variables: ReadonlyMap<string, string>
  readonly options: { readonly hasBraces: boolean }
}

/** The words that a shell makes of one. */
export const expandWord = ({ variables, options }: Expanding, word: Word): string[] => {
  let fields: string[] = ['']
  let isSomething = false
  for (const part of word) {
    const value = part.kind === 'text' ? part.text : (variables.get(part.name) ?? '')
    isSomething ||= part.isQuoted || value !== ''
    const pieces = part.kind === 'variable' && !part.isQuoted ? value.split(/\s+/) : [value]
    const [first = '', ...more] = pieces
    fields = [...fields.slice(0, -1), `${fields.at(-1) ?? ''}${first}`, ...more]
  }
  const kept = isSomething ? fields.filter(field => field !== '' || word.some(({ isQuoted }) => isQuoted)) : []
  return options.hasBraces && word.every(({ isQuoted }) => !isQuoted) ? kept.flatMap(braces) : kept
}

const braces = (text: string): string[] => {
  const found = /^([^{}]*)\{([^{}]*,[^{}]*)\}(.*)$/.exec(text)
  if (!found) return [text]
  const [, before = '', choices = '', behind = ''] = found
  return choices.split(',').flatMap(choice => braces(`${before}${choice}${behind}`))
}
