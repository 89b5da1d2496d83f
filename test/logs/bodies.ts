import type { World } from './world.ts'

/** The object that a body is of. */
export interface Named {
  readonly namespace: string
  readonly name: string
}

const at = (world: World): string => `${new Date(Math.floor(world.now() / 1000)).toISOString().slice(0, 19)}Z`

const managed = (world: World, manager: string, apiVersion: string, fields: string): string =>
  `{"manager":"${manager}","operation":"Update","apiVersion":"${apiVersion}","time":"${at(world)}","fieldsType":"FieldsV1","fieldsV1":${fields}}`

/** Metadata without its braces. */
const metadata = (world: World, { namespace, name }: Named, manager: string, apiVersion: string): string =>
  `"metadata":{"name":"${name}","namespace":"${namespace}","uid":"${world.uuid()}","resourceVersion":"${world.revision()}","creationTimestamp":"${at(world)}","managedFields":[${managed(world, manager, apiVersion, '{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:replicas":{}}}')}]}`

/** The status that a kubelet patches into a pod. */
export const podStatusPatch = (world: World): string =>
  `{"metadata":{"uid":"${world.uuid()}"},"status":{"$setElementOrder/conditions":[{"type":"PodReadyToStartContainers"},{"type":"Initialized"},{"type":"Ready"},{"type":"ContainersReady"},{"type":"PodScheduled"}],"conditions":[{"lastTransitionTime":"${at(world)}","observedGeneration":1,"status":"True","type":"Ready"},{"lastTransitionTime":"${at(world)}","status":"True","type":"ContainersReady"}],"containerStatuses":[{"containerID":"containerd://${world.hex(64)}","image":"registry.example.com/shop/app:1.${world.dice.pick(40)}.0","imageID":"registry.example.com/shop/app@sha256:${world.hex(64)}","lastState":{},"name":"app","ready":true,"restartCount":0,"started":true,"state":{"running":{"startedAt":"${at(world)}"}}}],"phase":"Running","podIP":"10.244.3.${world.dice.pick(250)}"}}`

/** The status that a kubelet patches into its node. */
export const nodeStatusPatch = (world: World): string => {
  const condition = (type: string): string =>
    `{"lastHeartbeatTime":"${at(world)}","lastTransitionTime":"2026-11-02T06:11:09Z","message":"kubelet has sufficient memory available","reason":"KubeletHasSufficientMemory","status":"False","type":"${type}"}`
  return `{"status":{"$setElementOrder/conditions":[{"type":"MemoryPressure"},{"type":"DiskPressure"},{"type":"PIDPressure"},{"type":"Ready"}],"conditions":[${['MemoryPressure', 'DiskPressure', 'PIDPressure'].map(condition).join()},{"lastHeartbeatTime":"${at(world)}","type":"Ready"}]}}`
}

/** An Event as a component reports one. */
export const eventBody = (world: World, { namespace, name }: Named, component: string): string =>
  `{"kind":"Event","apiVersion":"v1","metadata":{"name":"${name}.${world.hex(16)}","namespace":"${namespace}"},"involvedObject":{"kind":"Pod","namespace":"${namespace}","name":"${name}","uid":"${world.uuid()}","apiVersion":"v1","resourceVersion":"${world.revision()}","fieldPath":"spec.containers{app}"},"reason":"Unhealthy","message":"Readiness probe failed: Get \\"http://10.244.3.${world.dice.pick(250)}:8080/healthz?a=1\\u0026b=2\\": context deadline exceeded","source":{"component":"${component}","host":"worker-03"},"firstTimestamp":"${at(world)}","lastTimestamp":"${at(world)}","count":${1 + world.dice.pick(40)},"type":"Warning"}`

/** A question whether somebody may do something, with its answer or without. */
export const accessReview = (world: World, isAnswered: boolean): string =>
  `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","metadata":{},"spec":{"nonResourceAttributes":{"path":"/metrics","verb":"get"},"user":"system:serviceaccount:monitoring:prometheus-k8s","groups":["system:serviceaccounts","system:serviceaccounts:monitoring","system:authenticated"],"uid":"${world.uuid()}"},"status":{"allowed":${isAnswered ? 'true,"reason":"RBAC: allowed by ClusterRoleBinding \\"prometheus-k8s\\" of ClusterRole \\"prometheus-k8s\\" to ServiceAccount \\"prometheus-k8s/monitoring\\""' : 'false'}}}`

