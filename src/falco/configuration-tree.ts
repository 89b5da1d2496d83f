import { AuditError } from '../errors.ts'
import { isRecord } from '../text/guard.ts'
import { valueOf } from '../text/edit.ts'
import { parseSource } from '../text/source.ts'

/** What to do about a setting that is wrong. */
export const CORRECT_SETTING =
  'correct the setting where -c or -o gives it; auditpatch falco --help names those that count'

/** Settings as falco.yaml holds them. */
export type ConfigurationTree = Readonly<Record<string, unknown>>

/** The settings of a file in YAML. Throws BAD_SETTINGS, and what parseSource throws. */
export const readTree = (text: string, file: string): ConfigurationTree => {
  const value = valueOf(parseSource(text, file, 'plain', true))
  if (value === null) return {}
  if (isRecord(value)) return value
  throw new AuditError('BAD_SETTINGS', `${file}: a mapping of settings is wanted`, {
    path: file,
    next: CORRECT_SETTING
  })
}

/** One tree over another: what both have is taken from `upper`, in mappings key by key. */
export const mergedTrees = (lower: ConfigurationTree, upper: ConfigurationTree): ConfigurationTree => ({
  ...lower,
  ...Object.fromEntries(
    Object.entries(upper).map(([key, value]) => {
      const below = lower[key]
      return [key, isRecord(below) && isRecord(value) ? mergedTrees(below, value) : value]
    })
  )
})

/**
 * A tree with a setting as `-o` gives it: `json_output=true`, `plugins[0].open_params=x`, `rules[].disable.rule=*` (a new
 * item of the list). Throws BAD_SETTINGS.
 */
export const withSetting = (tree: ConfigurationTree, assignment: string): ConfigurationTree => {
  const [, path = '', text = ''] = /^([^=]+)=([\s\S]*)$/.exec(assignment) ?? []
  const steps = stepsOf(path)
  if (!steps)
    throw new AuditError(
      'BAD_SETTINGS',
      `-o: key=value is wanted, with a key as json_output, plugins[0].open_params or rules[].disable.rule, found ${JSON.stringify(assignment)}`,
      { next: CORRECT_SETTING }
    )
  return setAt(tree, steps, settingValue(text)) as ConfigurationTree // as: the first step is a key
}

type Step = string | number

const MOST_STEPS = 32

// -1 is a new item
const stepsOf = (path: string): Step[] | undefined => {
  if (!/^[A-Za-z0-9_-]+(\[\d{0,3}\])*(\.[A-Za-z0-9_-]+(\[\d{0,3}\])*)*$/.test(path)) return undefined
  const steps = [...path.matchAll(/([A-Za-z0-9_-]+)|\[(\d*)\]/g)].map(([, key, index = '']) => {
    if (key !== undefined) return key
    return index === '' ? -1 : Number(index)
  })
  return steps.length > MOST_STEPS ? undefined : steps
}

// as in Falco what stands in braces is YAML, and all else the text that it is (configuration.cpp, set_cmdline_option)
const settingValue = (text: string): unknown => {
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  if (!/^\{[^]*\}$/.test(text)) return text
  try {
    return valueOf(parseSource(text, '-o', 'plain', true))
  } catch (error) {
    if (error instanceof AuditError) return text
    throw error
  }
}

const setAt = (tree: unknown, [step, ...rest]: readonly Step[], value: unknown): unknown => {
  if (step === undefined) return value
  if (typeof step === 'string') {
    const record = isRecord(tree) ? tree : {}
    return Object.fromEntries([
      ...Object.entries(record).filter(([key]) => key !== step),
      [step, setAt(Object.hasOwn(record, step) ? record[step] : undefined, rest, value)]
    ])
  }
  const items: readonly unknown[] = Array.isArray(tree) ? tree : []
  const at = step === -1 ? items.length : step
  return Array.from({ length: Math.max(items.length, at + 1) }, (_, index) =>
    index === at ? setAt(items[index], rest, value) : (items[index] ?? null)
  )
}
