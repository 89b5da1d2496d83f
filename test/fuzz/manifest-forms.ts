import type { Dice } from './kind.ts'

type Form = (text: string, dice: Dice) => string

/** The manifest in up to three forms that the grammar does not have. Most of them leave what it says. */
export const rewritten = (dice: Dice, text: string): string => {
  let now = text
  for (let count = dice.one([0, 0, 1, 1, 2, 3]); count > 0; count -= 1) now = dice.one(FORMS)(now, dice)
  return now
}

const eachLine = (text: string, change: (line: string) => string): string =>
  text
    .split(/(?<=\n)/)
    .map(line => {
      const end = /\r?\n$/.exec(line)?.[0] ?? ''
      return change(line.slice(0, line.length - end.length)) + end
    })
    .join('')

/** A line behind which another goes, in its indentation. */
const below = (text: string, dice: Dice, pattern: RegExp, make: (indent: string, line: string) => string): string => {
  const lines = text.split('\n')
  const rows = lines.flatMap((line, row) => (pattern.test(line) ? [row] : []))
  if (rows.length === 0) return text
  const row = dice.one(rows)
  const line = lines[row] ?? ''
  const isDos = line.endsWith('\r')
  const put = make(/^ */.exec(line)?.[0] ?? '', line.trimEnd())
  lines.splice(row + 1, 0, isDos ? `${put.replaceAll('\n', '\r\n')}\r` : put)
  return lines.join('\n')
}

