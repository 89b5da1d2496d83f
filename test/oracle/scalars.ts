/** Texts that stand where a value is wanted: what YAML 1.1, YAML 1.2, JSON and Go's decoders read differently. */
// prettier-ignore
export const ODD_SCALARS = [
  '1', '0', '-1', '+1', '010', '08', '0x1F', '0xg', '0x', '0o17', '0b11', '0b', '0b2', '1_000', '1__0', '_1', '1_', '0_', '1.5', '.5', '5.', '1e3',
  '1e', '1E+3', '1e400', '-0', '-0.0', '0.1e-7', '.inf', '-.inf', '+.inf', '.Inf', '.nan', '.NaN', 'inf', 'nan', 'NaN', '9223372036854775807',
  '9223372036854775808', '18446744073709551615', '18446744073709551616', '-9223372036854775809', '9007199254740993', '12:30:45', '190:20:30',
  '~', 'null', 'Null', 'NULL', 'nULL', '', 'yes', 'no', 'on', 'off', 'y', 'n', 'Y', 'N', 'Yes', 'NO', 'On', 'OFF', 'true', 'false', 'True', 'FALSE',
  'tRUE', '2001-01-01', '2001-01-01T00:00:00Z', '2001-12-14 21:59:43.10 -5', '2001-1-1', '2001-13-45', '=', '<<', '!!str 1', '!!str', '!!int "3"', '!!int x',
  '!!bool yes', '!!bool "yes"', '!!bool x', '!!null x', '!!null ""', '!!float 1', '!!float x', '!!binary YQ==', '!!binary "*"', '!!binary /w==',
  '!!timestamp 2001-01-01', '!!timestamp x', '!!set {a}', '!!omap [a: b]', '!!seq [a]', '!!seq a', '!!map {a: b}', '!!map a', '!x y', '!<tag:yaml.org,2002:str> 1', '!<x> y',
  '! 1', '! a', '!!merge <<', '!y!x a', '"a\\x41"', '"\\u00e9"', '"\\U0001F600"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\q"', '"\\/"', '"\\e"', '"\\0"', '"\\N\\_\\L\\P"', '"a\\\n  b"',
  '"a\n  b"', '"a\n\n  b"', "'it''s'", "'a\n  b'", 'a\n    b', "'", '"', '[]', '{}', '[a, b]', '[a b]', '[a,,b]', '[,]', '[a', '{a: b}', '{a}', '{a: }', '{a:b}', '{"a":b}',
  '{a: 1, a: 2}', '[a: b]', '[[a]]', '[?, a]', '{? a : b}', '{[a]: b}', '|', '|\n      a\n      b', '>\n      a\n      b', '|1\n  a', '|9\n a', '|-\n', '>+\n\n', '|x', '- a', '- - a', '-',
  '-a', '?', '? a', '?a', ':', ': a', ':a', 'a:', 'a: b', 'a:b', 'a #b', 'a#b', '#a', '&a', '&a x', '& x', '*a', '*nowhere', '*', '* ', '@a', '`a`', '%a', '%', '!', '!!', '>', ',', ']', '}',
  'a, b', 'a]', '\ta', 'a\t', 'a\tb', '\t', ' ', 'a  b', '\u00e9', '\u00a0', 'a\u00a0b', '\ufeff', '\u0085', '\u2028', '\u{1f600}', '\u007f', '\u0001', '\ufffe', '\\', '---', '...', '--- a',
  'Infinity', '-Infinity', '1e1000', '0x1p4', '0777', '0o8', '+0x1', '-0b1', '0X1', '1.', '-.5', '1,000', '١', 'TRUE', 'none', 'None', '"1"', "'true'", '"~"'
] as const

/** Keys that no field has, or that are no strings. */
// prettier-ignore
export const ODD_KEYS = [
  '1', 'true', 'yes', 'y', 'on', 'null', '~', '1.5', '.inf', '0x1', '010', '2001-01-01', '[a]', '{a: b}', '? a\n', '? [a]\n', '?', '', '""', '" "', '<<', '"<<"', '=', '!!str a', '!!int 1', '!x a', '&k a',
  '*k', '"a\\nb"', "'a'", 'a b', 'a.b', 'ä', '\u2028', '-', '- a', '[', '"', '%a', '!!binary YQ==', '1e3', '1_0', '12:30:45', '"\\u0000"', '__proto__', 'constructor', 'toString', 'hasOwnProperty'
] as const

/** What is put into a text in the place of anything. */
// prettier-ignore
export const NASTY = [
  ':', '-', '\t', '#', "'", '"', '{', '}', '[', ']', ',', '&', '*', '!', '|', '>', '%', '@', '`', '?', '\\', '\n', '\r', '\r\n', ' ', '  ', '\u0000', '\u0007', '\u001b', '\u007f', '\u0085', '\u00a0',
  '\u2028', '\u2029', '\ufeff', '\ufffd', '\uffff', 'é', '\u{1f600}', '---', '\n---\n', '...', '\n...\n', ': ', '- ', ' #', '<<', '~', '0', '1', 'a', 'A', '_', '.', '/', '=', '\n\n', '"\\', '{{', '}}', '{{ x }}', '${X}', '<%', '!!'
] as const
