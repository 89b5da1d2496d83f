import type { Configuration } from '../../falco/configuration.ts'
import { harmless } from '../../render/paint.ts'
import type { Args } from '../options.ts'
import type { Session } from '../session.ts'
import { type RulesFile, rulesFiles } from './rules-files.ts'

const OURS = 'template:baseline'

/** Says that rules of our own are asked, where no others are named. */
export const noteOurs = (args: Args, configuration: Configuration, session: Session): void => {
  if (args.list('rules').length + configuration.rulesFiles.length === 0)
    session.talk(`no rules are given: those of ${OURS} are asked`)
}

/** The rules files of `-r`, else those of the configuration, else rules of our own. Throws as rulesFiles does. */
export const askedRules = (args: Args, configuration: Configuration, session: Session): RulesFile[] => {
  const given = args.list('rules')
  const configured = given.length > 0 ? given : configuration.rulesFiles
  return rulesFiles(configured.length > 0 ? configured : [OURS], path =>
    session.talk(harmless(`warning: ${path} is no *.yaml or *.yml; Falco leaves it out, and so does auditpatch`))
  )
}
