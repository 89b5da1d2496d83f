import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { localClock } from '../../src/falco/event-time.ts'
import { type Json, keepsSchema } from '../fake-cli.ts'
import type { Io } from '../../src/cli/io.ts'
import { alertsIn, auditEvent, logOfEvents, RULE_A, RULE_ALL, RULE_B } from './fake-audit.ts'
import { type Output, startFalco } from './fake-run.ts'

const events = [0, 1, 2, 3, 4, 5].map(n => auditEvent(n))
const BIG = auditEvent(6, { requestObject: { text: 'x'.repeat(270_000) } })

// a directory of its own for each test, in which DIR/ is
const setUp = (t: Test) => {
  const dir = t.testdir({
    'rules.yaml': RULE_A + RULE_B + RULE_ALL,
    'rules.d': {
      'b.yml': RULE_A,
      'a.yaml': RULE_B,
      'c.txt': RULE_ALL,
      'd.yaml': { 'e.yaml': RULE_ALL },
      'f.yaml': t.fixture('symlink', '/dev/zero')
    },
    'more.yaml': `${RULE_ALL.replace('enabled: false', 'enabled: true')}  tags: [every]\n`,
    'broken.yaml': RULE_A.replace('ka.verb = get', 'ka.verb ='),
    'doubtful.yaml': `${RULE_B}- macro: unused\n  condition: ka.verb = get\n`,
    'other.yaml': `${RULE_B}- rule: S\n  desc: of the kernel\n  condition: evt.type = open\n  output: S\n  priority: INFO\n`,
    'newer.yaml': `- required_engine_version: 0.99.0\n${RULE_B}`,
    'plugin.yaml': `- required_plugin_versions: [{name: k8saudit, version: 1.0.0}]\n${RULE_B}`,
    'settings.yaml': 'rule: A\n',
    'empty.d': { 'c.txt': RULE_ALL },
    'a.log': logOfEvents(0, 1, 2, 3, 4, 5),
    'b.log': logOfEvents(6, 7),
    'bad.log': `{"kind": 0}\nno JSON\n\n${logOfEvents(3)}{"kind":"Event"}\n`,
    'all-bad.log': '{"kind": 0}\n'.repeat(30),
    'big.log': `${JSON.stringify(BIG)}\n${logOfEvents(0)}`,
    'list.json': JSON.stringify({ kind: 'EventList', items: events }),
    'split.json': `{"kind":"EventList","items":[${events.map(event => JSON.stringify(event)).join(',\n')}]}`,
    'array.json': JSON.stringify(events),
    'pretty.json': events.map(event => JSON.stringify(event, null, 2)).join('\n'),
    'empty.log': '',
    rotated: {
      'audit.log': logOfEvents(4, 5),
      'audit-2026-11-22T10-00-09.000.log': logOfEvents(2, 3),
      'audit-2026-11-22T10-00-01.000.log.gz': gzipSync(logOfEvents(0, 1))
    },
    'one.log.gz': gzipSync(logOfEvents(0, 1, 2, 3, 4, 5)),
    'falco.yaml': 'rules_files: [DIR/rules.yaml]\nrule_matching: all\npriority: warning\n'
  })
  const at = (name: string): string => join(dir, name)
  const words = (line: string): string[] => line.split(' ').map(word => word.replaceAll('DIR', dir))
  const falco = (line: string, more: Partial<Io> = {}): Promise<Output> => startFalco(words(line), more).done
  return { at, falco }
}

interface Judged {
  readonly name: string
  readonly in: string
  /** The rules that alerted, with the ID of the event. */
  readonly want: string | RegExp
  /** What is on standard error. */
  readonly err?: string | RegExp
}

const ALERTS = 'A0 B1 B3 B4'
const R = '-r DIR/rules.yaml'
const RUN = `${R} -e DIR/a.log`
const NOTHING: RegExp = /^$/

