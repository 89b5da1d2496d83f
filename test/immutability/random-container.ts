import type { Any } from './plain-pods.ts'
import { flag, isOdd, type Maker, mixed, some, uid } from './random-forms.ts'

const MOUNT_PATHS = (
  '/tmp /tmp/ /var/log /data /data/sub /var/cache/nginx /etc/app /bin /usr/local/bin/ /usr/lib/x /usr /usr/local / /lib64 ' +
  '/binary /usr/share /opt/app /opt/app/ /opt /run /var/run /srv//x /usr/./bin /home /libexec /usr/libexec'
).split(' ')

const randomMounts = (maker: Maker, volumes: readonly Any[]): Any[] => {
  const { dice } = maker
  const names: string[] = volumes.map(({ name }) => name)
  if (isOdd(maker, 'mounts-without-volume')) names.push('missing')
  const paths = dice.shuffled(MOUNT_PATHS)
  if (names.length === 0) return []
  return dice.several(names, 0, dice.one([2, 4])).map((name, index) => {
    const path = isOdd(maker, 'duplicate-mount-paths') ? (paths[0] ?? '/x') : (paths[index] ?? '/x')
    return mixed(maker, {
      name,
      mountPath: isOdd(maker, 'relative-mount-paths') ? path.replace(/^\/(?=.)/, '') : path,
      ...(dice.chance(40) ? { readOnly: flag(maker) } : {}),
      ...(dice.chance(10) ? { subPath: dice.one(['one', 'a/b', '']) } : {}),
      ...(dice.chance(4) ? { subPathExpr: '$(POD_NAME)' } : {}),
      ...(dice.chance(5) ? { mountPropagation: 'None' } : {})
    })
  })
}

const DIGEST = `sha256:${'0a1b2c3d'.repeat(8)}`
const IMAGES = [
  'nginx',
  'nginx:latest',
  'nginx:1.25',
  'registry.example:5000/team/app',
  'registry.example:5000/team/app:latest',
  'registry.example:5000/team/app:v2.1',
  'library/redis:7-alpine',
  `nginx@${DIGEST}`,
  `nginx:1.25@${DIGEST}`,
  `registry.example:5000/app:latest@${DIGEST}`
]

const COMMANDS: readonly string[][] = [
  ['/app'],
  ['/opt/app/bin/server', '--port=8080'],
  ['/usr/share/x/run', '-c', '/etc/app/config.yaml'],
  ['sh', '-c', 'exec nginx -g "daemon off;"'],
  ['/bin/sh', '-c', 'sleep 3600'],
  ['/bin/bash'],
  ['bash', '-c', 'apt-get update && apt-get install -y curl'],
  ['busybox', 'sh', '-c', 'date'],
  ['/bin/busybox', 'httpd', '-f'],
  ['busybox'],
  ['python3', '-m', 'http.server'],
  ['shasum', 'x'],
  ['/sbin/tini', '--', 'sh'],
  ['zsh']
]
const ENV_COMMANDS: readonly string[][] = [
  ['env', 'A=b', 'sh', '-c', 'date'],
  ['/usr/bin/env', 'bash'],
  ['/usr/bin/env', '-i', 'A=1', 'B=2', '/app'],
  ['env', '-u', 'HOME', 'dash'],
  ['env']
]

const randomProgram = (maker: Maker): Any => {
  const { dice } = maker
  const words = [...dice.one(isOdd(maker, 'env') ? ENV_COMMANDS : COMMANDS)]
  const form = dice.pick(8)
  if (form < 3) return { command: words }
  if (form === 3) return { args: words }
  if (form === 4) return { command: words.slice(0, 1), args: words.slice(1) }
  if (form === 5) return { command: [], args: words }
  if (form === 6 && isOdd(maker, 'nulls')) return { command: null, args: words }
  return {}
}

const HOOK_COMMANDS: readonly string[][] = [
  ['cat', '/tmp/healthy'],
  ['sh', '-c', 'rm -f /etc/ready'],
  ['touch', '/tmp/x'],
  ['/bin/sh', '-c', 'echo 1 > /data/x']
]

