import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const up = (directory: string): string =>
  existsSync(join(directory, 'package.json')) && existsSync(join(directory, 'examples'))
    ? directory
    : up(dirname(directory))

/** The top of the project, also for a bundle of this file somewhere below it. */
export const root = up(dirname(fileURLToPath(import.meta.url)))
