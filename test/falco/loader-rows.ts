/** A rule with all that one must have. */
export const rule = (condition: string, more = '', name = 'r'): string =>
  `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n${more}`

/** One of audit events. */
export const audit = (condition: string): string => rule(condition, '  source: k8s_audit\n')

export interface Refused {
  readonly name: string
  readonly in: string | readonly string[]
  /** Code, message, and where: type of item, its name, line and column. */
  readonly want: readonly [code: string, message: string, place: string]
}

const VALIDATE = 'LOAD_ERR_YAML_VALIDATE'
const SEMANTIC = 'LOAD_ERR_VALIDATE'
const CONDITION = 'LOAD_ERR_COMPILE_CONDITION'
const YAML = 'LOAD_ERR_YAML_PARSE'

/** Rules that are refused. */
export const REFUSED: readonly Refused[] = [
  // YAML
  {
    name: 'a colon in a value',
    in: 'a : b : c',
    want: [YAML, 'yaml-cpp: error at line 1, column 7: illegal map value', 'value for  0:6']
  },
  {
    name: 'an unclosed list',
    in: '- list: l\n  items: [a, b',
    want: [YAML, 'yaml-cpp: error at line 2, column 15: end of sequence flow not found', 'value for  1:14']
  },
  {
    name: 'an unclosed string',
    in: '- list: "l\n  items: []\n',
    want: [YAML, 'yaml-cpp: error at line 3, column 1: illegal EOF in scalar', 'value for  2:0']
  },
  {
    name: 'a line without a colon',
    in: '- list: l\n  items\n',
    want: [YAML, 'yaml-cpp: error at line 2, column 3: end of map not found', 'value for  1:2']
  },
  {
    name: 'an alias of nothing',
    in: '- list: *l\n',
    want: [YAML, 'yaml-cpp: error at line 1, column 9: the referenced anchor is not defined: l', 'value for  0:8']
  },
  {
    name: 'a percent sign before a value',
    in: '- list: %l\n',
    want: [YAML, 'yaml-cpp: error at line 1, column 9: unknown token', 'value for  0:8']
  },
  {
    name: 'a NUL, behind which more would be passed over',
    in: '- list: l\n  items: []\n\0- what: ever\n',
    want: [YAML, 'yaml-cpp: error at line 3, column 1: unknown token', 'value for  2:0']
  },
  { name: 'a word', in: 'rules', want: [VALIDATE, 'Rules content is not yaml', 'rules content  0:0'] },
  {
    name: 'a mapping in a later document',
    in: '- list: l\n  items: []\n---\nrules: []\n',
    want: [VALIDATE, 'Rules content is not yaml array of objects', 'rules content  0:0']
  },
  {
    name: 'an item that is a word',
    in: '- list: l\n  items: []\n- word\n',
    want: [
      VALIDATE,
      'Unexpected element type. Each element should be a yaml associative array.',
      'rules content item  2:2'
    ]
  },
  // values
  {
    name: 'no items',
    in: '- list: l\n',
    want: [VALIDATE, "Item has no mapping for key 'items'", 'list l 0:2']
  },
  {
    name: 'items that are no list',
    in: '- list: l\n  items: word\n',
    want: [VALIDATE, 'Value is not a sequence', 'value for items 1:9']
  },
  {
    name: 'an item of items that is a list',
    in: '- list: l\n  items: [a, [b]]\n',
    want: [VALIDATE, 'sequence value is not scalar', 'list item  1:13']
  },
  {
    name: 'an item of items that is null',
    in: '- list: l\n  items: [a, ~]\n',
    want: [VALIDATE, 'sequence value is not scalar', 'list item  1:13']
  },
  {
    name: 'a name that is a mapping',
    in: '- macro: {a: b}\n  condition: x\n',
    want: [VALIDATE, 'Value is not a scalar value', 'value for macro 0:9']
  },
  {
    name: 'an empty name',
    in: "- macro: ''\n  condition: x\n",
    want: [VALIDATE, 'Value must be non-empty', 'value for macro 0:9']
  },
  {
    name: 'no condition of a macro',
    in: '- macro: m\n  condition:\n',
    want: [VALIDATE, "Mapping for key 'condition' is empty", 'macro m 0:2']
  },
  {
    name: 'enabled is no flag',
    in: rule('evt.type = a', '  enabled: 1\n'),
    want: [VALIDATE, "Can't decode YAML scalar value", 'value for enabled 5:11']
  },
  {
    name: 'enabled is mixed case',
    in: rule('evt.type = a', '  enabled: tRUE\n'),
    want: [VALIDATE, "Can't decode YAML scalar value", 'value for enabled 5:11']
  },
  {
    name: 'a capture that lasts less than nothing',
    in: rule('evt.type = a', '  capture_duration: -5\n'),
    want: [VALIDATE, "Can't decode YAML scalar value", 'value for capture_duration 5:20']
  },
  {
    name: 'a capture that lasts too long',
    in: rule('evt.type = a', '  capture_duration: 4294967296\n'),
    want: [VALIDATE, "Can't decode YAML scalar value", 'value for capture_duration 5:20']
  },
  {
    name: 'no such priority',
    in: '- rule: r\n  desc: d\n  condition: evt.type = a\n  output: o\n  priority: HIGH\n',
    want: [VALIDATE, 'Invalid priority', 'rule priority  4:12']
  },
  {
    name: 'a name alone',
    in: '- rule: r\n',
    want: [VALIDATE, "Item has no mapping for key 'enabled'", 'rule r 0:2']
  },
  // requirements
  {
    name: 'an engine of words',
    in: '- required_engine_version: new\n',
    want: [
      VALIDATE,
      'Unable to parse engine version \'new\' as a semver string. Expected "x.y.z" semver format.',
      'required_engine_version  0:2'
    ]
  },
  {
    name: 'a newer engine by its old number',
    in: '- required_engine_version: 63\n',
    want: [
      SEMANTIC,
      'Rules require engine version 0.63.0, but engine version is 0.62.0',
      'required_engine_version  0:2'
    ]
  },
  {
    name: 'another major engine',
    in: '- required_engine_version: 1.0.0\n',
    want: [SEMANTIC, 'Rules require engine version 1.0.0, but engine version is 0.62.0', 'required_engine_version  0:2']
  },
  {
    name: 'plugins that are no list',
    in: '- required_plugin_versions: k8saudit\n',
    want: [VALIDATE, 'Value of required_plugin_versions must be a sequence', 'required plugin versions  0:28']
  },
  {
    name: 'a plugin that is a word',
    in: '- required_plugin_versions: [k8saudit]\n',
    want: [VALIDATE, 'Plugin version must be a mapping', 'required plugin versions entry  0:29']
  },
  {
    name: 'a plugin of half a version',
    in: '- required_plugin_versions: [{name: json, version: 0.7}]\n',
    want: [SEMANTIC, "Invalid required version '0.7' for plugin 'json'", 'required plugin versions entry json 0:29']
  },
  {
    name: 'an alternative to itself',
    in: '- required_plugin_versions: [{name: j, version: 1.0.0, alternatives: [{name: j, version: 1.0.0}]}]\n',
    want: [
      SEMANTIC,
      "Defined multiple alternative version requirements for plugin 'j'",
      'required plugin versions entry j 0:29'
    ]
  },
  // overrides
  {
    name: 'append and override',
    in: '- list: l\n  items: []\n- list: l\n  items: []\n  append: true\n  override: {items: append}\n',
    want: [
      VALIDATE,
      "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.",
      'list l 2:2'
    ]
  },
  {
    name: 'a priority cannot be appended to',
    in: '- rule: r\n  priority: INFO\n  override:\n    priority: append\n',
    want: [VALIDATE, "Key 'priority' cannot be appended to, use 'replace' instead", 'overrides priority 3:4']
  },
  {
    name: 'a source cannot be replaced',
    in: '- rule: r\n  override: {source: replace}\n',
    want: [VALIDATE, "Key 'source' cannot be replaced", 'overrides source 1:13']
  },
  {
    name: 'no such way to override',
    in: '- rule: r\n  override: {enabled: merge}\n',
    want: [
      VALIDATE,
      "Invalid override operation for key 'enabled': 'merge'. Allowed values are: replace ",
      'value for enabled 1:22'
    ]
  },
  {
    name: 'a key of objects is none that may be overridden',
    in: '- rule: r\n  override: {constructor: append}\n',
    want: [VALIDATE, "Key 'constructor' cannot be appended to, use 'replace' instead", 'overrides constructor 1:13']
  },
  {
    name: 'an override without its key',
    in: [rule('evt.type = a'), '- rule: r\n  override: {desc: append}\n'],
    want: [VALIDATE, "An append override for 'desc' was specified but 'desc' is not defined", 'rule r 0:2']
  },
  {
    name: 'a key without its override',
    in: [rule('evt.type = a'), '- rule: r\n  desc: x\n  output: y\n  override: {desc: append}\n'],
    want: [
      VALIDATE,
      "Unexpected key 'output': no corresponding entry under 'override' is defined.",
      'overrides output 2:10'
    ]
  },
  {
    name: 'replaced before it is there',
    in: '- rule: r\n  desc: d\n  override: {desc: replace}\n',
    want: [
      SEMANTIC,
      "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists",
      'rule r 0:2'
    ]
  },
  {
    name: 'enabled before it is there',
    in: '- rule: r\n  enabled: true\n',
    want: [SEMANTIC, "Rule has 'enabled' key but no rule by that name already exists", 'rule r 0:2']
  },
  {
    name: 'another source',
    in: [rule('evt.type = a'), rule('ka.verb = a', '  source: k8s_audit\n')],
    want: [SEMANTIC, 'Rule has been re-defined with a different source', 'rule r 0:2']
  },
  {
    name: 'another source where it is replaced',
    in: [rule('evt.type = a'), '- rule: r\n  desc: x\n  source: k8s_audit\n  override: {desc: replace}\n'],
    want: [SEMANTIC, 'Rule has been re-defined with a different source', 'rule r 0:2']
  },
  // exceptions
  {
    name: 'exceptions that are no list',
    in: rule('evt.type = a', '  exceptions: {name: e}\n'),
    want: [VALIDATE, 'Rule exceptions must be a sequence', 'exceptions  5:14']
  },
  {
    name: 'an exception that is a word',
    in: rule('evt.type = a', '  exceptions: [e]\n'),
    want: [VALIDATE, 'Rule exception must be a mapping', 'exception  5:15']
  },
  {
    name: 'values that are no list',
    in: rule('evt.type = a', '  exceptions: [{name: e, fields: proc.name, values: v}]\n'),
    want: [VALIDATE, 'Rule exception values must be a sequence', 'exception values  5:52']
  },
  {
    name: 'fewer comparisons than fields',
    in: rule('evt.type = a', '  exceptions: [{name: e, fields: [proc.name, fd.name], comps: [=]}]\n'),
    want: [SEMANTIC, 'Fields and comps lists must have equal length', 'exception e 5:15']
  },
  {
    name: 'several comparisons of one field',
    in: rule('evt.type = a', '  exceptions: [{name: e, fields: proc.name, comps: [in]}]\n'),
    want: [SEMANTIC, 'Fields and comps must both be strings', 'exception e 5:15']
  },
  {
    name: 'one field, compared with one value',
    in: rule('evt.type = a', '  exceptions: [{name: e, fields: proc.name, comps: startswith, values: [a]}]\n'),
    want: [SEMANTIC, 'When fields is a single value, comps must be one of (in, pmatch, intersects)', 'exception e 5:15']
  },
  {
    name: 'no fields at all',
    in: rule('evt.type = a', '  exceptions: [{name: e, fields: []}]\n'),
    want: [SEMANTIC, 'Rule exception item must have fields property with a list of fields', 'exception e 5:15']
  },
  {
    name: 'a tuple for one field',
    in: rule('evt.type = a', '  exceptions: [{name: e, fields: proc.name, values: [[a]]}]\n'),
    want: [SEMANTIC, 'Expected values array to contain a list of strings', 'exception e 5:15']
  },
  {
    name: 'an empty value',
    in: rule('evt.type = a', "  exceptions: [{name: e, fields: proc.name, values: ['']}]\n"),
    want: [VALIDATE, 'Value must be non-empty', 'value for  5:53']
  },
  {
    name: 'fields of an exception that is there',
    in: [
      rule('evt.type = a', '  exceptions: [{name: e, fields: proc.name}]\n'),
      '- rule: r\n  exceptions: [{name: e, fields: fd.name, values: [a]}]\n  append: true\n'
    ],
    want: [SEMANTIC, 'Can not append exception fields to existing exception, only values', 'exception e 1:15']
  },
  {
    name: 'a new exception without fields',
    in: [rule('evt.type = a'), '- rule: r\n  exceptions: [{name: e, values: [a]}]\n  append: true\n'],
    want: [SEMANTIC, 'Rule exception must have fields property with a list of fields', 'exception e 1:15']
  },
  {
    name: 'a new exception without values',
    in: [rule('evt.type = a'), '- rule: r\n  exceptions: [{name: e, fields: proc.name}]\n  append: true\n'],
    want: [SEMANTIC, 'Rule exception must have values property with a list of values', 'exception e 1:15']
  },
  // macros
  {
    name: 'a macro names itself',
    in: '- macro: m\n  condition: evt.type = a and m\n',
    want: [SEMANTIC, "Undefined macro 'm' used in filter.", 'condition expression  1:20']
  },
  {
    name: 'macros name each other',
    in: '- macro: m\n  condition: n\n- macro: n\n  condition: m\n- macro: m\n  condition: or n\n  append: true\n',
    want: [SEMANTIC, "reference loop in macro 'n'", 'condition expression  1:3']
  },
  {
    name: 'a macro that comes too late',
    in: '- macro: m\n  condition: n\n- macro: n\n  condition: evt.type = a\n',
    want: [SEMANTIC, "Undefined macro 'n' used in filter.", 'condition expression  1:3']
  },
  {
    name: 'a macro of a later file',
    in: [rule('m'), '- macro: m\n  condition: evt.type = a\n'],
    want: [SEMANTIC, "Undefined macro 'm' used in filter.", 'condition expression  1:3']
  },
  // conditions and outputs
  {
    name: 'half a condition',
    in: rule('evt.type = a and'),
    want: [CONDITION, "expected blank or '(' after 'and'", 'condition expression  3:30']
  },
  {
    name: 'half a condition in a folded text',
    in: rule('>\n    evt.type = a\n    and'),
    want: [CONDITION, "expected a '(' token, a field check, or an identifier", 'condition expression  4:14']
  },
  {
    name: 'a list in an operator on text',
    in: audit('ka.user.groups contains a'),
    want: [CONDITION, "'contains' operator not supported list filters", 'condition expression  3:14']
  },
  {
    name: 'a list without its argument',
    in: audit('jevt.value = a'),
    want: [
      CONDITION,
      "filter 'jevt.value': jevt.value requires an argument but none provided",
      'condition expression  3:14'
    ]
  },
  {
    name: 'an output that ends with a percent sign',
    in: '- rule: r\n  desc: d\n  condition: evt.type = a\n  output: 100%\n  priority: INFO\n',
    want: ['LOAD_ERR_COMPILE_OUTPUT', 'invalid formatting syntax: formatting cannot end with a %', 'rule output  3:10']
  },
  // too much
  {
    name: 'a list that is put in too often',
    in: `- list: l\n  items: [${'item, '.repeat(9_999)}item]\n${rule(`evt.type in (${'l, '.repeat(9_999)}l)`)}`,
    want: [CONDITION, 'Condition is longer than 8388608 characters', 'rule condition  4:13']
  },
  {
    name: 'macros that double',
    in: `- macro: m0\n  condition: evt.type = a\n${Array.from({ length: 40 }, (_, n) => `- macro: m${n + 1}\n  condition: m${n} or m${n}\n`).join('')}`,
    want: [CONDITION, 'Conditions are too large with their macros: at most 134217728', 'macro m19 38:2']
  },
  {
    name: 'an alias in its own list',
    in: rule('evt.type = a', '  exceptions: [{name: e, fields: [proc.name], values: &v [*v]}]\n'),
    want: [VALIDATE, 'Rule exception has too many values, or is nested too deeply', 'value for  5:54']
  }
]

