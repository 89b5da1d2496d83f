import { syscallSource } from '../../falco/syscall-source.ts'
import { type HostPath, hostPath } from '../../paths.ts'
import type { Drill, Goal, Shortfall } from '../drill.ts'
import { alertStream } from '../falco/alert-stream.ts'
import { ALERTS_FILE, DEFAULT_FILE, falcoNode, ruleNames } from '../falco/default-rules.ts'
import { type Incident, incidentOf } from '../falco/incident.ts'
import { rulesLoader } from '../falco/node-rules.ts'
import { rulesAtStart } from '../falco/rule-goals.ts'
import { workloadTable } from '../falco/workloads.ts'
import { type CommaLine, commaLines } from '../goals/comma-file.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { withFiles } from '../node.ts'

export const g03: Drill = {
  id: 'g03',
  title: 'What Falco has seen',
  family: 'falco',
  minutes: 6,
  points: 6,
  lesson:
    'With json_output an alert is one line of JSON: rule, priority, and in output_fields every field of its output by itself, so that jq takes out what is asked for. A pod is not its Deployment: the hashes of the ReplicaSet and of the pod stand behind its name, and other kinds make pods too.',
  make: pick => {
    const names = ruleNames(pick)
    const file = hostPath(`/root/${pick.one(['incidents', 'affected', 'report', 'deployments'])}.csv`)
    const workloads = hostPath('/root/workloads.txt')
    const order = pick.one(ORDERS)
    const incident = incidentOf(pick, names)
    const { rule, asks } = incident
    const node = falcoNode(pick, names, '# What is ours.\n')
    const hostname = node.get(hostPath('/etc/hostname'))
    const host = hostname?.kind === 'file' ? hostname.text.trim() : ''
    const start = withFiles(node, {
      [ALERTS_FILE]: alertStream(rulesAtStart(node, rulesLoader(syscallSource())), incident.events, host, pick),
      [workloads]: workloadTable(incident.workloads)
    })
    const rows = incident.deeds.map(each => ({ ...each, rule }))
    const text = rows.map(row => `${order.map(column => row[column]).join(',')}\n`).join('')
    return {
      task: [
        `Falco has written its alerts to a file of this node. In which Deployments ${asks}? Write a file with one line for each Deployment and each command that did it, the columns with a comma between them, without a heading and in any order of the lines:`,
        {
          alerts: ALERTS_FILE,
          'file to be written': file,
          'columns of a line': order.map(column => COLUMNS[column]).join(','),
          'what runs in the cluster': workloads
        },
        'Deployments only, not other kinds of workloads. What was done several times, or in several pods of the Deployment, is one line. The command is the whole command line, the rule the one that told of it. jq, grep or vi will do. Change nothing else.'
      ],
      start,
      solution: new Map([[file, text]]),
      goals: goalsOf(file, order, rows, incident),
      keeps: [...nodeKeeps(start, [file]), stillStarts],
      hints: [
        `Each line of ${ALERTS_FILE} is an alert in JSON: jq -r .rule ${ALERTS_FILE} | sort | uniq -c tells which rules spoke. The path is below the directory of the drill.`,
        `What a rule is about stands in its desc: ${DEFAULT_FILE}. The fields of an alert are in output_fields: https://falco.org/docs/concepts/outputs/formatting/`,
        `The rule is "${rule}". Of a pod of a Deployment the last two parts of the name are hashes; ${workloads} tells which workloads are Deployments.`,
        `jq -r 'select(.rule == "${rule}") | .output_fields | [.["k8s.ns.name"], .["k8s.pod.name"], .["proc.cmdline"]] | join(",")' ${ALERTS_FILE} | sort -u; there are ${rows.length} lines in the end.`
      ]
    }
  }
}

const COLUMNS = { namespace: 'NAMESPACE', deployment: 'DEPLOYMENT', rule: 'RULE', command: 'COMMAND' } as const
type Column = keyof typeof COLUMNS
type Row = Readonly<Record<Column, string>>

