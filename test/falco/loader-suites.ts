import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { LoadItem } from '../../src/falco/load-result.ts'
import { printCondition } from '../../src/falco/print-condition.ts'
import { load } from './load.ts'

const shared = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/falco')
const absent = existsSync(join(shared, 'loader_cases.jsonl')) ? false : `${shared} is not there`

const rowsOf = <T>(file: string): T[] =>
  readFileSync(join(shared, file), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T) // as: the shape of the table

interface ValidationCase {
  readonly test: string
  readonly rules_files: readonly string[]
  readonly assertions: readonly { readonly on: string }[]
  readonly expect_error: boolean
}

// AllErrors().OfCode("…").OfItemType("…").OfItemName("…").OfMessage("…"), which asks for an item of which all is true
const asked = (on: string, what: string): string | undefined =>
  new RegExp(`\\.${what}\\("((?:[^"\\\\]|\\\\.)*)"\\)`).exec(on)?.[1]

const isAsked = (on: string, { code, message, context }: LoadItem<string>): boolean => {
  const among = (what: string, values: readonly string[]): boolean => {
    const wanted = asked(on, what)
    return wanted === undefined || values.includes(wanted)
  }
  return (
    among('OfCode', [code]) &&
    among('OfMessage', [message]) &&
    among(
      'OfItemType',
      context.locations.map(({ itemType }) => itemType)
    ) &&
    among(
      'OfItemName',
      context.locations.map(({ itemName }) => itemName)
    )
  )
}

t.test("Falco's own cases of --validate", { skip: absent }, async t => {
  for (const { test, rules_files, assertions, expect_error } of rowsOf<ValidationCase>('loader_cases.jsonl')) {
    const contents = rules_files.map(file => readFileSync(join(shared, file), 'utf8'))
    const { results, isSuccessful } = load(contents, { goesOn: true })
    t.equal(isSuccessful, !expect_error, `${test}: verdict`)
    for (const { on } of assertions) {
      const items = results.flatMap(({ errors, warnings }): readonly LoadItem<string>[] =>
        on.startsWith('AllErrors') ? errors : warnings
      )
      const at = /^At\((\d+)\)\.Successful$/.exec(on)?.[1]
      if (at !== undefined) t.equal(results[Number(at)]?.isSuccessful, true, `${test}: ${on}`)
      else
        t.ok(
          items.some(item => isAsked(on, item)),
          `${test}: ${on}`
        )
    }
  }
})

interface UnitCase {
  readonly test: string
  readonly rules: readonly { readonly var: string; readonly yaml: string }[]
  readonly loads: readonly { readonly expect_success: boolean; readonly var: string }[]
  readonly compiled_conditions: readonly { readonly rule: string; readonly condition: string }[]
  readonly error_messages: readonly { readonly present: boolean; readonly message: string }[]
  readonly warning_messages: readonly { readonly present: boolean; readonly message: string }[]
}

// what upstream's tests name instead of writing it out (rule_loading_messages.h)
const MESSAGES: Readonly<Record<string, string>> = {
  WARNING_APPEND:
    "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.",
  WARNING_ENABLED:
    "The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' entry under the 'override' key (i.e. 'enabled: replace').",
  WARNING_NO_EVTTYPE: 'Rule matches too many evt.type values. This has a significant performance penalty.',
  ERROR_OVERRIDE_APPEND:
    "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.",
  ERROR_NO_PREVIOUS_MACRO:
    "Macro uses 'append' or 'override.condition: append' but no macro by that name already exists",
  ERROR_NO_PREVIOUS_LIST: "List uses 'append' or 'override.items: append' but no list by that name already exists",
  ERROR_NO_PREVIOUS_RULE_APPEND:
    "Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists",
  ERROR_NO_PREVIOUS_RULE_REPLACE:
    "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists"
}

t.test("Falco's own cases of its rule loader", { skip: absent }, async t => {
  for (const row of rowsOf<UnitCase>('rule_loader_cases.jsonl'))
    for (const { expect_success, var: name } of row.loads) {
      const yaml = row.rules.find(each => each.var === name)?.yaml ?? ''
      const { results, isSuccessful, rules } = load([yaml])
      t.equal(isSuccessful, expect_success, `${row.test}: verdict`)
      const holds = (items: readonly LoadItem<string>[], message: string): boolean =>
        items.some(item => item.message.includes(MESSAGES[message] ?? message))
      for (const { present, message } of row.error_messages)
        t.equal(
          results.some(({ errors }) => holds(errors, message)),
          present,
          `${row.test}: ${message}`
        )
      for (const { present, message } of row.warning_messages)
        t.equal(
          results.some(({ warnings }) => holds(warnings, message)),
          present,
          `${row.test}: ${message}`
        )
      for (const { rule, condition } of row.compiled_conditions) {
        const found = rules.find(each => each.name === rule)
        t.equal(found && printCondition(found.condition), condition, `${row.test}: ${rule}`)
      }
    }
})