/** The endpoints of a Service. */
export const endpointSlice = (world: World, named: Named, addresses: number): string => {
  const endpoint = (): string =>
    `{"addresses":["10.244.${world.dice.pick(12)}.${world.dice.pick(250)}"],"conditions":{"ready":true,"serving":true,"terminating":false},"targetRef":{"kind":"Pod","namespace":"${named.namespace}","name":"${world.podName()}","uid":"${world.uuid()}"},"nodeName":"worker-0${1 + world.dice.pick(9)}"}`
  return `{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1",${metadata(world, named, 'kube-controller-manager', 'discovery.k8s.io/v1')},"addressType":"IPv4","endpoints":[${Array.from({ length: addresses }, endpoint).join()}],"ports":[{"name":"http","protocol":"TCP","port":8080}]}`
}

/** A ReplicaSet, as its controller updates it. */
export const replicaSet = (world: World, named: Named): string =>
  `{"kind":"ReplicaSet","apiVersion":"apps/v1",${metadata(world, named, 'kube-controller-manager', 'apps/v1')},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"${named.name}"}}},"status":{"replicas":3,"fullyLabeledReplicas":3,"readyReplicas":${world.dice.pick(4)},"availableReplicas":2,"observedGeneration":4}}`

/** A pod in full, some 5 kB: what makes an event of level RequestResponse large. */
export const podBody = (world: World, named: Named): string => {
  const variable = (_: unknown, index: number): string =>
    `{"name":"SETTING_${index}","valueFrom":{"configMapKeyRef":{"name":"${named.name}-config","key":"setting-${index}"}}}`
  const fields = (manager: string): string =>
    managed(
      world,
      manager,
      'v1',
      `{"f:metadata":{"f:labels":{".":{},"f:app":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\\"uid\\":\\"${world.uuid()}\\"}":{}}},"f:spec":{"f:containers":{"k:{\\"name\\":\\"app\\"}":{".":{},"f:env":{".":{},"k:{\\"name\\":\\"SETTING_0\\"}":{".":{},"f:name":{},"f:valueFrom":{}}},"f:image":{},"f:livenessProbe":{".":{},"f:httpGet":{".":{},"f:path":{},"f:port":{}}}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:terminationGracePeriodSeconds":{}}}`
    )
  return `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"${named.name}","generateName":"${named.name}-","namespace":"${named.namespace}","uid":"${world.uuid()}","resourceVersion":"${world.revision()}","generation":1,"creationTimestamp":"${at(world)}","labels":{"app":"${named.name}","pod-template-hash":"${world.hex(10)}"},"annotations":{"prometheus.io/scrape":"true","note":"{\\"requestReceivedTimestamp\\":\\"never\\",\\"stage\\":\\"Panic\\"}"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"${named.name}","uid":"${world.uuid()}","controller":true,"blockOwnerDeletion":true}],"managedFields":[${fields('kube-controller-manager')},${fields('kubelet')}]},"spec":{"volumes":[{"name":"kube-api-access-${world.hex(5)}","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}],"containers":[{"name":"app","image":"registry.example.com/shop/${named.name}:1.${world.dice.pick(40)}.0","args":["--listen=:8080","--expr=a \\u003c b \\u0026\\u0026 c \\u003e d"],"env":[${Array.from({ length: 14 }, variable).join()}],"resources":{"limits":{"cpu":"1","memory":"512Mi"},"requests":{"cpu":"100m","memory":"128Mi"}},"livenessProbe":{"httpGet":{"path":"/healthz","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","nodeName":"worker-0${1 + world.dice.pick(9)}","schedulerName":"default-scheduler","enableServiceLinks":true},"status":{"phase":"Running","hostIP":"10.20.1.14","podIP":"10.244.3.${world.dice.pick(250)}","startTime":"${at(world)}","qosClass":"Burstable"}}`
}

/** A list of pods in full. */
export const podList = (world: World, namespace: string, count: number): string =>
  `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"${world.revision()}"},"items":[${Array.from({ length: count }, () => podBody(world, { namespace, name: world.podName() })).join()}]}`