const ORDERS: readonly [readonly Column[], ...(readonly Column[])[]] = [
  ['namespace', 'deployment', 'rule', 'command'],
  ['rule', 'namespace', 'deployment', 'command'],
  ['deployment', 'namespace', 'command', 'rule'],
  ['command', 'rule', 'deployment', 'namespace']
]

const goalsOf = (file: HostPath, order: readonly Column[], wanted: readonly Row[], incident: Incident): Goal[] => {
  const rowOf = ({ columns }: CommaLine): Row => {
    const at = (column: Column): string => columns[order.indexOf(column)] ?? ''
    return { namespace: at('namespace'), deployment: at('deployment'), rule: at('rule'), command: at('command') }
  }
  const deploymentIn = ({ namespace, deployment }: Row): string => `${namespace}/${deployment}`
  const commandIn = (row: Row): string => `${deploymentIn(row)}: ${row.command}`
  const isHit = (line: CommaLine): boolean => wanted.some(row => deploymentIn(row) === deploymentIn(rowOf(line)))
  const goal = (
    id: string,
    asks: string,
    points: number,
    judge: (lines: readonly CommaLine[]) => Omit<Shortfall, 'file'> | null
  ): Goal => ({
    ...{ id, asks, points },
    judge: seen => {
      const lines = commaLines(seen, file)
      if ('code' in lines) return lines
      const shortfall = judge(lines)
      return shortfall && { ...shortfall, file }
    }
  })
  const strange = (lines: readonly CommaLine[], isRight: (row: Row) => boolean) =>
    lines.find(line => !isRight(rowOf(line)))
  const missing = (lines: readonly CommaLine[], of: (row: Row) => string): boolean =>
    wanted.some(row => lines.every(line => of(rowOf(line)) !== of(row)))
  return [
    goal('form', 'each line has its four columns, once', 15, lines => {
      const bad = lines.find(({ columns }) => columns.length !== order.length)
      if (bad) return { code: 'other-columns', found: `a line has ${bad.columns.length} columns`, line: bad.line }
      const texts = lines.map(({ columns }) => columns.join())
      const twice = lines.find((_, index) => texts.indexOf(texts[index] ?? '') < index)
      if (twice) return { code: 'line-twice', found: 'a line is there twice', line: twice.line }
      return lines.some(isHit) ? null : { code: 'wrong-answer', found: 'no line tells of a Deployment that is meant' }
    }),
    goal('deployments', 'the Deployments are those in which it happened', 40, lines => {
      const odd = strange(lines, row => wanted.some(each => deploymentIn(each) === deploymentIn(row)))
      if (odd) return { ...aboutDeployment(rowOf(odd), incident), line: odd.line }
      return missing(lines, deploymentIn) ? { code: 'deployment-missing', found: 'a Deployment is missing' } : null
    }),
    goal('rule', 'the rule is the one that told of it', 20, lines => {
      const odd = strange(lines, row => row.rule === wanted[0]?.rule)
      return odd
        ? { code: 'other-rule', found: `${JSON.stringify(rowOf(odd).rule)} is not the rule`, line: odd.line }
        : null
    }),
    goal('command', 'the commands are those that did it', 25, lines => {
      const odd = strange(lines, row => wanted.some(each => commandIn(each) === commandIn(row)))
      if (odd) return { code: 'other-command', found: `${commandIn(rowOf(odd))} is not right`, line: odd.line }
      return missing(lines, commandIn) ? { code: 'command-missing', found: 'a command is missing' } : null
    })
  ]
}

const aboutDeployment = (row: Row, { workloads, others, deeds }: Incident): Omit<Shortfall, 'line'> => {
  const told = `${row.namespace}/${row.deployment}`
  const alien = workloads.find(({ kind, name }) => kind !== 'Deployment' && row.deployment.startsWith(name))
  if (alien) return { code: 'no-deployment', found: `${told} is of a ${alien.kind}` }
  if (others.includes(told)) return { code: 'other-alert', found: `what Falco tells of ${told} is something else` }
  if (deeds.some(({ deployment }) => row.deployment.startsWith(`${deployment}-`)))
    return { code: 'pod-name', found: `${row.deployment} is not the name of a Deployment` }
  return { code: 'wrong-answer', found: `${told} is not a Deployment in which it happened` }
}
