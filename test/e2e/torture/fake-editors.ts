import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** One who saves a file in steps, as a program of that kind does. */
export interface Editor {
  readonly name: string
  /** The steps; others can act between one and the next. */
  readonly steps: (file: string, text: string) => readonly (() => void)[]
}

const beside = (file: string, name: string): string => join(dirname(file), name)

/** The ways in which a manifest is saved on a node. */
export const EDITORS: readonly Editor[] = [
  {
    name: 'in place',
    steps: (file, text) => {
      let open = -1
      return [
        () => {
          open = openSync(file, 'a')
          ftruncateSync(open)
        },
        () => {
          writeSync(open, text)
          closeSync(open)
        }
      ]
    }
  },
  {
    name: 'by rename',
    steps: (file, text) => {
      const temporary = beside(file, '.edited')
      return [() => writeFileSync(temporary, text, { mode: 0o600 }), () => renameSync(temporary, file)]
    }
  },
  {
    // vim with 'backup': a test file, the old file moved away, a new one in its place
    name: 'as vim does',
    steps: (file, text) => {
      const [swap, test, old] = [beside(file, `.${basename(file)}.swp`), beside(file, '4913'), `${file}~`]
      return [
        () => {
          writeFileSync(swap, 'b0VIM')
          writeFileSync(test, '')
          rmSync(test)
          if (readdirSync(dirname(file)).includes(basename(file))) renameSync(file, old)
        },
        () => {
          writeFileSync(file, text, { mode: 0o600 })
          rmSync(old, { force: true })
          rmSync(swap)
        }
      ]
    }
  },
  {
    // kubernetes/kubernetes cmd/kubeadm/app/phases/upgrade/staticpods.go v1.36.0, upgradeComponent: two renames
    name: 'as kubeadm upgrade does',
    steps: (file, text) => {
      const temporary = join(dirname(dirname(file)), 'tmp')
      const [made, old] = [join(temporary, 'new'), join(temporary, 'old')]
      return [
        () => {
          mkdirSync(temporary, { recursive: true })
          writeFileSync(made, text, { mode: 0o600 })
          renameSync(file, old)
        },
        () => {
          renameSync(made, file)
          rmSync(temporary, { recursive: true })
        }
      ]
    }
  }
]
