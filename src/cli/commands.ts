import type { Command } from './command.ts'
import { apply } from './commands/apply.ts'
import { backups } from './commands/backups.ts'
import { demo } from './commands/demo.ts'
import { plan } from './commands/plan.ts'
import { recover } from './commands/recover.ts'
import { remove } from './commands/remove.ts'
import { render } from './commands/render.ts'
import { restore } from './commands/restore.ts'
import { status } from './commands/status.ts'

/** Every command, in the order of help. */
export const COMMANDS: readonly Command[] = [plan, apply, status, remove, backups, restore, recover, render, demo]
