import { AuditError } from '../../errors.ts'
import { type Configuration, configurationOf, DEFAULT_TREE } from '../../falco/configuration.ts'
import { type ConfigurationTree, mergedTrees, readTree, withSetting } from '../../falco/configuration-tree.ts'
import { unknownSettings } from '../../falco/unknown-settings.ts'
import { readLocalFile } from '../../host/local-files.ts'
import { harmless } from '../../render/paint.ts'
import { decodeText, MAX_BYTES } from '../../text/source.ts'
import { option, type OptionName, type Args } from '../options.ts'
import type { Session } from '../session.ts'

/** What the file of `-c`, `-o` and the other options say together; a later one wins. Throws BAD_SETTINGS and what reading a file throws. */
export const falcoConfiguration = (args: Args): Configuration => {
  const file = args.text('config')
  const written = file === undefined ? {} : treeOf(file)
  const tree = args.list('option').reduce(withSetting, mergedTrees(DEFAULT_TREE, written))
  const configuration = configurationOf(args.text('output') === 'json' ? { ...tree, json_output: true } : tree)
  const print = args.text('print')
  return {
    ...configuration,
    selections: [...configuration.selections, ...oldSelections(args)],
    appended: [...configuration.appended, ...(print === undefined ? [] : [{ format: print }])]
  }
}

const treeOf = (file: string): ConfigurationTree => {
  try {
    return readTree(decodeText(readLocalFile(file, MAX_BYTES), file), file)
  } catch (error) {
    if (error instanceof AuditError && error.code === 'NOT_FOUND')
      throw new AuditError('NOT_FOUND', `the configuration ${file} is not there`, { path: file, cause: error })
    throw error
  }
}

// https://github.com/falcosecurity/falco/pull/2899 took -D, -T and -t out of Falco, for the key rules
const oldSelections = (args: Args): Configuration['selections'] => {
  const [parts, tags, only] = [args.list('disable-rules'), args.list('disable-tag'), args.list('only-tag')]
  if (only.length > 0 && parts.length + tags.length > 0)
    throw new AuditError('USAGE', '-t cannot be given with -D or -T: it leaves out all rules without the tag')
  return [
    ...parts.map(part => ({ isEnabled: false, rule: `*${part}*` })),
    ...tags.map(tag => ({ isEnabled: false, tag })),
    ...(only.length === 0 ? [] : [{ isEnabled: false, rule: '*' }]),
    ...only.map(tag => ({ isEnabled: true, tag }))
  ]
}

const OLD = [
  { name: 'disable-rules', instead: "-o 'rules[].disable.rule=*PART*'" },
  { name: 'disable-tag', instead: "-o 'rules[].disable.tag=TAG'" },
  { name: 'only-tag', instead: "-o 'rules[].disable.rule=*' -o 'rules[].enable.tag=TAG'" }
] as const satisfies readonly { readonly name: OptionName; readonly instead: string }[]

/** Says of options that Falco has no more what stands in their place, and which outputs are Falco's alone. */
export const noteOptions = (args: Args, { outputsNotHere }: Configuration, session: Session): void => {
  for (const { name, instead } of OLD.filter(each => args.list(each.name).length > 0))
    session.talk(
      `note: -${option(name).alias ?? ''} is no option of Falco any more (since 0.39); ${instead} stands for it`
    )
  for (const { key, meant } of unknownSettings(args.list('option')))
    session.talk(
      harmless(`note: -o ${key} is no setting that is known${meant === undefined ? '' : `; is ${meant} meant?`}`)
    )
  for (const key of outputsNotHere) session.talk(`note: ${key} is switched on, and only Falco itself has it`)
}