const WORD = /^(\s*- +)(--[\w.-]+=[\w/.,:=-]*)(\s*(?:#.*)?)$/

const words = (text: string, dice: Dice, percent: number, write: (word: string) => string): string =>
  eachLine(text, line =>
    line.replace(WORD, (all, dash: string, word: string, rest: string) =>
      dice.chance(percent) ? dash + write(word) + rest : all
    )
  )

const TRAPS = [
  'on',
  '0644',
  '1_000',
  '1:20',
  '!!binary aGk=',
  '~',
  '.inf',
  '2001-12-14',
  '<<',
  '=',
  'y',
  '0x1F',
  '1e3',
  '"\\ud83d\\ude00"',
  '"a\\tb"',
  "'it''s'",
  '&x 1',
  '!!str 1',
  '>-\n    a\n    b',
  '|\n    a\n\n',
  '|2\n            a\n          # deep',
  '>+\n            a\n\n\n            # text\n          # deep',
  '{a: b}',
  '[a]',
  '"a\n\n    b"',
  'ä: b',
  '日本'
]
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'on',
  '1',
  '~',
  '""',
  "''",
  '"a b"',
  'ä',
  '日本',
  '<<x',
  '? x\n',
  '!!str k',
  '&k k',
  'a/b',
  'a.b',
  'x-y',
  '"\\u0061"'
]

const FORMS: readonly Form[] = [
  (text, dice) => words(text, dice, 30, word => `"${word}"`),
  (text, dice) => words(text, dice, 30, word => `'${word}'`),
  (text, dice) => words(text, dice, 15, word => `!!str ${word}`),
  (text, dice) => words(text, dice, 10, word => `&w${dice.pick(99)} ${word}`),
  (text, dice) => words(text, dice, 10, word => `>-\n          ${word}`),
  (text, dice) => words(text, dice, 10, word => `|-\n          ${word}`),
  (text, dice) => words(text, dice, 10, word => `"\\x2d${word.slice(1)}"`),
  (text, dice) =>
    words(text, dice, 15, word => word.replace(/^--[\w-]+/, name => `--${name.slice(2).replaceAll('-', '_')}`)),
  (text, dice) =>
    words(text, dice, 15, word => `${word} # ${dice.one(['note', '--audit-log-path=/x', '"', "'", '{', '- a'])}`),
  (text, dice) =>
    eachLine(text, line => (dice.chance(10) && /\S/.test(line) && !/[|>"'\\]/.test(line) ? `${line}  ` : line)),
  (text, dice) => eachLine(text, line => (dice.chance(10) && /^[^"'|>{[]*[a-z]$/.test(line) ? `${line} #` : line)),
  (text, dice) =>
    eachLine(text, line =>
      dice.chance(8) && /^ *(- )?[a-zA-Z]+:( |$)/.test(line)
        ? `${/^ */.exec(line)?.[0] ?? ''}# ${dice.pick(99)}\n${line}`
        : line
    ),
  (text, dice) => eachLine(text, line => (dice.chance(8) ? `\n${line}` : line)),
  (text, dice) =>
    below(
      text,
      dice,
      /^ *- --\w/,
      indent =>
        `${indent}- ${dice.one(['--audit-log-maxage=7', '--audit-log-path=/var/log/x/a.log', '--audit-policy-file=/etc/kubernetes/p.yaml', '--audit_log_maxsize=5', '--audit-log-compress', '--audit-log-maxage', '--v=2', '--audit-webhook-mode=batch', '--audit-log-path=-', '"--audit-log-path" ', '--audit-policy-file\n' + indent + '- /etc/kubernetes/q.yaml'])}`
    ),
  (text, dice) =>
    below(
      text,
      dice,
      /^ {2,8}(name|labels|namespace|hostNetwork|image):/,
      indent => `${indent}${dice.one(KEYS)}: ${dice.one(TRAPS)}`
    ),
  (text, dice) =>
    below(
      text,
      dice,
      /^ *annotations: *\r?$/,
      (indent, line) => `${indent}  ${dice.one(KEYS)}: ${dice.one(TRAPS)}${line === '' ? '' : ''}`
    ),
  (text, dice) => below(text, dice, /^ *labels: *\r?$/, indent => `${indent}  ${dice.one(KEYS)}: ${dice.one(TRAPS)}`),
  (text, dice) => below(text, dice, /^(apiVersion|kind): /, () => `${dice.one(KEYS)}: ${dice.one(TRAPS)}`),
  (text, dice) =>
    below(text, dice, /^(apiVersion|kind): /, () =>
      dice.one([
        'x-anchors: &a {b: c}\nuse: *a',
        'x: &a\n- 1\ny: *a',
        '? x\n: y',
        '? |\n  x\n: y',
        'x:\n\n\n  # c\n  y: z',
        'status: {}',
        'x: [a,\n  b]',
        'x: {a: b,\n  c: d}',
        "x: 'a\n\n  b'"
      ])
    ),
  (text, dice) =>
    below(
      text,
      dice,
      /^spec: *\r?$/,
      indent =>
        `${indent}  initContainers:\n${indent}  - name: kube-apiserver\n${indent}    image: x\n${indent}    command: [kube-apiserver, --audit-log-path=/x]\n${indent}    volumeMounts:\n${indent}    - {name: k8s-certs, mountPath: /x}`
    ),
  (text, dice) =>
    below(
      text,
      dice,
      /^ *- mountPath: /,
      (indent, line) =>
        `${indent}${line.trim().startsWith('-') ? '  ' : ''}${dice.one(['mountPropagation: None', 'subPath: ""', 'readOnly: false', 'recursiveReadOnly: Disabled', '# c', 'x: y'])}`
    ),
  text => text.replace(/^( *)(volumes|volumeMounts): *(\r?)$/m, '$1$2: &list$3'),
  text => text.replace(/^metadata: *(\r?)$/m, 'metadata: &meta$1').replace(/^spec:/m, 'copy: *meta\nspec:'),
  text => text.replace(/^( *)- (mountPath|hostPath|name): /m, '$1- &one $2: '),
  text =>
    text
      .replace(/^metadata:/m, 'base: &base {namespace: kube-system}\nmetadata:')
      .replace(/^( +)name: kube-apiserver(\r?)$/m, '$1<<: *base$2\n$1name: kube-apiserver$2'),
  text => `\ufeff${text.replace('\ufeff', '')}`,
  text => text.replace(/[\r\n]+$/, ''),
  (text, dice) =>
    text +
    dice.one([
      '\n',
      '\n\n\n',
      '   ',
      '  # end',
      '...',
      '...\n',
      '---\n',
      '---\nkind: Pod\n',
      '# end',
      '\t',
      '\n  ',
      '...\n# c\n',
      '---\n---\n'
    ]),
  (text, dice) =>
    dice.one([
      '---\n',
      '--- # c\n',
      '# c\n',
      '\n',
      '  \n',
      '%YAML 1.2\n---\n',
      '---\n---\n',
      '#\r\n',
      '--- !!map\n',
      '--- &root\n'
    ]) + text,
  text => (/^[a-z]/i.test(text) ? text.replace(/^/gm, '  ') : text),
  text => (/^[a-z]/i.test(text) && !/[|>]/.test(text) ? text.replace(/^(?=.*\S)/gm, ' ') : text),
  text => eachLine(text, line => line.replace(/^( +)(- .*)$/, '$1  $2')),
  text => text.replaceAll(/\r?\n/g, '\r\n'),
  (text, dice) => text.replaceAll(/\r?\n/g, () => dice.one(['\n', '\r\n'])),
  text => text.replaceAll(/^( *[a-zA-Z]+): /gm, '$1:   '),
  text => text.replaceAll(/^( *[a-zA-Z]+): (?=[a-z])/gm, '$1:\t'),
  text => text.replaceAll(/^( *(?:- )?)(name|mountPath|path): /gm, '$1"$2": '),
  text => text.replaceAll(/^( *(?:- )?)(name|type|path): /gm, "$1'$2' : "),
  text => text.replace(/^( *)- name: kube-apiserver/m, '$1-\n$1  name: kube-apiserver'),
  text => text.replace(/^( *)-( +)(--\w)/m, '$1-\n$1  $3'),
  (text, dice) =>
    `${text.replace(/[\r\n]*$/, '\n')}${dice.one(['x: |\n  a\n  b', 'x: |+\n  a\n\n\n', 'x: >-\n  a', 'x: |\n  a\n # c\n', 'x: "a\n\n\n', 'x: [\n]', 'x:', 'x: # c'])}`,
  text => text.replace('k8s-certs', '"k8s\\u002dcerts"'),
  text => text.replace(/(--advertise-address=)([\d.]+)/, '$1$(HOST_IP)'),
  text => text.replace('apiVersion: v1', 'apiVersion: "v1" # {{ not a template }}'),
  text => text.replace(/^( *)volumes:(\r?)$/m, '$1volumes:$2\n$1# first$2\n\n$1# second$2')
]
