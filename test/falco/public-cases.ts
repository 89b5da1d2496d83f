import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { auditEventReader } from '../../src/falco/audit-event-reader.ts'
import { fieldMemo } from '../../src/falco/field-memo.ts'
import { k8sAuditSource } from '../../src/falco/k8s-audit-source.ts'
import { loadRules } from '../../src/falco/load-rules.ts'
import { priorityNamed } from '../../src/falco/priorities.ts'
import { ruleEngine } from '../../src/falco/rule-engine.ts'

const shared = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/falco')
const table = join(shared, 'cases.tsv')
const absent = existsSync(table) ? false : `${table} is not there`

interface Case {
  readonly id: string
  readonly test: string
  readonly rules: readonly string[]
  readonly events: string
  readonly matching: 'first' | 'all'
  readonly load: string
  readonly detect: string
  readonly levels: readonly string[]
  readonly counts: readonly string[]
  readonly stderr: string
}

const casesOf = (text: string): Case[] => {
  const [head = '', ...rows] = text.split('\n').filter(Boolean)
  const names = head.split('\t')
  const parts = (value: string, separator: string): string[] => value.split(separator).filter(Boolean)
  return rows.map(row => {
    const cells = row.split('\t')
    const cell = (name: string): string => cells[names.indexOf(name)] ?? ''
    return {
      id: cell('id'),
      test: cell('test'),
      rules: parts(cell('rules_files'), ','),
      events: cell('events_file'),
      matching: cell('rule_matching') === 'all' ? 'all' : 'first',
      load: cell('expect_load'),
      detect: cell('detect'),
      levels: parts(cell('detect_levels'), ','),
      counts: parts(cell('detect_counts'), ';'),
      stderr: cell('stderr_contains')
    }
  })
}

const load = (files: readonly string[]) => {
  const memo = fieldMemo(k8sAuditSource())
  const contents = files.map(file => ({ name: file, content: readFileSync(join(shared, file), 'utf8') }))
  return { memo, loaded: loadRules(contents, { memos: [memo] }) }
}

const run = ({ events, matching }: Case, { memo, loaded }: ReturnType<typeof load>) => {
  const counts = new Map<string, number>()
  const levels = new Set<string>()
  const refused: string[] = []
  const debug = priorityNamed('debug')
  if (!debug) throw new Error('there is no priority debug')
  const judge = ruleEngine(loaded.rules, memo, { matching, leastPriority: debug })
  const reader = auditEventReader(event =>
    judge(event, rule => {
      counts.set(rule.name, (counts.get(rule.name) ?? 0) + 1)
      levels.add(rule.priority.short)
    })
  )
  if (loaded.isSuccessful)
    for (const line of readFileSync(join(shared, events), 'utf8').split('\n')) {
      const bytes = Buffer.from(line)
      reader.readLine(bytes, 0, bytes.length, why => refused.push(why))
    }
  return { counts, levels, refused }
}

t.test("Falco's own cases for audit events", { skip: absent }, async t => {
  const known = new Map<string, ReturnType<typeof load>>()
  for (const each of casesOf(readFileSync(table, 'utf8'))) {
    const key = each.rules.join()
    const rules = known.get(key) ?? load(each.rules)
    known.set(key, rules)
    const { loaded } = rules
    const { counts, levels, refused } = run(each, rules)
    const name = `${each.id} ${each.test}`
    const codes = loaded.results.flatMap(({ errors }) => errors.map(({ code }) => code))
    const wanted = /^error:(\w+)/.exec(each.load)?.[1]
    t.same(codes, wanted === undefined ? [] : [wanted], `${name} loads as wanted`)
    if (wanted !== undefined) continue
    if (each.detect === 'zero') t.equal(counts.size, 0, `${name}: nothing`)
    if (each.detect === 'yes') t.ok(counts.size > 0, `${name}: something`)
    for (const level of each.levels) t.ok(levels.has(level), `${name}: ${level}`)
    for (const count of each.counts) {
      const [, rule = '', number = ''] = /^(.*)=(\d+)$/.exec(count) ?? []
      t.equal(counts.get(rule) ?? 0, Number(number), `${name}: ${count}`)
    }
    if (each.stderr !== '') t.match(refused.join('\n'), each.stderr, name)
  }
})
