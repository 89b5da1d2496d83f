import type { AuditEvent } from '../../falco/audit-event.ts'
import type { Configuration } from '../../falco/configuration.ts'
import type { LoadedRules } from '../../falco/load-rules.ts'
import {
  hasMappingRoot,
  loadResultSummary,
  loadResultText,
  type RulesContents,
  validationJson,
  validationText
} from '../../render/falco-validation.ts'
import { jsonLine } from '../../render/json-line.ts'
import { harmless } from '../../render/paint.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import type { Session } from '../session.ts'
import { askedDescription, descriptionText } from './describe-loaded.ts'
import { rulesFile, type RulesFile } from './rules-files.ts'

/** What the command line asks for. */
export interface Asked {
  readonly args: Args
  readonly configuration: Configuration
  readonly session: Session
  readonly io: Io
}

// who forgets the source of a rule hears nothing else of it
const tellLeftOut = ({ results }: LoadedRules<AuditEvent>, session: Session): void => {
  const left = new Map<string, string[]>()
  for (const { code, message, context } of results.flatMap(({ warnings }) => warnings)) {
    const [, source] = /^Unknown source (.*), skipping$/s.exec(message) ?? []
    if (code !== 'LOAD_UNKNOWN_SOURCE' || source === undefined) continue
    left.set(source, [...(left.get(source) ?? []), context.locations.at(-1)?.itemName ?? ''])
  }
  for (const [source, names] of left) {
    const shown = names.slice(0, MOST_NAMED).join(', ')
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''
    const hint =
      source === 'syscall'
        ? ' (where a rule has no source it is of syscall; those on audit events say source: k8s_audit)'
        : ''
    session.talk(
      harmless(`warning: left out, because their events of source ${source} are not here${hint}: ${shown}${more}`)
    )
  }
}

const MOST_NAMED = 5

/** Loads the files of `-V` and prints what is wrong with them. Gives 1 where something is. */
export const validateRules = (
  load: (files: readonly RulesFile[], goesOn: boolean) => LoadedRules<AuditEvent>,
  { args, configuration, session, io }: Asked
): number => {
  const files = args.list('validate').map(rulesFile)
  const loaded = load(files, true)
  const contents = contentsOf(files)
  const described = loaded.isSuccessful ? askedDescription(loaded, args) : undefined
  if (configuration.isJson) {
    const json = validationJson(loaded.results, contents, described)
    io.out(jsonLine(session.isJson ? resultOf('FalcoValidation', json) : json))
  } else {
    const text = args.has('verbose')
      ? loaded.results.map(result => loadResultText(result, contents)).join('\n')
      : validationText(loaded.results, contents)
    io.out(`${harmless(text)}\n${described ? `\n${descriptionText(described)}\n` : ''}`)
  }
  tellLeftOut(loaded, session)
  tellPluginFault(loaded, io)
  return loaded.isSuccessful ? 0 : 1
}

/** Tells what is wrong with rules that are to be asked, and, briefly, what is doubtful; false where they cannot be asked. */
export const tellLoaded = (
  loaded: LoadedRules<AuditEvent>,
  files: readonly RulesFile[],
  { args, session, io }: Asked
): boolean => {
  const contents = contentsOf(files)
  for (const result of loaded.results) {
    if (!result.isSuccessful) {
      io.err(`Error: ${harmless(loadResultText(result, contents))}\n`)
      io.err(
        `next: ${hasMappingRoot(result) ? 'is it a configuration? -c FILE takes one' : 'correct the rules; the same with --dry-run looks at them alone'}\n`
      )
    } else if (result.warnings.length > 0) {
      const isLong = args.has('verbose')
      session.talk(
        harmless(
          isLong
            ? loadResultText(result, contents)
            : `${loadResultSummary(result).split('\n')[0] ?? ''} (${result.warnings.length}; -v shows them)`
        )
      )
    }
  }
  tellLeftOut(loaded, session)
  tellPluginFault(loaded, io)
  if (!loaded.isSuccessful) session.give(() => resultOf('FalcoValidation', validationJson(loaded.results, contents)))
  return loaded.isSuccessful
}

// which plugins there are is known to this program, so that only the rules can be changed
const tellPluginFault = ({ pluginFault }: LoadedRules<AuditEvent>, io: Io): void => {
  if (pluginFault === undefined) return
  io.err(`Error: ${harmless(pluginFault)}\nnext: correct required_plugin_versions, or update auditpatch\n`)
}

const contentsOf = (files: readonly RulesFile[]): RulesContents =>
  new Map(files.map(({ name, content }) => [name, content]))