const randomHooks = ({ dice }: Maker): Any => {
  const exec = (): Any => ({ exec: { command: [...dice.one(HOOK_COMMANDS)] } })
  const probe = (): Any => (dice.chance(50) ? exec() : { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5 })
  return {
    ...(dice.chance(8) ? { livenessProbe: probe() } : {}),
    ...(dice.chance(8) ? { readinessProbe: probe() } : {}),
    ...(dice.chance(4) ? { startupProbe: probe() } : {}),
    ...(dice.chance(8) ? { lifecycle: dice.one([{ preStop: exec() }, { postStart: exec() }, {}]) } : {})
  }
}

/** A container that mounts some of the volumes. */
export const randomContainer = (maker: Maker, name: string, volumes: readonly Any[]): Any => {
  const { dice } = maker
  const mounts = randomMounts(maker, volumes)
  return mixed(maker, {
    name,
    ...(dice.chance(95) ? { image: dice.one(IMAGES) } : {}),
    ...(dice.chance(30) ? { imagePullPolicy: dice.one(['Always', 'IfNotPresent', 'Never']) } : {}),
    ...randomProgram(maker),
    ...randomHooks(maker),
    ...(dice.chance(20) ? { ports: [{ containerPort: 8080, name: 'http' }] } : {}),
    ...(dice.chance(20)
      ? {
          env: [
            { name: 'MODE', value: 'on' },
            { name: 'X', value: 'a: b # c' }
          ]
        }
      : {}),
    ...(dice.chance(20) ? { resources: { limits: { memory: '128Mi', cpu: '0.5' } } } : {}),
    ...(dice.chance(65) ? { securityContext: containerSecurityContext(maker) } : {}),
    ...(mounts.length > 0
      ? { volumeMounts: mounts }
      : isOdd(maker, 'nulls')
        ? { volumeMounts: null }
        : dice.chance(15)
          ? { volumeMounts: [] }
          : {}),
    ...some(maker, 3, {
      readOnlyRootFilesystem: flag(maker),
      privileged: flag(maker),
      allowPrivilegeEscalation: flag(maker),
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: flag(maker),
      runAsUser: dice.pick(3),
      runAsGroup: 1000,
      procMount: 'Default',
      seccompProfile: { ...SECCOMP }
    })
  })
}

const SECCOMP = { type: 'RuntimeDefault' }

const ADDED = ['NET_BIND_SERVICE', 'NET_ADMIN', 'SYS_ADMIN', 'ALL', 'CAP_SYS_PTRACE', 'cap_net_bind_service', 'bpf']
const CAPABILITIES = [...ADDED, 'CHOWN', 'SYS_MODULE', 'SYS_RAWIO', 'CAP_DAC_READ_SEARCH', 'sys_time']

const capabilities = (maker: Maker): Any => {
  const { dice } = maker
  if (isOdd(maker, 'nulls')) return dice.one([null, { drop: null }, { add: null, drop: ['ALL'] }])
  return {
    ...(dice.chance(40) ? { add: dice.several(CAPABILITIES, 0, 3) } : {}),
    ...(dice.chance(60)
      ? { drop: dice.one([['ALL'], ['ALL'], ['all'], ['CAP_ALL'], [], ['NET_RAW'], ['NET_RAW', 'ALL']]) }
      : {})
  }
}

const containerSecurityContext = (maker: Maker): Any => {
  if (isOdd(maker, 'nulls')) return null
  return mixed(maker, {
    ...some(maker, 50, {
      readOnlyRootFilesystem: flag(maker),
      allowPrivilegeEscalation: flag(maker),
      capabilities: capabilities(maker)
    }),
    ...some(maker, 30, { privileged: flag(maker), runAsNonRoot: flag(maker), runAsUser: uid(maker) }),
    ...some(maker, 8, { runAsGroup: 0, procMount: 'Default', seccompProfile: { ...SECCOMP } })
  })
}
