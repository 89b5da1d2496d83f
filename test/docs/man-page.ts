import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { COMMANDS } from '../../src/cli/commands.ts'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import { manPage } from '../../src/cli/man-page.ts'
import { OPTIONS } from '../../src/cli/options.ts'
import { noProgram } from '../fake-shell.ts'

const page = manPage(COMMANDS, '1.2.3', '2026-01-31')

t.test('the man page is the same for the same tables, and holds all of them', async t => {
  t.equal(manPage(COMMANDS, '1.2.3', '2026-01-31'), page)
  t.match(page, '.TH AUDITPATCH 1 2026-01-31 "auditpatch 1.2.3"')
  const heads = page.split('\n').filter((_, index, all) => all[index - 1] === '.TP')
  for (const { name } of COMMANDS)
    t.ok(
      heads.some(head => head.startsWith(`\\fB${name.replace('-', '\\-')}\\fR`)),
      name
    )
  for (const name of Object.keys(OPTIONS)) {
    const own = heads.filter(head => head.includes(`\\fB\\-\\-${name.replaceAll('-', '\\-')}\\fR`))
    t.equal(own.length, 1, `--${name} is told of once`)
  }
  for (const { code } of EXIT_CODES) t.ok(heads.includes(`\\fB${code}\\fR`), `exit code ${code}`)
})

const missing = ['man', 'mandoc', 'lexgrog'].flatMap(name => noProgram(name) || [])

t.test('the man page is read without a warning', { skip: missing.length > 0 && missing.join(', ') }, async t => {
  const file = join(t.testdir(), 'auditpatch.1')
  writeFileSync(file, page)
  const said = (command: string, ...rest: string[]): string => {
    const { status, stdout, stderr } = spawnSync(command, [...rest, file], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', MANWIDTH: '80' }
    })
    t.same([status, stderr], [0, ''], command)
    return stdout
  }
  t.equal(said('mandoc', '-T', 'lint'), '')
  t.match(said('lexgrog'), '"auditpatch - switch on audit logging of a kubeadm control plane"')
  const shown = said('man', '--warnings', '-l')
  // what is searched for must not be divided, and a minus must be one
  for (const head of ['--container-policy-path PATH', '--webhook-initial-backoff TIME']) t.match(shown, head)
  t.notMatch(shown, /[‐−]/, 'no other dash than the one that is typed')
})
