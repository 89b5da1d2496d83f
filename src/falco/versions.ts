/** Three numbers; null where a text does not begin with three. */
export type Version = readonly [major: number, minor: number, patch: number]

/** Reads the version with which a text begins, as sscanf does (libsinsp/version.h of falcosecurity/libs). */
export const versionOf = (text: string): Version | null => {
  const [, ...numbers] = /^\s*\+?(\d+)\.\s*\+?(\d+)\.\s*\+?(\d+)/.exec(text) ?? []
  const [major, minor, patch] = numbers.map(Number)
  return major === undefined || minor === undefined || patch === undefined ? null : [major, minor, patch]
}

/** Below 0 where the first is older. */
export const compareVersions = (one: Version, other: Version): number =>
  one[0] - other[0] || one[1] - other[1] || one[2] - other[2]

/** Whether what is there does what is wanted: the same major number, and not older. */
export const isCompatible = (there: Version, wanted: Version): boolean =>
  there[0] === wanted[0] && compareVersions(there, wanted) >= 0

/** A plugin, by a version that it must have at least. */
export interface PluginVersion {
  readonly name: string
  readonly version: string
}

/** One of these plugins must be there. */
export type PluginRequirement = readonly PluginVersion[]

/** The first requirement that plugins do not satisfy, in Falco's words (falco_engine.cpp, check_plugin_requirements). */
export const requirementFault = (
  requirements: readonly PluginRequirement[],
  plugins: readonly PluginVersion[]
): string | undefined => {
  for (const alternatives of requirements) {
    const [wanted, plugin] = firstKnown(alternatives, plugins)
    if (!wanted || !plugin) {
      const names = alternatives.map(({ name, version }) => `${name} (>= ${version})`).join(', ')
      return `Plugin requirement not satisfied, must load one of: ${names}`
    }
    const [there, asked] = [versionOf(plugin.version), versionOf(wanted.version)]
    if (!there) return `Plugin '${plugin.name}' has invalid version string '${plugin.version}'`
    if (!asked || !isCompatible(there, asked))
      return `Plugin '${plugin.name}' version '${plugin.version}' is not compatible with required plugin version '${wanted.version}'`
  }
  return undefined
}

const firstKnown = (
  alternatives: PluginRequirement,
  plugins: readonly PluginVersion[]
): [PluginVersion, PluginVersion] | [] => {
  for (const wanted of alternatives) {
    const plugin = plugins.find(({ name }) => name === wanted.name)
    if (plugin) return [wanted, plugin]
  }
  return []
}
