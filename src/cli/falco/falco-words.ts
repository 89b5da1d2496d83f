/**
 * A command line for `falco` in which its words mean what they mean in Falco: `-o` sets a key of its configuration, and is
 * no short form of --output; `--list=SOURCE` has a value that it may lack. Other commands' lines are as they were.
 */
export const falcoWords = (argv: readonly string[]): readonly string[] =>
  isFalco(argv) ? ['falco', ...argv.slice(1).flatMap(translated)] : argv

/** True for a command line that runs rules, not for `falco setup`. */
export const isFalco = ([group, command]: readonly string[]): boolean => group === 'falco' && command !== 'setup'

const SHORT = /^-(o|r|e|M|l|V|c|p|D|T|t)(.+)$/

const translated = (word: string): string[] => {
  if (word === '-o') return ['--option']
  const [, letter, attached = ''] = SHORT.exec(word) ?? []
  // -ojson_output=true, -M45
  if (letter !== undefined) return [letter === 'o' ? '--option' : `-${letter}`, attached.replace(/^=/, '')]
  const [, name, value = ''] = /^--(list|follow)=([^]*)$/.exec(word) ?? []
  if (name === 'list') return ['--list', '--source', value]
  return name === 'follow' ? ['--follow', value] : [word]
}
