import { nearestWord } from '../text/nearest.ts'
import { OPTIONS } from './options.ts'

const NAMES = Object.keys(OPTIONS)

/** What is wrong with a command line, from what yargs says of it: the option by its whole name, found and wanted. */
export const usageMessage = (text: string, argv: readonly string[]): string => {
  const [, few, least] = /^Not enough non-option arguments: got (\d+), need at least (\d+)$/.exec(text) ?? []
  if (few !== undefined) return `arguments are missing: ${least ?? ''} wanted, ${few} found`
  const [, bare] = /^Not enough arguments following: (\S+)$/.exec(text) ?? []
  if (bare !== undefined) return `${bare.length === 1 ? '-' : '--'}${bare}: a value is wanted, found nothing`
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(text) ?? []
  if (unknown !== undefined) return [...new Set(unknown.split(', ').map(word => unknownWord(word, argv)))].join('; ')
  const [, name, given, choices] = /Argument: (\S+), Given: "(.*?)", Choices: (.*)$/.exec(text) ?? []
  if (name !== undefined && choices !== undefined)
    return `--${name}: one of ${choices.replaceAll('"', '')} is wanted, found "${given ?? ''}"`
  return text.startsWith('Did you mean') ? `no such command. ${text}` : text
}

const unknownWord = (word: string, argv: readonly string[]): string => {
  const written = argv.find(each => each === `--${word}` || each.startsWith(`--${word}=`))
  if (written === undefined) {
    const isShort = argv.some(each => /^-[^-]/.test(each) && each.includes(word))
    return isShort ? `there is no option -${word}` : `the word "${word}" has no place here`
  }
  if (NAMES.includes(word)) return `--${word} is an option of other commands, not of this one`
  const near = nearestWord(word, NAMES)
  return `there is no option --${word}${near === undefined ? '' : `; is --${near} meant?`}`
}
