/**
 * What can be wrong with rules, by Falco's codes; `title` stands in parentheses behind the code, and is all that Falco's JSON
 * tells of an error too (falco_load_result.cpp of falcosecurity/falco 0.44).
 */
export const LOAD_ERRORS = {
  LOAD_ERR_FILE_READ: { title: 'File read error' },
  LOAD_ERR_YAML_PARSE: { title: 'YAML parse error' },
  LOAD_ERR_YAML_VALIDATE: { title: 'Error validating internal structure of YAML file' },
  LOAD_ERR_COMPILE_CONDITION: { title: 'Error compiling condition' },
  LOAD_ERR_COMPILE_OUTPUT: { title: 'Error compiling output' },
  LOAD_ERR_VALIDATE: { title: 'Error validating rule/macro/list/exception objects' },
  LOAD_ERR_EXTENSION: { title: 'Error in extension item' }
} as const

/** What is doubtful in rules, by Falco's codes, in the order in which Falco tells the doubts about a condition. */
export const LOAD_WARNINGS = {
  LOAD_UNKNOWN_SOURCE: {
    title: 'Unknown event source',
    description: 'The rule is for a source of events that is not loaded here. It is left out.'
  },
  LOAD_UNSAFE_NA_CHECK: {
    title: 'Unsafe <NA> comparison in condition',
    description: "A field that is missing has no value, <NA> is only how outputs show that: ask with 'exists' instead."
  },
  LOAD_NO_EVTTYPE: {
    title: 'Condition has no event-type restriction',
    description: 'The condition is asked of nearly every type of event, which is slow. Restrict it by evt.type.'
  },
  LOAD_UNKNOWN_FILTER: {
    title: 'Unknown field or event-type in condition or output',
    description:
      'The rule names a field or event type that does not exist; skip-if-unknown-filter leaves it out for that.'
  },
  LOAD_UNUSED_MACRO: { title: 'Unused macro', description: 'No rule and no other macro uses this macro.' },
  LOAD_UNUSED_LIST: { title: 'Unused list', description: 'No rule, no macro and no other list uses this list.' },
  LOAD_UNKNOWN_ITEM: {
    title: 'Unknown rules file item',
    description: 'The item is no rule, macro, list or requirement. It is ignored.'
  },
  LOAD_DEPRECATED_ITEM: { title: 'Used deprecated item', description: 'What is used here will go away.' },
  LOAD_WARNING_EXTENSION: { title: 'Warning in extension item', description: 'An extension item has a warning.' },
  LOAD_APPEND_NO_VALUES: {
    title: 'Overriding/appending with no values',
    description: 'An exception is appended or replaced, and has no values.'
  },
  LOAD_EXCEPTION_NAME_NOT_UNIQUE: {
    title: 'Multiple exceptions defined with the same name',
    description: 'A rule has several exceptions of one name.'
  },
  LOAD_INVALID_MACRO_NAME: { title: 'Invalid macro name', description: 'No condition can use a macro of this name.' },
  LOAD_INVALID_LIST_NAME: {
    title: 'Invalid list name',
    description: 'A list of this name may not be found in conditions.'
  },
  LOAD_COMPILE_CONDITION: {
    title: 'Warning in rule condition',
    description: 'The condition can be read, but may not mean what was meant.'
  },
  LOAD_UNKNOWN_KEY: {
    title: 'Unknown key in item definition',
    description: 'The item has a key that means nothing there: misspelt, or of another kind of item. It is ignored.'
  }
} as const

export type LoadErrorCode = keyof typeof LOAD_ERRORS
export type LoadWarningCode = keyof typeof LOAD_WARNINGS

/** Fields of syscall events that say nothing any more, and what Falco tells of one in a condition. */
export const DEPRECATED_FIELDS = {
  'evt.dir':
    "due to the drop of enter events, 'evt.dir = <' always evaluates to true, and 'evt.dir = >' always evaluates to " +
    "false. The rule expression can be simplified by removing the condition on 'evt.dir'",
  'evt.latency': 'field is not available due to the drop of enter events.',
  'evt.latency.s': 'field is not available due to the drop of enter events.',
  'evt.latency.ns': 'field is not available due to the drop of enter events.',
  'evt.latency.human': 'field is not available due to the drop of enter events.',
  'evt.wait_latency': 'field is not available due to the drop of enter events.'
} as const
