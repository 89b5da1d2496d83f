import { marksIn, parseYamlDocuments, yamlItems } from '../text/yaml-documents.ts'
import { fileContext, itemContext } from './load-context.ts'
import { refuse, type Warn } from './load-result.ts'
import { type Reading, readItem } from './read-item.ts'
import { yamlFault } from './yaml-fault.ts'

/** Reads the items of a rules file, document by document, and takes each. Throws at the first that cannot be taken. */
export const readRules = (name: string, content: string, reading: Reading, warn: Warn): void => {
  const context = fileContext(name)
  const { documents, fault } = parseYamlDocuments(content)
  if (fault) {
    const { message, mark } = yamlFault(fault, content)
    return refuse('LOAD_ERR_YAML_PARSE', message, itemContext(context, 'value for', '', mark))
  }
  const markOf = marksIn(content)
  const file = { warn, markOf: ({ offset }: { readonly offset: number }) => markOf(offset) }
  for (const document of documents) {
    if (document.kind === 'null') continue
    if (document.kind === 'scalar') refuse('LOAD_ERR_YAML_VALIDATE', 'Rules content is not yaml', context)
    if (document.kind !== 'list')
      refuse('LOAD_ERR_YAML_VALIDATE', 'Rules content is not yaml array of objects', context)
    for (const item of yamlItems(document)) if (item.kind !== 'null') readItem(file, item, context, reading)
  }
}
