import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { ANSWER_FILE, answerGoals, answerSheet, type Question } from '../goals/answer-file.ts'
import { faultShortfall } from '../goals/audit-goals.ts'
import type { Drill, Goal } from '../drill.ts'
import { swap } from '../edit.ts'
import { nodeKeeps } from '../goals/keeps.ts'
import { freshNode, manifestOf, withFiles } from '../node.ts'
import { brokenYaml, hiddenByOutage, misnamedFlag, type Outage, wrongType, wrongValue } from './outages.ts'

const FLAG = '    - --allow-privileged='

// what the kubelet cannot read
const FIRST: readonly [Outage, ...Outage[]] = [
  brokenYaml(text => swap(text, FLAG, `\t${FLAG.trimStart()}`)),
  brokenYaml(text => swap(text, '  namespace: kube-system', '  namespace:kube-system')),
  brokenYaml(text => swap(text, '    volumeMounts:', '     volumeMounts:')),
  brokenYaml(text => swap(text, '  hostNetwork: true', '  hostNetwork: "true'))
]

// what keeps the container from starting, or kube-apiserver from taking its flags
const SECOND: readonly [Outage, ...Outage[]] = [
  misnamedFlag('client-ca-file', 'client-ca'),
  misnamedFlag('enable-admission-plugins', 'admission-plugins'),
  misnamedFlag('service-cluster-ip-range', 'cluster-ip-range'),
  wrongType('/etc/ca-certificates', 'File'),
  wrongType('/etc/ssl/certs', 'Socket')
]

const LOCAL_ETCD = /^https:\/\/(127\.0\.0\.1|localhost|\[::1\]):2379\/?$/
const ETCD = 'https://127.0.0.1:2379'
const PKI = '/etc/kubernetes/pki'

// what kube-apiserver meets after that
const THIRD: readonly [Outage, ...Outage[]] = [
  wrongValue('etcd-servers', ETCD, 'https://127.0.0.1', value => LOCAL_ETCD.test(value)),
  wrongValue('etcd-servers', ETCD, 'etcd', value => LOCAL_ETCD.test(value)),
  wrongValue('tls-cert-file', `${PKI}/apiserver.crt`, `${PKI}/api-server.crt`, () => false),
  wrongValue('tls-private-key-file', `${PKI}/apiserver.key`, `/etc/kubernetes/apiserver.key`, () => false)
]

const ORDER = ['first', 'second', 'third'] as const

export const e01: Drill = {
  id: 'e01',
  title: 'Three outages, and who tells of them',
  family: 'crash',
  minutes: 8,
  points: 8,
  lesson:
    'What the kubelet cannot read or mount becomes no container, and then its own log alone says why (journalctl -u kubelet, or /var/log/syslog). Once there is a container, kube-apiserver says it itself: crictl logs, or /var/log/pods.',
  make: pick => {
    const [first, second, third] = [pick.one(FIRST), pick.one(SECOND), pick.one(THIRD)]
    const node = freshNode(pick)
    const manifest = manifestOf(node)
    // readable, which is what all else is held against
    const readable = withFiles(node, { [DEFAULT_MANIFEST]: second.breaks(third.breaks(manifest)) })
    const outages = [first, second, third]
    const questions = outages.map(({ told }, index) => questionOf(ORDER[index] ?? '', told))
    const start = withFiles(readable, {
      [DEFAULT_MANIFEST]: first.breaks(manifestOf(readable)),
      [ANSWER_FILE]: answerSheet(questions)
    })
    const answers = questions.map(({ key }, index) => `${key}: ${outages[index]?.told ?? ''}\n`).join('')
    return {
      task: [
        'Somebody has cleaned up the manifest of kube-apiserver, which has not come up since. There are three faults in it, and each hides the next. Nothing else in it is wrong.',
        'Find and mend one after the other; auditpatch drill logs shows what the node says each time. Then write down, for each of the three in the order in which you met them, whose log gave the reason: kubelet or kube-apiserver.',
        { manifest: DEFAULT_MANIFEST, answers: ANSWER_FILE }
      ],
      start,
      solution: new Map([
        [DEFAULT_MANIFEST, manifest],
        [ANSWER_FILE, answers]
      ]),
      goals: [
        ...outages.map(({ judge }, index) => {
          const name = ORDER[index] ?? ''
          return hiddenByOutage({ id: `mended-${name}`, asks: `the ${name} fault is mended`, points: 20, judge })
        }),
        hiddenByOutage(comesUp),
        ...answerGoals(questions)
      ],
      keeps: nodeKeeps(readable, [ANSWER_FILE], [...second.mends, ...third.mends]),
      hints: [
        'crictl ps -a shows whether there is a container. If not, look at what the kubelet says; if there is, at what it printed itself before it ended.',
        'The kubelet names the line in which the YAML ends to make sense; the slip is there or a line above. Compare with the lines around it.',
        'A flag that there is not is told by its name. A volume that cannot be mounted is told with the type that it wants: compare with the types of the other volumes.',
        `Compare ${third.mends.map(name => `--${name}`).join(', ')} with what lies below /etc/kubernetes/pki, and with the address at which etcd listens (etc/kubernetes/manifests/etcd.yaml).`
      ]
    }
  }
}

const TELLERS = {
  kubelet: ['kubelet'],
  'kube-apiserver': ['kube-apiserver', 'apiserver', 'container']
} as const satisfies Record<Outage['told'], readonly string[]>

const questionOf = (key: string, told: Outage['told']): Question => ({
  key,
  asks: `whose log told of the ${key} fault: kubelet or kube-apiserver`,
  points: 10,
  right: { kind: 'text', is: TELLERS[told].flatMap(name => [name, `the ${name}`, `${name} log`, `${name}'s log`]) }
})

const comesUp: Goal = { id: 'comes-up', asks: 'kube-apiserver comes up', points: 10, judge: faultShortfall }
