import { type YamlNode, yamlItems, yamlValue } from '../text/yaml-documents.ts'
import { itemContext, type ItemType, type LoadContext } from './load-context.ts'
import { refuse } from './load-result.ts'
import type { Reading } from './read-item.ts'
import { required, type RulesFile, textValue, unsignedOf } from './rule-values.ts'
import { compareVersions, isCompatible, type PluginVersion, versionOf } from './versions.ts'

/** Takes the version of Falco's engine that a file wants; a number alone is the second of three. */
export const readEngineVersion = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  { collected, engineVersion }: Reading
): void => {
  const text = required(textValue, file, item, 'required_engine_version', context)
  const minor = unsignedOf(text)
  const wanted = minor === undefined ? versionOf(text) : ([0, minor, 0] as const)
  if (!wanted)
    return refuse(
      'LOAD_ERR_YAML_VALIDATE',
      `Unable to parse engine version '${text}' as a semver string. Expected "x.y.z" semver format.`,
      context
    )
  if (!isCompatible(engineVersion, wanted)) {
    const message = `Rules require engine version ${wanted.join('.')}, but engine version is ${engineVersion.join('.')}`
    refuse('LOAD_ERR_VALIDATE', message, context)
  }
  if (compareVersions(collected.requiredEngineVersion, wanted) < 0) collected.requiredEngineVersion = wanted
}

/** Takes the plugins that a file wants. */
export const readPluginVersions = (
  file: RulesFile,
  plugins: YamlNode,
  parent: LoadContext,
  { collected }: Reading
): void => {
  const context = itemContext(parent, 'required plugin versions', '', file.markOf(plugins))
  if (plugins.kind !== 'list')
    refuse('LOAD_ERR_YAML_VALIDATE', 'Value of required_plugin_versions must be a sequence', context)
  for (const plugin of yamlItems(plugins)) {
    const [first, own] = readPlugin(file, plugin, 'required plugin versions entry', 'Plugin version', context)
    const others = yamlValue(plugin, 'alternatives')
    if (others && others.kind !== 'list')
      refuse('LOAD_ERR_YAML_VALIDATE', 'Value of plugin version alternatives must be a sequence', own)
    const alternatives = others ? yamlItems(others) : []
    const requirement = [first, ...alternatives.map(each => readAlternative(file, each, own))]
    refuseVersions(requirement, own)
    collected.pluginRequirements.push(requirement)
  }
}

const readAlternative = (file: RulesFile, item: YamlNode, context: LoadContext): PluginVersion =>
  readPlugin(file, item, 'required plugin versions alternative', 'Plugin version alternative', context)[0]

const readPlugin = (
  file: RulesFile,
  item: YamlNode,
  itemType: ItemType,
  what: string,
  context: LoadContext
): [PluginVersion, LoadContext] => {
  const nameless = itemContext(context, itemType, '', file.markOf(item))
  if (item.kind !== 'map') refuse('LOAD_ERR_YAML_VALIDATE', `${what} must be a mapping`, nameless)
  const name = required(textValue, file, item, 'name', nameless)
  const own = itemContext(context, itemType, name, file.markOf(item))
  return [{ name, version: required(textValue, file, item, 'version', own) }, own]
}

const refuseVersions = (requirement: readonly PluginVersion[], context: LoadContext): void => {
  const names = new Set<string>()
  for (const { name, version } of requirement) {
    if (!versionOf(version))
      refuse('LOAD_ERR_VALIDATE', `Invalid required version '${version}' for plugin '${name}'`, context)
    if (names.has(name))
      refuse('LOAD_ERR_VALIDATE', `Defined multiple alternative version requirements for plugin '${name}'`, context)
    names.add(name)
  }
}
