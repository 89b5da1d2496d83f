import type { Host } from './host.ts'
import { nodeHostReader } from './node-host-reader.ts'
import { rootedPaths } from './resolve-in-root.ts'
import { fileWriters } from './write-files.ts'

/** The machine this process runs on, with every file below `root`. Throws NOT_FOUND or WRONG_KIND for the root. */
export const nodeHost = ({ root }: { readonly root: string }): Host => {
  const reader = nodeHostReader({ root })
  return { ...reader, ...fileWriters(rootedPaths(reader.root)) }
}
