import type { Drill } from '../drill.ts'
import { type Client, controllerOf, kubeletOf, podClient } from '../log/clients.ts'
import type { Sent } from '../log/events.ts'
import { beginLog, investigation, WAYS } from '../log/node.ts'
import { answersOf, type Decoy, questionsOf } from '../log/questions.ts'
import { aMoment, momentOf, type Scene, watchOf } from '../log/traffic.ts'

export const f01: Drill = {
  id: 'f01',
  title: 'A Secret is known outside',
  family: 'log',
  minutes: 6,
  points: 6,
  lesson:
    "A Secret is read by a get of it, and by every list or watch that returns it: a list of many has no name in its event. Only the answer's code tells whether anything was handed out.",
  make: pick => {
    const ledger = beginLog(pick, { hasReceived: pick.one([true, false]) })
    const { scene, node } = ledger
    const [namespace] = scene.namespaces
    const [secret = '', other = ''] = pick.some(
      ['db-credentials', 'payment-api', 'registry-token', 'signing-key', 'smtp-login'],
      2
    )
    const read = readOf(scene, secret)
    const decoys = decoysOf(scene, secret, other)
    return {
      task: [
        `What the Secret ${secret} of the namespace ${namespace} holds has become known. The kubelets and kube-controller-manager read it for their work; besides, it was read once. Find that request in the audit log.`,
        { 'audit log': node.log, Secret: `${namespace}/${secret}` },
        'It counts as read when it was in an answer of the API server to a get or a list, alone or among others.',
        WAYS
      ],
      ...investigation(
        ledger,
        [read, ...decoys.map(({ sent }) => sent)],
        questionsOf(read, decoys, 25),
        answersOf(read)
      ),
      hints: [
        `One event is one line. jq -c 'select(.objectRef.resource == "secrets")' ${node.log} leaves those about Secrets; the path is below the directory of the drill.`,
        'A request was answered where responseStatus.code is below 400. A request has several events, of which the last one has that code.',
        'A list without objectRef.name returns every Secret of objectRef.namespace, or of all namespaces where there is none.',
        `Of what is left, in ${namespace} or everywhere, put the kubelets and kube-controller-manager aside; update and patch are no reads. One request remains: user.username, requestReceivedTimestamp, sourceIPs, userAgent.`
      ]
    }
  }
}

const requestOf = (scene: Scene, by: Client, verb: string, uri: string, code?: number): Sent => ({
  ...{ at: momentOf(scene, scene.pick.number(5, 92) / 100), took: aMoment(scene.pick), by, verb, uri },
  ...(code === undefined ? {} : { code })
})

const secretsIn = (namespace: string | undefined): string => `/api/v1/namespaces/${namespace ?? ''}/secrets`

const readOf = (scene: Scene, secret: string): Sent => {
  const { pick, cluster, namespaces } = scene
  const [namespace] = namespaces
  const pod = podClient(cluster, {
    ...pick.one([
      { namespace: 'monitoring', account: 'grafana', pod: `grafana-${pick.hex(9)}-k5vzn` },
      { namespace, account: 'web', pod: `web-${pick.hex(9)}-8qwzt` },
      { namespace: 'ci', account: 'runner', pod: `runner-${pick.hex(9)}-m2xlp` }
    ]),
    ...{ node: 2, ip: `10.244.2.${pick.number(20, 240)}`, role: 'view-all' },
    agent: pick.one(['curl/8.14.1', 'python-requests/2.32.4', 'OpenAPI-Generator/33.1.0/python', 'Go-http-client/2.0'])
  })
  const by = pick.one([scene.people[0], { ...scene.people[0], agent: 'curl/8.5.0' }, pod, pod])
  return pick.one([
    requestOf(scene, by, 'get', `${secretsIn(namespace)}/${secret}`),
    requestOf(scene, by, 'list', `${secretsIn(namespace)}?limit=500`),
    requestOf(scene, by, 'list', '/api/v1/secrets?limit=500')
  ])
}

const decoysOf = (scene: Scene, secret: string, other: string): Decoy[] => {
  const { pick, cluster } = scene
  const [namespace, elsewhere, third] = scene.namespaces
  const [, refused, lister, reader, neighbour] = scene.people
  const kubelet = kubeletOf(cluster, cluster.nodes[1] ?? { name: '', ip: '' })
  const writer = podClient(cluster, {
    ...{ namespace: 'external-secrets', account: 'external-secrets', pod: `external-secrets-${pick.hex(9)}-j4d7c` },
    ...{
      node: 1,
      ip: '10.244.1.17',
      agent: 'external-secrets/v0.0.0 (linux/amd64) kubernetes/$Format',
      role: 'external-secrets-controller'
    }
  })
  const asks = (by: Client | undefined, verb: string, uri: string, code?: number): Sent =>
    requestOf(scene, by ?? kubelet, verb, uri, code)
  const mine = `${secretsIn(namespace)}/${secret}`
  const kubelets = watchOf(scene, momentOf(scene, 0.1), kubelet, secretsIn(namespace), `metadata.name=${secret}`)
  const decoy = (code: string, found: string, ...all: readonly Sent[]): Decoy[] =>
    all.map(sent => ({ sent, code, found }))
  return [
    ...decoy(
      'was-refused',
      'that request was refused',
      asks(refused, 'get', mine, 403),
      asks(refused, 'list', '/api/v1/secrets?limit=500', 403)
    ),
    ...decoy(
      'other-secret',
      'that is a read of another Secret',
      asks(reader, 'get', `${secretsIn(namespace)}/${other}`)
    ),
    ...decoy(
      'other-namespace',
      'that is a read in another namespace',
      asks(neighbour, 'get', `${secretsIn(elsewhere)}/${secret}`),
      asks(lister, 'list', `${secretsIn(third)}?limit=500`)
    ),
    ...decoy('no-read', 'that request wrote the Secret', asks(writer, 'update', mine)),
    ...decoy('own-work', 'a kubelet reads the Secrets of its pods for its work', ...kubelets),
    ...decoy(
      'own-work',
      'kube-controller-manager reads Secrets for its work',
      asks(controllerOf(cluster, 'generic-garbage-collector'), 'list', '/api/v1/secrets?limit=500&resourceVersion=0')
    )
  ]
}
