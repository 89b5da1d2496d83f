import type { Dice } from '../oracle/dice.ts'

/** The files in the directory that a script works on. */
export const SCRIPT_FILES = ['a', 'b', 'c', 'd/e'] as const

/** A script of the kinds that a probe may run, which touches nothing but what lies in the directory in $0. */
export const probeScript = (dice: Dice, hasBraces: boolean): string => {
  const path = (): string => {
    const name = dice.one(['a', 'b', 'c', 'd/e', 'd', 'none'])
    return dice.one([
      `$0/${name}`,
      `"$0/${name}"`,
      `"$0"/'${name}'`,
      `\${0}/${name}`,
      ...(hasBraces ? ['$0/{a,b}'] : [])
    ])
  }
  const files = (): string => Array.from({ length: 1 + dice.pick(2) }, path).join(' ')
  const test = (): string =>
    dice.one([
      `[ ${dice.one(['', '! '])}${dice.one(['-e', '-f', '-d', '-x'])} "$0/${dice.one(['a', 'b', 'd', 'none'])}" ]`,
      `test ! -e $0/a -a -f $0/b`,
      `[ -e $0/a -o ! -e $0/b ]`,
      `[ "$X" = "${dice.one(['', 'a', '1'])}" ]`,
      `[ -n "$X" ]`,
      '[ ]'
    ])
  const simple = (): string =>
    dice.one([
      `rm ${dice.one(['', '-f ', '-r ', '-rf ', '-- '])}${files()}`,
      `rm ${dice.one(['-f ', ''])}${files()} 2>/dev/null`,
      `unlink ${path()}`,
      'rm -f',
      'true',
      'false',
      ':',
      `X=${dice.one(['1', 'a', '"$0/a $0/b"', "''"])}`,
      'rm -f $X',
      `cd $0 && rm -f ${dice.one(['a', 'b c', './c'])}`,
      `ls ${path()} >/dev/null 2>&1`,
      'command -v nosuchprogram >/dev/null',
      '# a comment; rm -f $0/a\ntrue',
      test(),
      test(),
      ...(dice.chance(30) ? [`exit ${dice.pick(3)}`, 'exit', 'set -e', 'set -ex'] : [])
    ])
  const step = (depth: number): string => {
    if (depth > 2 || dice.chance(50)) return simple()
    return dice.one([
      `! ${step(3)}`,
      `{ ${list(depth + 1)}; }`,
      `( ${list(depth + 1)} )`,
      `if ${step(depth + 1)}; then ${list(depth + 1)}; ${dice.one(['', `else ${list(depth + 1)}; `, `elif ${test()}; then ${step(3)}; `])}fi`,
      `for f in a b none; do ${dice.one(['rm -f "$0/$f"', 'test -e $0/$f || rm $0/$f', list(depth + 1)])}; done`
    ])
  }
  const list = (depth: number): string =>
    Array.from({ length: 1 + dice.pick(3) }, () => step(depth)).reduce(
      (script, next) => `${script}${dice.one(['; ', ' && ', ' || ', '\n'])}${next}`
    )
  return list(0)
}