const judge = async (t: Test, falco: (line: string) => Promise<Output>, rows: readonly Judged[]): Promise<void> => {
  for (const { name, in: line, want, err = NOTHING } of rows) {
    const output = await falco(line)
    t.equal(output.code, 0, `${name}: exit 0, ${output.err}`)
    const { alerts } = alertsIn(output.out)
    if (typeof want === 'string') t.equal(alerts, want, name)
    else t.match(alerts, want, name)
    t.match(output.err, err, `${name}: on standard error`)
  }
}

t.test('rules and events', async t => {
  const { falco } = setUp(t)
  // prettier-ignore
  await judge(t, falco, [
    { name: 'a file', in: RUN, want: ALERTS },
    { name: 'as an argument', in: `${R} DIR/a.log`, want: ALERTS },
    { name: 'short options that hold their values', in: '-rDIR/rules.yaml -eDIR/a.log', want: ALERTS },
    { name: 'long options', in: '--rules=DIR/rules.yaml --events=DIR/a.log', want: ALERTS },
    { name: 'a directory, in the order of the names', in: '-r DIR/rules.d -e DIR/a.log', want: 'B0 B1 B3 B4' },
    { name: 'two, in their own order', in: '-r DIR/rules.d/b.yml -r DIR/rules.d/a.yaml -e DIR/a.log', want: ALERTS },
    { name: 'one that replaces', in: `${R} -r DIR/more.yaml -e DIR/a.log`, want: 'A0 B1 All2 B3 B4 All5' },
    { name: 'another extension', in: `-r DIR/rules.d/c.txt ${RUN}`, want: ALERTS, err: /^warning: \S+c\.txt is no \*\.yaml .* Falco leaves it out/ },
    { name: 'none', in: '-e DIR/a.log', want: /^Secret was read \(user=alice as=<NA> verb=get secret=object-0 [^]+$/, err: /^no rules are given: those of template:baseline/ },
    { name: 'of another source', in: '-r DIR/other.yaml -e DIR/a.log', want: 'B0 B1 B3 B4', err: /^\S+other\.yaml: Ok, with warnings \(1; -v shows them\)\nwarning: left out, .* source syscall .*: S\n$/ },
    { name: 'the same in full', in: '-r DIR/other.yaml -e DIR/a.log -v', want: 'B0 B1 B3 B4', err: /LOAD_UNKNOWN_SOURCE \(Unknown event source\): Unknown source syscall, skipping/ },
    { name: 'several logs', in: `${RUN} -e DIR/b.log DIR/array.json`, want: `${ALERTS} A6 B7 ${ALERTS}` },
    { name: 'a directory of rotated logs', in: `${R} -e DIR/rotated`, want: ALERTS },
    { name: 'compressed', in: `${R} -e DIR/one.log.gz`, want: ALERTS },
    { name: 'a list', in: `${R} -e DIR/list.json`, want: ALERTS },
    { name: 'a list with line breaks', in: `${R} -e DIR/split.json`, want: ALERTS },
    { name: 'an array', in: `${R} -e DIR/array.json`, want: ALERTS },
    { name: 'over several lines', in: `${R} -e DIR/pretty.json`, want: ALERTS },
    { name: 'no event', in: `${R} -e DIR/empty.log`, want: '' },
    { name: 'a log that the plugin is to open', in: `${R} -o plugins[0].open_params=DIR/a.log`, want: ALERTS },
    { name: '-e goes before it', in: `${R} -o plugins[0].open_params=DIR/b.log -e DIR/a.log`, want: ALERTS }
  ])
  const input = () => [Buffer.from(logOfEvents(0, 1)), Buffer.from(logOfEvents(3))]
  t.equal(alertsIn((await falco(`${R} -e -`, { input })).out).alerts, 'A0 B1 B3', 'standard input')
  t.match(await falco(`${R} -e -`, { isInTerminal: true }), {
    code: 1,
    err: /a file is wanted, or standard input by a pipe/
  })
})

t.test('what is no event is told, and the rest is judged', async t => {
  const { at, falco } = setUp(t)
  const size = JSON.stringify(BIG).length
  const limit = (bytes: number): string => `${R} -e DIR/big.log -o plugins[0].init_config.maxEventSize=${bytes}`
  const bad = `[k8saudit] ${at('bad.log')}`
  // prettier-ignore
  await judge(t, falco, [
    { name: 'bad lines', in: `${R} -e DIR/bad.log`, want: 'B3', err: `${bad}:1: data not recognized as a k8s audit event\n${bad}:2: cannot parse JSON: unparsed tail: "no JSON"\n${bad}:5: can't read stageTimestamp\n` },
    { name: 'many', in: `${R} -e DIR/all-bad.log`, want: '', err: /all-bad\.log:20: data not[^]*all-bad\.log: 10 more lines are no audit events\n$/ },
    { name: 'too large', in: `${R} -e DIR/big.log`, want: 'A0', err: `[k8saudit] ${at('big.log')}:1: event larger than maxEventSize: size=${size}\n` },
    { name: 'as large as may be', in: limit(size), want: 'A6 A0' },
    { name: 'one byte more', in: limit(size - 1), want: 'A0', err: /:1: event larger than maxEventSize: size=\d+\nnote: -o 'plugins\[0\]\.init_config\.maxEventSize=BYTES' .*\n$/ },
    { name: 'quietly', in: `${R} -e DIR/bad.log --quiet`, want: 'B3' }
  ])
})

t.test('-M ends by the times of the events', async t => {
  const { falco } = setUp(t)
  await judge(t, falco, [
    { name: 'the one that comes too late is not judged', in: `${RUN} -M 3`, want: 'A0 B1' },
    { name: 'a second more', in: `${RUN} -M4 -e DIR/b.log`, want: 'A0 B1 B3' },
    { name: 'counted from the first event', in: `${R} -e DIR/b.log -M 1`, want: 'A6' },
    { name: 'long enough', in: `${RUN} --seconds=100 -e DIR/b.log`, want: `${ALERTS} A6 B7` },
    { name: '0 is for ever', in: `${RUN} -M 0`, want: ALERTS }
  ])
})

t.test('which rules are asked', async t => {
  const { falco } = setUp(t)
  const old = (letter: string, instead: string): string =>
    `note: -${letter} is no option of Falco any more (since 0.39); ${instead} stands for it\n`
  const tags = "-o 'rules[].disable.rule=*' -o 'rules[].enable.tag=TAG'"
  // prettier-ignore
  await judge(t, falco, [
    { name: 'all that match', in: `${RUN} -o rule_matching=all`, want: 'A0 B0 B1 B3 B4' },
    { name: 'those that are grave', in: `${RUN} -o priority=warning`, want: 'A0' },
    { name: 'in any case', in: `${RUN} -o priority=INFORMATIONAL`, want: ALERTS },
    { name: 'by a name', in: `${RUN} -o rules[].disable.rule=A`, want: 'B0 B1 B3 B4' },
    { name: 'by a pattern, and back again', in: `${RUN} -o rules[].disable.rule=* -o rules[].enable.rule=B`, want: 'B0 B1 B3 B4' },
    { name: 'by a tag', in: `${RUN} -o rules[].disable.rule=* -o rules[].enable.tag=secret`, want: 'A0' },
    { name: 'in their order', in: `${RUN} -o rules[].enable.tag=secret -o rules[].disable.rule=*`, want: '' },
    { name: 'one that is switched off', in: `${RUN} -o rules[].enable.rule=All`, want: 'A0 B1 All2 B3 B4 All5' },
    { name: '-D', in: `${RUN} -D A`, want: 'B0 B1 B3 B4', err: old('D', "-o 'rules[].disable.rule=*PART*'") },
    { name: '-T', in: `${RUN} -T secret -T none`, want: 'B0 B1 B3 B4', err: old('T', "-o 'rules[].disable.tag=TAG'") },
    { name: '-t', in: `${RUN} -t secret`, want: 'A0', err: old('t', tags) },
    { name: '-t twice', in: `${RUN} -t secret -t every -r DIR/more.yaml -o rule_matching=all`, want: 'A0 All0 All1 All2 All3 All4 All5', err: old('t', tags) },
    { name: 'of a source that there is', in: `${RUN} --enable-source k8s_audit`, want: ALERTS },
    { name: 'without one that there is not', in: `${RUN} --disable-source syscall`, want: ALERTS }
  ])
})

t.test('the configuration', async t => {
  const { at, falco } = setUp(t)
  const { writeFileSync } = await import('node:fs')
  writeFileSync(at('falco.yaml'), readFileSync(at('falco.yaml'), 'utf8').replaceAll('DIR', at('.')))
  const C = '-c DIR/falco.yaml -e DIR/a.log'
  const file = '-o file_output.enabled=true -o file_output.filename=DIR/alerts.txt'
  // prettier-ignore
  await judge(t, falco, [
    { name: '-c', in: C, want: 'A0' },
    { name: '-o over -c', in: `${C} -o priority=debug`, want: 'A0 B0 B1 B3 B4' },
    { name: 'the last -o counts', in: `${C} -o priority=debug -o rule_matching=all -o rule_matching=first`, want: ALERTS },
    { name: '-r over rules_files', in: `${C} -r DIR/more.yaml -o rules_files[]=DIR/nothing.yaml`, want: 'All0 All1 All2 All3 All4 All5' },
    { name: '-p', in: `${RUN} -p ,%ka.verb`, want: 'A0 ,get B1 ,create B3 ,get B4 ,create' },
    { name: 'append_output', in: `${RUN} -o append_output[0].extra_output=,%ka.verb -o append_output[0].match.rule=A`, want: 'A0 ,get B1 B3 B4' },
    { name: 'a text that would be something else in YAML', in: `${RUN} -p :#{%ka.verb,-M`, want: 'A0 :#{get,-M B1 :#{create,-M B3 :#{get,-M B4 :#{create,-M' },
    { name: 'the same by -o', in: `${RUN} -o append_output[].extra_output=a:\t#%ka.verb=`, want: 'A0 a:\\t#get= B1 a:\\t#create= B3 a:\\t#get= B4 a:\\t#create=' },
    { name: 'braces hold YAML', in: `${RUN} -o append_output[]={extra_output:\t'%ka.verb'}`, want: 'A0 get B1 create B3 get B4 create' },
    { name: 'not to standard output', in: `${RUN} -o stdout_output.enabled=false`, want: '' },
    { name: 'to a file, too', in: `${RUN} ${file}`, want: ALERTS },
    { name: 'to the file alone, behind what it holds', in: `${RUN} ${file} -o stdout_output.enabled=false -M 1`, want: '' },
    { name: 'an output that is not here', in: `${RUN} -o http_output.enabled=true`, want: ALERTS, err: 'note: http_output is switched on, and only Falco itself has it\n' },
    { name: 'at once', in: `${RUN} -U`, want: ALERTS }
  ])
  const lines = readFileSync(at('alerts.txt'), 'utf8')
  t.equal(alertsIn(lines).alerts, `${ALERTS} A0`, 'what is in the file')
  writeFileSync(at('alerts.txt'), `${lines}half an al`)
  await falco(`${RUN} ${file} -M 1`)
  const after = readFileSync(at('alerts.txt'), 'utf8').slice(lines.length)
  t.match(after, /^half an al\n[^\n]+\n$/, 'a line that was cut off does not take the next one with it')
  t.equal((await falco(`${RUN} --dry-run ${file.replace('alerts', 'none')}`)).out, '', 'nothing is judged')
  t.notOk(existsSync(at('none.txt')), 'and nothing written')
})

t.test('how alerts are written', async t => {
  const { falco } = setUp(t)
  const first = events[0]
  const seconds = Date.parse('2026-11-22T10:00:00Z') / 1000
  const time = `${localClock({ seconds, nanoseconds: 4000 })}`
  const text = await falco(RUN)
  t.equal(text.out.split('\n')[0], `${time}: Warning A0`)
  const statistics = [
    'Events detected: 4',
    'Rule counts by severity:',
    '   WARNING: 1',
    '   INFO: 3',
    'Triggered rules by rule name:',
    '   A: 1',
    '   B: 3'
  ].join('\n')
  t.equal(alertsIn(text.out).statistics, `${statistics}\n`)
  const iso = await falco(`${RUN} -o time_format_iso_8601=true`)
  t.match(iso.out, /^2026-11-22T10:00:00\.000004000\+0000: Warning A0\n/)
  const line =
    `{"hostname":"node","output":"${time}: Warning A0","output_fields":{"evt.time":${seconds}000004000,` +
    '"ka.auditid":"0"},"priority":"Warning","rule":"A","source":"k8s_audit","tags":["k8s","secret"],' +
    '"time":"2026-11-22T10:00:00.000004000Z"}'
  const json = await falco(`${RUN} -o json_output=true`)
  t.equal(json.out.split('\n')[0], line)
  t.equal(alertsIn(json.out).statistics, `${statistics}\n`, 'the statistics stand behind them')
  const ours = await falco(`${RUN} --output json`)
  t.same([ours.out.split('\n')[0], ours.err], [line, `${statistics}\n`], 'statistics are no JSON')
  for (const each of ours.out.trimEnd().split('\n')) t.type(JSON.parse(each), 'object')
  const all = ['hostname', 'output', 'output_fields', 'priority', 'rule', 'source', 'tags', 'time']
  const without = (name: string): string[] => all.filter(each => each !== name)
  // prettier-ignore
  const rows: readonly { readonly in: string; readonly want: readonly string[] }[] = [
    { in: 'json_include_output_property=false', want: without('output') },
    { in: 'json_include_tags_property=false', want: without('tags') },
    { in: 'json_include_output_fields_property=false', want: without('output_fields') },
    { in: 'json_include_message_property=true', want: ['hostname', 'message', ...all.slice(1)] }
  ]
  for (const { in: option, want } of rows) {
    const { out } = await falco(`${RUN} -o json_output=true -o ${option}`)
    const alert: object = JSON.parse(out.split('\n')[0] ?? '')
    t.same(Object.keys(alert), want, option)
  }
  const log = [{ ...first, auditID: 'x\u001b[2J\u202ey' }].map(event => Buffer.from(JSON.stringify(event)))
  const harmful = await falco(`${R} -e -`, { input: () => log })
  t.match(harmful.out, /Warning Ax\\u001b\[2J\\u202ey\n/, 'an event cannot write to the terminal')
  const bidi = [{ ...first, auditID: 'x\u009b2J\u202e\u{e0041}y' }].map(event => Buffer.from(JSON.stringify(event)))
  const { out } = await falco(`${R} -e - --output json`, { input: () => bidi })
  t.match(out, /Ax\\u009b2J\\u202e\\udb40\\udc41y"/, 'nor as JSON')
  t.match(JSON.parse(out.split('\n')[0] ?? ''), { output: /Ax\u009b2J\u202e\u{e0041}y$/u }, 'which says the same')
})

t.test('-U writes every alert before the next event is read', async t => {
  const { falco } = setUp(t)
  const written = async (line: string): Promise<number> => {
    let writes = 0
    const out = (): void => void (writes += 1)
    await falco(line, { out })
    return writes
  }
  t.same([await written(RUN), await written(`${RUN} -U`)], [2, 5])
})

t.test('lists and descriptions', async t => {
  const { falco } = setUp(t)
  const print = async (line: string): Promise<string> => {
    const { code, out, err } = await falco(line)
    t.same([code, err], [0, ''], line)
    return out
  }
  const fields = await print('--list')
  t.match(fields, /^-{31}\nField Class: {5}evt\nDescription: {5}.*\nEvent Sources: {3}k8s_audit\n\nevt\.num {27}/)
  t.equal(await print('--list=k8s_audit'), fields)
  t.equal(await print('--list k8s_audit'), fields)
  const names = (await print('--list -N')).trimEnd().split('\n')
  t.ok(names.length > 60 && names.every(name => /^(evt|ka|jevt|json)(\.\w+)+$/.test(name)), `${names.length} names`)
  for (const name of names) t.match(fields, `\n${name}`)
  t.match(await print('--list -v'), /\nka\.req\.binding\.subjects +\(Type: CHARBUF, LIST\)/)
  t.match(await print('--list --format markdown'), /^## Field Class: evt\n[^]*\n`ka\.verb` \| CHARBUF \| /)
  const listed: unknown = JSON.parse(await print('--list --format json'))
  t.match(listed, { fieldclasses: [{ name: 'evt', event_sources: ['k8s_audit'] }, {}, {}] })
  const listedJson: Json = JSON.parse(await print('--list --output json'))
  keepsSchema(t, listedJson, '--list')
  t.same(listedJson, {
    apiVersion: 'auditpatch/v1',
    kind: 'FalcoFields',
    ...(listed as object) // as: it is one
  })

  const [head, both] = [/^Rule {47}Description\n-{4} {47}-{11}\n/, /\nA {50}about A \n\nB {50}about B \n/]
  t.match(await print(`${R} -L`), head)
  t.match(await print(`${R} -L`), both)
  t.match(await print(`${R} -l B`), /\n-+ +-+\nB {50}about B \n\n$/)
  const described = JSON.parse(await print(`${R} -L -o json_output=true`)) as { rules: { info: { name: string } }[] } // as: its form
  t.same(Object.keys(described).sort(), [
    'lists',
    'macros',
    'required_engine_version',
    'required_plugin_versions',
    'rules'
  ])
  t.same(
    described.rules.map(({ info }) => info.name),
    ['A', 'B', 'All']
  )
  const one: Json = JSON.parse(await print(`${R} -l A --output json`))
  keepsSchema(t, one, '-l')
  keepsSchema(t, JSON.parse(await print(`${R} -L --output json`)), '-L')
  t.match(one, { kind: 'FalcoRules', rules: [{ info: { name: 'A' }, details: { condition_operators: ['=', 'in'] } }] })
})

t.test('-V', async t => {
  const { at, falco } = setUp(t)
  const rows: readonly { readonly in: string; readonly code: number; readonly out: string | RegExp }[] = [
    { in: '-V DIR/rules.yaml', code: 0, out: `${at('rules.yaml')}: Ok\n` },
    { in: '-V DIR/doubtful.yaml', code: 0, out: `${at('doubtful.yaml')}: Ok, with warnings\n` },
    { in: '-V DIR/doubtful.yaml -v', code: 0, out: /\n1 Warnings:\n[^]*\nLOAD_UNUSED_MACRO \(Unused macro\): / },
    { in: '-VDIR/broken.yaml', code: 1, out: /broken\.yaml: Invalid\n1 Errors:\n[^]*\nLOAD_ERR_COMPILE_CONDITION \(/ },
    { in: '-V DIR/settings.yaml', code: 1, out: /\nHint: --validate expects a rules file/ },
    { in: '-V DIR/newer.yaml', code: 1, out: /LOAD_ERR_VALIDATE .*0\.99\.0/ },
    {
      in: '-V DIR/rules.yaml -V DIR/doubtful.yaml -V DIR/broken.yaml',
      code: 1,
      out: /^.*: Ok\n.*: Ok, with warnings\n.*: Invalid\n/
    },
    { in: '-V DIR/rules.yaml -L', code: 0, out: /^.*: Ok\n\nRule +Description\n-+ +-+\nA +about A/ },
    { in: '-V DIR/broken.yaml -L', code: 1, out: /^.*: Invalid\n(?!.*Rule {10})/ }
  ]
  for (const { in: line, code, out } of rows) {
    const output = await falco(line)
    t.same([output.code, output.err], [code, ''], line)
    if (typeof out === 'string') t.equal(output.out, out, line)
    else t.match(output.out, out, line)
  }
  const both = '-V DIR/rules.yaml -V DIR/broken.yaml'
  for (const [option, kind] of [
    ['-o json_output=true', undefined],
    ['--output json', 'FalcoValidation']
  ] as const) {
    const { code, out } = await falco(`${both} ${option}`)
    t.match(out, /^\{.*\}\n$/)
    const value: Json = JSON.parse(out)
    if (kind !== undefined) keepsSchema(t, value, option)
    t.same([code, 'kind' in value ? value.kind : undefined, Object.keys(value).at(-1)], [1, kind, 'falco_load_results'])
    t.match(value, {
      falco_load_results: [
        { successful: true, errors: [] },
        { successful: false, errors: [{ code: 'LOAD_ERR_COMPILE_CONDITION' }] }
      ]
    })
  }
  const described: unknown = JSON.parse((await falco('-V DIR/rules.yaml -l B -o json_output=true')).out)
  t.match(described, { falco_describe_results: { rules: [{ info: { name: 'B' } }] }, falco_load_results: [{}] })
})

t.test('every failure exits 1, says why and what to do', async t => {
  const { falco } = setUp(t)
  // prettier-ignore
  const rows: readonly { readonly in: string; readonly err: RegExp }[] = [
    { in: R, err: /events are wanted: -e LOG, --follow LOG, or --listen/ },
    { in: '-r DIR/nothing.yaml -e DIR/a.log', err: /nothing\.yaml cannot be read \(ENOENT\)/ },
    { in: '-r DIR/rules.d/c.txt -e DIR/a.log', err: /no file with rules \(\*\.yaml, \*\.yml\) is among/ },
    { in: '-r DIR/empty.d -e DIR/a.log', err: /no file with rules/ },
    { in: '-r template:other -e DIR/a.log', err: /there is no template "other"; there are baseline/ },
    { in: '-r DIR/broken.yaml -e DIR/a.log', err: /^Error: .*broken\.yaml: Invalid\n[^]*LOAD_ERR_COMPILE_CONDITION/ },
    { in: '-r DIR/newer.yaml -e DIR/a.log', err: /^Error: [^]*0\.99\.0/ },
    { in: '-r DIR/plugin.yaml -e DIR/a.log', err: /^Error: Plugin 'k8saudit' version '0\.18\.0' is not compatible/ },
    { in: '-V DIR/plugin.yaml -q', err: /^Error: Plugin 'k8saudit' version '0\.18\.0' is not compatible/ },
    { in: '-V DIR/nothing.yaml', err: /nothing\.yaml cannot be read/ },
    { in: '-V DIR/rules.yaml -l C', err: /-l: no rule "C" is loaded; -L lists them/ },
    { in: `${R} -l C`, err: /-l: no rule "C" is loaded; -L lists them/ },
    { in: `${R} -e DIR/nothing.log`, err: /nothing\.log cannot be read \(ENOENT\)/ },
    { in: `${R} -e DIR/rules.d`, err: /holds no file whose name ends in \.log/ },
    { in: `${RUN} -c DIR/none.yaml`, err: /the configuration \S+none\.yaml is not there/ },
    { in: `${RUN} -c DIR/rules.yaml`, err: /a mapping of settings is wanted/ },
    { in: `${RUN} -o json_output`, err: /-o: key=value is wanted/ },
    { in: `${RUN} -o json_output=perhaps`, err: /json_output: true or false is wanted, found "perhaps"/ },
    { in: `${RUN} -o priority=high`, err: /priority: emergency, .* is wanted, found "high"/ },
    { in: `${RUN} -o rule_matching=none`, err: /rule_matching: first or all is wanted/ },
    { in: `${RUN} -o plugins[0].init_config.maxEventSize=-1`, err: /maxEventSize: a whole number of bytes/ },
    { in: `${RUN} -o file_output.enabled=true -o file_output.filename=DIR/none/a.txt`, err: /a\.txt cannot be written \(ENOENT\)/ },
    { in: `${RUN} -p %ka.nothing`, err: /-p: invalid formatting token ka\.nothing/ },
    { in: `${RUN} -M soon`, err: /-M: a whole number of seconds is wanted, found "soon"/ },
    { in: `${RUN} -t k8s -D A`, err: /-t cannot be given with -D or -T/ },
    { in: `${RUN} --enable-source syscall`, err: /Must enable at least one event source/ },
    { in: `${RUN} --disable-source k8s_audit`, err: /Must enable at least one event source/ },
    { in: `${RUN} --enable-source aws`, err: /unknown event source: aws/ },
    { in: `${RUN} --enable-source k8s_audit --disable-source syscall`, err: /can not mix --enable-source and --disable-source/ },
    { in: `${RUN} --listen http://127.0.0.1:0`, err: /--listen: a log is given besides/ },
    { in: `${R} --listen http://192.0.2.1:9765`, err: /others reach 192\.0\.2\.1[^]*--listen-all/ },
    { in: `${R} --listen ftp://127.0.0.1`, err: /must begin with http:\/\/ or https:\/\// },
    { in: `${R} --listen https://127.0.0.1:0 -o plugins[0].init_config.sslCertificate=DIR/none.pem`, err: /none\.pem cannot be read/ },
    { in: `${R} -e - -e -`, err: /standard input \(-\) can be read only once/ },
    { in: `${R} -e udp://127.0.0.1`, err: /scheme "udp" is not supported/ },
    { in: `${R} --follow DIR/a.log DIR/b.log`, err: /one log is wanted with --follow/ },
    { in: '--list=syscall', err: /Value for --list must be a valid source type: k8s_audit is known, found "syscall"/ },
    { in: '--list nothing', err: /valid source type/ },
    { in: '--list=', err: /valid source type/ },
    { in: '--list --format xml', err: /xml/ },
    { in: '--nothing', err: /there is no option --nothing/ },
    { in: '-o', err: /option/ }
  ]
  for (const { in: line, err } of rows) {
    const output = await falco(line)
    t.equal(output.code, 1, line)
    t.match(output.err, err, line)
    t.match(output.err, /^next: \S/m, `${line}: what to do`)
    t.notMatch(output.err, /\n\s+at |IMPOSSIBLE|unexpected/, line)
    t.notMatch(output.err, /keep one backend/, line)
    // --output json sets json_output itself
    if (/^-V DIR\/plugin|json_output=perhaps/.test(line)) continue
    const { out } = await falco(`${line} --output json`)
    const last: unknown = line === '-o' ? { kind: 'Error' } : JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')
    if (line !== '-o') keepsSchema(t, last as Json, line) // as: it was printed
    t.match(last, { kind: err.source.startsWith('^Error') ? 'FalcoValidation' : 'Error' }, `${line}: as JSON`)
  }
})

t.test('settings that nothing reads are noted', async t => {
  const { falco } = setUp(t)
  const rows = [
    { in: '-o json_ouput=true', want: /^note: -o json_ouput is no setting that is known; is json_output meant\?\n$/ },
    { in: '-o k8saudit.corect_quirks=true', want: /is k8saudit\.correct_quirks meant\?/ },
    { in: '-o engine.kind=replay -o http_output.enabled=false', want: /^$/ }
  ]
  for (const { in: more, want } of rows) t.match((await falco(`${RUN} ${more}`)).err, want, more)
  t.match((await falco(`${R} -e - --follow`)).err, /standard input is read to its end/)
  t.match((await falco(`${RUN} --root /srv`)).err, /files of this machine/)
  t.match((await falco('-V template:baseline')).out, 'template:baseline: Ok\n')
})

t.test('--dry-run loads, and judges nothing', async t => {
  const { falco } = setUp(t)
  for (const line of [`${R} --dry-run`, `${RUN} --dry-run`, `${R} --listen http://127.0.0.1:0 --dry-run`])
    t.same(await falco(line), { code: 0, out: '', err: '' }, line)
  t.match(await falco('-r DIR/broken.yaml --dry-run'), { code: 1, out: '' })
})