export interface Taken {
  readonly name: string
  readonly in: string | readonly string[]
  /** The conditions of the rules. */
  readonly want: readonly string[]
  readonly warnings?: readonly string[]
}

const list = (name: string, ...items: readonly string[]): string => `- list: ${name}\n  items: [${items.join(', ')}]\n`
const exception = (text: string): string => rule('evt.type = a', `  exceptions:\n    - ${text}\n`)

/** Rules that are taken. */
export const TAKEN: readonly Taken[] = [
  { name: 'nothing', in: '', want: [] },
  { name: 'comments', in: '# nothing\n---\n---\n- ~\n-\n', want: [] },
  {
    name: 'several documents',
    in: `${rule('evt.type = a')}---\n${rule('evt.type = b', '', 's')}...\n`,
    want: ['evt.type = a', 'evt.type = b']
  },
  {
    name: 'a byte order mark and CRLF',
    in: `\uFEFF${rule('evt.type = a')}`.replaceAll('\n', '\r\n'),
    want: ['evt.type = a']
  },
  { name: 'the first of equal keys', in: rule('evt.type = a', '  condition: evt.type = b\n'), want: ['evt.type = a'] },
  {
    name: 'a merge key merges nothing',
    in: `- macro: m\n  condition: evt.type = a\n  base: &b {condition: evt.type = x}\n${rule('m', '  <<: *b\n')}`,
    want: ['evt.type = a'],
    warnings: ['LOAD_UNKNOWN_KEY', 'LOAD_UNKNOWN_KEY']
  },
  {
    name: 'aliases',
    in: `- list: l\n  items: &i [a, b]\n- list: k\n  items: *i\n${rule('evt.type in (k)')}`,
    want: ['evt.type in (a, b)'],
    warnings: ['LOAD_UNUSED_LIST']
  },
  {
    name: 'flags by their words',
    in: rule('evt.type = a', '  enabled: Yes\n  capture: OFF\n  capture_duration: 0x10\n'),
    want: ['evt.type = a']
  },
  { name: 'an item of another kind', in: '- other: x\n', want: [], warnings: ['LOAD_UNKNOWN_ITEM'] },
  {
    name: 'rules of an unknown source, whose macros count',
    in: `- macro: m\n  condition: nothing.known = a\n${rule('m and', '  source: none\n')}`,
    want: [],
    warnings: ['LOAD_UNKNOWN_SOURCE', 'LOAD_UNUSED_MACRO']
  },
  // the order
  {
    name: 'a rule keeps its place',
    in: [rule('evt.type = a') + rule('evt.type = b', '', 's'), rule('evt.type = c')],
    want: ['evt.type = c', 'evt.type = b']
  },
  {
    name: 'a macro that is defined again is another',
    in: `- macro: m\n  condition: evt.type = a\n${rule('m')}- macro: m\n  condition: evt.type = b\n`,
    want: ['evt.type = b']
  },
  {
    name: 'a macro sees what stood before its last change',
    in: `- macro: m\n  condition: evt.type = a\n- macro: n\n  condition: evt.type = b\n- macro: m\n  condition: or n\n  override: {condition: append}\n${rule('m')}`,
    want: ['(evt.type = a or evt.type = b)']
  },
  {
    name: 'macros stay together, appended text does not',
    in: [
      `- macro: m\n  condition: evt.type = a or evt.type = b\n${rule('m and proc.name = c')}`,
      '- rule: r\n  condition: or evt.type = d\n  override: {condition: append}\n'
    ],
    want: ['(((evt.type = a or evt.type = b) and proc.name = c) or evt.type = d)']
  },
  {
    name: 'a macro that is defined again keeps its place',
    in: `- macro: m\n  condition: evt.type = a\n- macro: n\n  condition: m\n- macro: m\n  condition: evt.type = b\n${rule('n')}`,
    want: ['evt.type = b']
  },
  {
    name: 'exceptions of an unknown source may ask anything',
    in: rule('evt.type = a', '  source: none\n  exceptions: [{name: e, fields: nothing.known}]\n'),
    want: [],
    warnings: ['LOAD_UNKNOWN_SOURCE']
  },
  {
    name: 'one field of several in a transformer compared with <NA>',
    in: audit('concat(evt.source, ka.verb) = <NA>'),
    want: ['concat(evt.source, ka.verb) = <NA>'],
    warnings: ['LOAD_UNSAFE_NA_CHECK']
  },
  // lists
  {
    name: 'a list among others',
    in: list('l', 'a', 'b') + rule('evt.type in (x, l, y)'),
    want: ['evt.type in (x, a, b, y)']
  },
  {
    name: 'a list twice, and in a longer word',
    in: list('l', 'a') + rule('evt.type in (l,l,xl,l-x, l )'),
    want: ['evt.type in (a, a, xl, l-x, a)']
  },
  { name: 'an empty list', in: list('l') + rule('evt.type in (l)'), want: ['evt.type in ()'] },
  { name: 'an empty list before a word', in: list('l') + rule('evt.type in (l, x)'), want: ['evt.type in (x)'] },
  { name: 'an empty list behind a word', in: list('l') + rule('evt.type in (x , l)'), want: ['evt.type in (x)'] },
  { name: 'an empty list between words', in: list('l') + rule('evt.type in (x, l, y)'), want: ['evt.type in (x, y)'] },
  { name: 'empty lists alone', in: list('l') + rule('evt.type in (l, l)'), want: ['evt.type in ()'] },
  { name: 'a list as a value', in: list('l', 'open') + rule('evt.type = l'), want: ['evt.type = open'] },
  {
    name: 'items with blanks are put in quotes',
    in: list('l', 'a b', '"c d"') + rule('evt.type in (l)'),
    want: ['evt.type in ("a b", "c d")']
  },
  {
    name: 'numbers and flags are texts',
    in: list('l', '1', 'true', '0x1F', '2020-01-01') + rule('evt.type in (l)'),
    want: ['evt.type in (1, true, 0x1F, 2020-01-01)']
  },
  {
    name: 'a list in a list, one level deep',
    in: list('k', 'a') + list('l', 'k', 'b') + list('m', 'l', 'c') + rule('proc.name in (m)'),
    want: ['proc.name in (k, b, c)'],
    warnings: ['LOAD_NO_EVTTYPE']
  },
  {
    name: 'a list of later lists is put in where they are found',
    in: list('l', 'm') + list('m', 'a') + rule('evt.type in (l)'),
    want: ['evt.type in (a)']
  },
  {
    name: 'a list of earlier ones is not searched again',
    in: list('m', 'a') + list('l', 'x, m, y') + rule('evt.type in (l)'),
    want: ['evt.type in (x, a, y)']
  },
  {
    name: 'a list is replaced where it was',
    in: list('l', 'a') + rule('evt.type in (l)') + list('l', 'b'),
    want: ['evt.type in (b)']
  },
  // exceptions
  {
    name: 'one field',
    in: exception('{name: e, fields: proc.name, values: [a, b c]}'),
    want: ['(evt.type = a and not proc.name in (a, "b c"))']
  },
  {
    name: 'several fields',
    in: exception('{name: e, fields: [proc.name, fd.name], values: [[a, b], [c, d e]]}'),
    want: ['(evt.type = a and not ((proc.name = a and fd.name = b) or (proc.name = c and fd.name = "d e")))']
  },
  {
    name: 'operators on lists',
    in: exception('{name: e, fields: [proc.name, fd.name], comps: [in, startswith], values: [[[a, b], /x], [c, /y]]}'),
    want: [
      '(evt.type = a and not ((proc.name in (a, b) and fd.name startswith /x) or (proc.name in (c) and fd.name startswith /y)))'
    ]
  },
  {
    name: 'a modifier for one field',
    in: exception('{name: e, fields: proc.name, comps: startswith anyof, values: [a, b]}'),
    want: ['(evt.type = a and not proc.name startswith anyof (a, b))']
  },
  { name: 'no values', in: exception('{name: e, fields: proc.name}'), want: ['evt.type = a'] },
  {
    name: 'a list among the values',
    in: list('l', 'a', 'b') + exception('{name: e, fields: [proc.name], comps: [in], values: [[[l]]]}'),
    want: ['(evt.type = a and not proc.name in (a, b))']
  },
  {
    name: 'values that are appended',
    in:
      exception('{name: e, fields: proc.name, values: [a]}') +
      '- rule: r\n  exceptions: [{name: e, values: [b]}]\n  override: {exceptions: append}\n',
    want: ['(evt.type = a and not proc.name in (a, b))']
  },
  {
    name: 'exceptions that are replaced',
    in:
      exception('{name: e, fields: proc.name, values: [a]}') +
      '- rule: r\n  exceptions: [{name: f, fields: [fd.name], values: [[b]]}]\n  override: {exceptions: replace}\n',
    want: ['(evt.type = a and not fd.name = b)']
  },
  {
    name: 'exceptions of one name',
    in: exception('{name: e, fields: proc.name}\n    - {name: e, fields: fd.name}'),
    want: ['evt.type = a'],
    warnings: ['LOAD_EXCEPTION_NAME_NOT_UNIQUE']
  },
  // sources of what is appended
  {
    name: 'an empty source says nothing',
    in: [
      rule('evt.type = a'),
      '- rule: r\n  condition: and proc.name = b\n  source:\n  append: true\n',
      "- rule: r\n  condition: and fd.name = c\n  source: ''\n  append: true\n"
    ],
    want: ['(evt.type = a and proc.name = b and fd.name = c)'],
    warnings: ['LOAD_DEPRECATED_ITEM']
  },
  // doubts
  {
    name: 'a field that is not there, on purpose',
    in: rule('nothing.known = a', '  skip-if-unknown-filter: true\n') + rule('evt.type = a', '', 's'),
    want: ['evt.type = a'],
    warnings: ['LOAD_UNKNOWN_FILTER']
  },
  {
    name: 'an output that is not there, on purpose',
    in: rule('evt.type = a', '  skip-if-unknown-filter: true\n').replace('output: o', 'output: a %nothing'),
    want: [],
    warnings: ['LOAD_UNKNOWN_FILTER']
  },
  {
    name: 'a comparison with <NA>',
    in: audit('ka.verb in (a, <NA>)'),
    want: ['ka.verb in (a, <NA>)'],
    warnings: ['LOAD_UNSAFE_NA_CHECK']
  },
  {
    name: 'a comparison with <NA> by a transformer',
    in: audit('tolower(ka.verb) = <NA>'),
    want: ['tolower(ka.verb) = <NA>'],
    warnings: ['LOAD_UNSAFE_NA_CHECK']
  },
  { name: 'a comparison of another field with <NA>', in: rule('evt.type = <NA>'), want: ['evt.type = <NA>'] },
  {
    name: 'a field for a value',
    in: audit('ka.verb = ka.uri'),
    want: ['ka.verb = ka.uri'],
    warnings: ['LOAD_COMPILE_CONDITION']
  },
  {
    name: 'fields that say nothing any more',
    in: rule('evt.type = a and evt.dir = <').replace('output: o', 'output: "%evt.latency"'),
    want: ['(evt.type = a and evt.dir = <)'],
    warnings: ['LOAD_DEPRECATED_ITEM', 'LOAD_DEPRECATED_ITEM']
  },
  {
    name: '%container.info',
    in: rule('evt.type = a').replace('output: o', 'output: "a %container.info"'),
    want: ['evt.type = a'],
    warnings: ['LOAD_DEPRECATED_ITEM']
  },
  // types of events
  { name: 'all but one type', in: rule('evt.type != a'), want: ['evt.type != a'], warnings: ['LOAD_NO_EVTTYPE'] },
  {
    name: 'not another type than one',
    in: rule('not (evt.type != a or proc.name = b)'),
    want: ['not (evt.type != a or proc.name = b)']
  },
  {
    name: 'a type or any',
    in: rule('evt.type = a or proc.name = b'),
    want: ['(evt.type = a or proc.name = b)'],
    warnings: ['LOAD_NO_EVTTYPE']
  },
  { name: 'two types at once', in: rule('evt.type = a and evt.type = b'), want: ['(evt.type = a and evt.type = b)'] },
  { name: 'no event at all', in: rule('evt.num = 0'), want: ['evt.num = 0'] },
  { name: 'not no event', in: rule('not evt.num = 0'), want: ['not evt.num = 0'], warnings: ['LOAD_NO_EVTTYPE'] },
  {
    name: 'a warning that is not wanted',
    in: rule('proc.name = a', '  warn_evttypes: false\n'),
    want: ['proc.name = a']
  },
  { name: 'audit events have no types', in: audit('ka.verb = a'), want: ['ka.verb = a'] }
]
