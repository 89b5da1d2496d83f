import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Somebody else's work in the program, and the text of its licence. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  readonly text: string
}

/**
 * The npm packages that files of a bundle come from, by name; paths are below a directory. For the build alone. Throws
 * where a package has no licence to go with it.
 */
export const bundledPackages = (root: string, files: readonly string[]): BundledPackage[] => {
  const places = files.flatMap(file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [])
  return [...new Set(places)].sort().map(place => {
    const directory = join(root, place)
    const { name, version }: { name: string; version: string } = JSON.parse(
      readFileSync(join(directory, 'package.json'), 'utf8')
    )
    const licence = readdirSync(directory).find(each => /^licen[cs]e(\.|$)/i.test(each))
    if (licence === undefined) throw new Error(`${place} is in the bundle and has no file LICENSE`)
    return { name, version, text: readFileSync(join(directory, licence), 'utf8') }
  })
}
