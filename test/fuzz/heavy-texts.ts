import type { Dice } from './kind.ts'

const lines = (count: number, line: (at: number) => string): string => {
  const all: string[] = []
  for (let at = 0; at < count; at += 1) all.push(line(at))
  return all.join('\n')
}

const many = (dice: Dice): number => dice.one([5000, 20_000, 60_000])
const huge = (dice: Dice): number => dice.one([500_000, 530_000, 2_000_000, 10_000_000, 10_600_000])
const deep = (dice: Dice): number => dice.one([1000, 3000, 10_000, 50_000])

/** Parts of megabytes, of a hundred thousand keys or of ten thousand levels. */
export const HEAVY_TEXTS: readonly ((dice: Dice) => string)[] = [
  dice => 'x'.repeat(huge(dice)),
  dice => `"${'é'.repeat(huge(dice) / 2)}"`,
  dice => `"${'\\u0041'.repeat(huge(dice) / 6)}"`,
  dice => ' '.repeat(huge(dice)),
  dice => '\n'.repeat(huge(dice)),
  dice => '\r'.repeat(huge(dice)),
  dice => '\0'.repeat(huge(dice)),
  dice => `#${' #'.repeat(huge(dice) / 2)}`,
  dice => `|\n${lines(many(dice), () => '  x')}`,
  dice => `>\n${lines(many(dice), at => (at % 2 === 0 ? '  x' : '   y'))}`,
  dice => lines(many(dice), at => `k${at}: v`),
  dice => lines(many(dice), at => `- v${at}`),
  dice => lines(many(dice), at => `k${at}: &a${at} v`),
  dice => `a: &a v\n${lines(many(dice), at => `k${at}: *a`)}`,
  dice => lines(many(dice), at => `# ${at}`),
  dice => lines(many(dice), () => 'same: v'),
  dice => lines(many(dice), () => '---'),
  dice => lines(many(dice), () => '--- {a: b}'),
  dice => lines(many(dice), () => '? a\n: b'),
  dice => lines(many(dice), () => '- ['),
  dice => lines(many(dice), () => "- '"),
  dice => lines(many(dice), () => '- "'),
  dice => lines(many(dice), () => ':'),
  dice => lines(many(dice), () => '- - - -'),
  dice => `{${Array.from({ length: many(dice) }, (_, at) => `k${at}: v`).join(', ')}}`,
  dice => `{${Array.from({ length: many(dice) }, (_, at) => `"k${at}":${at}`).join(',')}}`,
  dice => `[${Array.from({ length: many(dice) }, () => '{}').join(',')}]`,
  dice => `[${','.repeat(many(dice))}]`,
  dice => '['.repeat(deep(dice)),
  dice => bracketed(deep(dice), '[', ']'),
  dice => bracketed(deep(dice), '{"a":', '}'),
  dice => bracketed(deep(dice), '{a: [', ']}'),
  dice => `${'- '.repeat(deep(dice))}x`,
  dice => `${'? '.repeat(deep(dice))}x`,
  dice => `${'-\t'.repeat(deep(dice))}x`,
  dice => `${'-\n'.repeat(deep(dice))}x`,
  dice => `${'a: '.repeat(deep(dice))}x`,
  dice => lines(Math.min(3000, deep(dice)), at => `${' '.repeat(at)}a:`),
  dice => lines(Math.min(3000, deep(dice)), at => `${' '.repeat(at)}-`),
  dice => `${'!a '.repeat(deep(dice))}x`,
  dice => `${'&a '.repeat(deep(dice))}x`,
  dice => `${'*a '.repeat(deep(dice))}`,
  dice => `"${'\\'.repeat(huge(dice))}`,
  dice => `'${"'".repeat(huge(dice))}`,
  dice => '{{'.repeat(many(dice)),
  dice => '${a}'.repeat(many(dice)),
  dice => '(a+)+$'.repeat(many(dice)),
  dice => `${'/'.repeat(many(dice))}x`,
  dice => `/${'a/../'.repeat(many(dice))}x`,
  dice => '9'.repeat(many(dice)),
  dice => `1e${'9'.repeat(many(dice))}`,
  dice => `%TAG !${'a'.repeat(many(dice))}! x\n---\n`
]

const bracketed = (levels: number, open: string, close: string): string =>
  `${open.repeat(levels)}1${close.repeat(levels)}`
