import type { Drill } from '../drill.ts'
import type { LogTrial } from '../falco/audit-trial.ts'
import { FALCO_YAML, falcoYaml, DEFAULT_FILE, defaultRules, LOCAL_FILE, ruleNames } from '../falco/default-rules.ts'
import { doorsOf } from '../falco/doors.ts'
import { enterGoals } from '../falco/enter-goals.ts'
import { auditLog, type Sent } from '../log/events.ts'
import { beginLog } from '../log/node.ts'
import { everydayTraffic, type Scene } from '../log/traffic.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'

export const g05: Drill = {
  id: 'g05',
  title: 'Who goes into the containers',
  family: 'falco',
  minutes: 9,
  points: 8,
  lesson:
    'An exec is a request with several events: at ResponseStarted the shell is open, at ResponseComplete it is closed, which may be days later. A rule that asks for no stage tells of it again and again. kubectl opens it by get or by create, and who was refused has a code of 403.',
  make: pick => {
    const ledger = beginLog(pick, { hasReceived: true })
    const { node, policyText, policy, scene } = ledger
    const [namespace] = scene.namespaces
    const name = pick.one(['Somebody Entered a Container', 'Exec or Attach', 'Way Into a Container'])
    const account = pick.one(['backup', 'db-maintenance', 'log-rotate'])
    const logOf = (of: Scene, more: readonly Sent[]): LogTrial => {
      const trials = doorsOf(of, account)
      const log = auditLog([...more, ...trials.map(({ sent }) => sent)], policy, of.cluster.salt)
      return { log, salt: of.cluster.salt, trials }
    }
    const seen = logOf(scene, everydayTraffic(scene))
    // another hour, other people: what was only read off this log does not hold there
    const other = { ...beginLog(pick, { hasReceived: true }).scene, namespaces: scene.namespaces }
    const held = logOf(other, [])
    const start = node.broken(node.manifest, {
      [node.policy]: policyText,
      [node.log]: seen.log,
      [FALCO_YAML]: `${falcoYaml([DEFAULT_FILE, LOCAL_FILE])}${pluginsYaml(node.log)}`,
      [DEFAULT_FILE]: defaultRules(ruleNames(pick)),
      [LOCAL_FILE]: '# What is ours.\n'
    })
    const user = `system:serviceaccount:${namespace}:${account}`
    return {
      task: [
        `Falco reads the audit log of this node with its plugin k8saudit. Write a rule of the source k8s_audit, "${name}", that tells when somebody goes into a container of the namespace ${namespace}: by kubectl exec or by kubectl attach.`,
        { 'audit log': node.log, 'own rules': LOCAL_FILE, namespace, 'may do so': user },
        `It tells of each such request once, as soon as the connection is there. It does not tell of what was refused, of other namespaces, of logs or forwarded ports, nor of the service account ${account}, which does that for its work. The output has to show who, which namespace, which pod and the command.`,
        'The rule is tried on this log and on another one of the same cluster. auditpatch falco -r RULES -e LOG runs rules on a log. Change nothing else.'
      ],
      start,
      solution: new Map([[LOCAL_FILE, `# What is ours.\n${ruleText(name, namespace, user)}`]]),
      goals: enterGoals(name, [seen, held]),
      keeps: [...nodeKeeps(start, [LOCAL_FILE]), stillStarts],
      hints: [
        'The fields of audit events: auditpatch falco --list=k8s_audit, or https://falco.org/docs/concepts/event-sources/plugins/kubernetes-audit/. The rule needs source: k8s_audit.',
        `Look at the events: jq -c 'select(.objectRef.subresource == "exec") | [.stage, .verb, .user.username, .objectRef.namespace, .responseStatus.code]' ${node.log}`,
        'One stage of a request has to do: at ResponseStarted the connection is there, and responseStatus.code is 101. jevt.value[/stage] or ka.stage tells it.',
        `condition: ka.stage = ResponseStarted and ka.target.resource = pods and ka.target.subresource in (exec, attach) and ka.target.namespace = ${namespace} and ka.response.code = 101 and ka.user.name != "${user}"`
      ]
    }
  }
}

const pluginsYaml = (log: string): string => `
load_plugins: [k8saudit, json]
plugins:
  - name: k8saudit
    library_path: libk8saudit.so
    open_params: ${log}
  - name: json
    library_path: libjson.so
`

const ruleText = (name: string, namespace: string, user: string): string => `
- rule: ${name}
  desc: Somebody runs a command in a container of ${namespace}, or attaches to one.
  condition: >
    ka.stage = ResponseStarted and ka.target.resource = pods and ka.target.subresource in (exec, attach) and
    ka.target.namespace = ${namespace} and ka.response.code = 101 and ka.user.name != "${user}"
  output: >
    Somebody went into a container (user=%ka.user.name ns=%ka.target.namespace pod=%ka.target.name
    how=%ka.target.subresource command=%ka.uri.param[command] uri=%ka.uri)
  priority: NOTICE
  source: k8s_audit
  tags: [k8s, mitre_execution, T1609]
`
