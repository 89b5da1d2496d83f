import type { Dice } from './dice.ts'

/** A policy with bits of YAML in any order in the place of a list of users. */
export const generateSoup = (dice: Dice): string => {
  const bits = dice.several(BITS, 1, 9).join('')
  const place = dice.one([
    '  users: ',
    '  users:\n  - ',
    '  users:\n    - a\n    - ',
    '  users: [',
    '  users: ["',
    "  users: ['",
    '  users:\n  - "',
    '  users:\n  - >\n   ',
    '  users:\n  - |'
  ])
  const end = dice.one(['', '\n', ']\n', '"]\n', "']\n", '"\n', '\n  verbs: [get]\n', '\n\n'])
  return `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n${place}${bits}${end}`
}

// prettier-ignore
const BITS = [
  ' ', ' ', '  ', '\n', '\n', '\n\n', '\n  ', '\n    ', '\n   ', '\n  - ', '\n  -', '\n- ', '\n      ', '\t', '\n\t', 'a', 'b', 'a b', 'word', '1', ':', ': ', ',', ', ', '- ', '-', '? ', '?', '#', ' #', ' # x', "'", "''", '"', '\\', '\\n', '\\\n', '\\ ', '\\x41', '[', ']', '{', '}', '&a ', '*a', '*a ', '!', '! ', '!!str ',
  '!x ', '!<x> ', '|', '>', '|-', '>-', '|+', '>+', '|1', '>2-', '|-1', '|10', '%', '@', '`', '---', '...', '\n---\n', '\n...\n', '\r', '\r\n', '\u0085', '\u2028', '\u00e9', '\u{1f600}', '\u00a0', '\ufeff', '~', 'null', 'true', '0x1', '<<', '=', '"a"', "'a'", '[a]', '{a: b}', 'a: b', '.', '/', '\u0007'
] as const
