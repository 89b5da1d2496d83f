import type { FieldValue } from '../../src/falco/event-source.ts'
import { asked, check, CONTAINERS, type Row, spec } from './read-events.ts'

for (const list of ['containers', 'initContainers', 'ephemeralContainers']) {
  const field = (name: string): string => `ka.req.pod.${list}.${name}`
  const named = (want: Readonly<Record<string, FieldValue | undefined>>): Row['want'] =>
    Object.fromEntries(Object.entries(want).map(([name, value]) => [field(name), value]))
  check([
    {
      name: `${list} of a pod`,
      in: spec({ [list]: CONTAINERS, securityContext: { runAsUser: 5 } }),
      want: named({
        ...{ name: ['a', 'b'], 'name[1]': ['b'], 'name[2]': undefined, 'image[1]': ['nginx@sha256:0'] },
        ...{ 'image.repository': ['localhost', 'nginx'], command: ['sh -c'], 'command[1]': undefined, args: [''] },
        ...{ privileged: ['true', 'null'], 'privileged[0]': ['true'], allow_privilege_escalation: ['false'] },
        ...{ read_only_fs: undefined, run_as_user: ['7'], run_as_group: undefined, proc_mount: ['Default'] },
        ...{ eff_run_as_user: ['0', '0'], 'eff_run_as_user[0]': undefined, eff_run_as_group: ['0', '0'] },
        add_capabilities: ['["NET_ADMIN","SYS_TIME"]']
      })
    },
    {
      name: `${list} of a pod, corrected`,
      in: spec({ [list]: CONTAINERS, securityContext: { runAsUser: 5 } }),
      options: { isCorrected: true },
      want: named({
        ...{ 'image.repository': ['localhost:5000/team/app', 'nginx'], eff_run_as_user: ['7', '5'] },
        ...{ 'eff_run_as_user[1]': ['5'], eff_run_as_group: ['0', '0'], 'eff_run_as_user[2]': undefined },
        add_capabilities: ['NET_ADMIN', 'SYS_TIME']
      })
    },
    {
      name: `${list} with holes and wrong types`,
      in: spec({
        [list]: [{ name: 'a', image: 'x', runAsUser: 3 }, { name: null, args: 'x', command: ['a', 1] }, 5],
        runAsUser: 2
      }),
      want: named({
        ...{ image: undefined, 'image[0]': ['x'], name: undefined, 'name[1]': ['null'], args: undefined },
        ...{ command: undefined, privileged: undefined, eff_run_as_user: ['3', '2', '2'] }
      })
    },
    {
      name: `${list} that are none`,
      in: spec({ [list]: [] }),
      want: named({ image: undefined, 'image[0]': undefined, eff_run_as_user: undefined, command: undefined })
    }
  ])
}

check([
  {
    name: 'ports on the host, or else of the container',
    in: spec({ containers: CONTAINERS, initContainers: [{ ports: 80 }] }),
    want: {
      'ka.req.pod.containers.host_port': ['80', '9'],
      'ka.req.pod.containers.host_port[1]': undefined,
      'ka.req.pod.initContainers.host_port': undefined
    }
  },
  {
    name: 'lists that are mappings, and lists in lists',
    in: asked(
      '{"spec":{"containers":{"image":"one"},"initContainers":[[{"image":"a"},[{"image":"b"}]],{"image":"c"}]}}'
    ),
    want: {
      ...{ 'ka.req.pod.containers.image': ['one'], 'ka.req.pod.containers.image[3]': ['one'] },
      ...{ 'ka.req.container.image': 'one', 'ka.req.pod.initContainers.image': ['a', 'b', 'c'] },
      'ka.req.pod.initContainers.image[0]': undefined
    }
  },
  {
    name: 'the old names of a pod',
    in: spec({ containers: CONTAINERS, hostNetwork: true, hostIPC: 'yes', hostPID: null }),
    want: {
      ...{
        'ka.req.container.image': 'localhost:5000/team/app:1@sha256:0',
        'ka.req.container.image.repository': 'localhost'
      },
      ...{ 'ka.req.container.privileged': 'true', 'ka.req.container.host_network': 'true' },
      ...{ 'ka.req.pod.host_network': 'true', 'ka.req.pod.host_ipc': 'yes', 'ka.req.pod.host_pid': 'null' }
    }
  },
  {
    name: 'a string is not privileged',
    in: spec({ containers: [{ securityContext: { privileged: 'true' } }] }),
    want: { 'ka.req.container.privileged': 'false' }
  },
  { name: 'no containers are not unprivileged', in: spec({}), want: { 'ka.req.container.privileged': undefined } },
  {
    name: 'volumes and groups of a pod',
    in: spec({
      volumes: [
        { name: 'n', emptyDir: {} },
        { hostPath: { path: '/proc/1' }, name: 'p' },
        { flexVolume: { driver: 'd' }, nfs: 1 }
      ],
      securityContext: { supplementalGroups: [1, 2], fsGroup: 3 }
    }),
    want: {
      ...{ 'ka.req.pod.volumes.hostpath': ['/proc/1'], 'ka.req.pod.volumes.hostpath[0]': undefined },
      ...{
        'ka.req.pod.volumes.flexvolume_driver[2]': ['d'],
        'ka.req.pod.volumes.volume_type[2]': ['flexVolume', 'nfs']
      },
      'ka.req.pod.volumes.volume_type': ['emptyDir', 'hostPath', 'flexVolume', 'nfs'],
      ...{ 'ka.req.volume.hostpath[/proc*]': 'true', 'ka.req.volume.hostpath[/proc]': 'false' },
      ...{ 'ka.req.volume.hostpath[/proc/1]': 'true', 'ka.req.pod.supplemental_groups': ['1', '2'] }
    }
  },
  {
    name: 'no volumes, and an empty list of them',
    in: spec({ type: 'NodePort' }),
    want: {
      'ka.req.volume.hostpath[/]': undefined,
      'ka.req.service.type': 'NodePort',
      'ka.req.service.ports': undefined
    }
  },
  { name: 'an empty list of volumes', in: spec({ volumes: [] }), want: { 'ka.req.volume.hostpath[/]': 'false' } },
  {
    name: 'ports of a service',
    in: spec({ ports: [{ port: 1 }, { port: 2 }] }),
    want: {
      'ka.req.service.ports': ['[{"port":1},{"port":2}]'],
      'ka.req.service.ports[1]': ['[{"port":1},{"port":2}]']
    }
  },
  {
    name: 'ports of a service, corrected',
    in: spec({ ports: [{ port: 1 }, { port: 2 }] }),
    options: { isCorrected: true },
    want: { 'ka.req.service.ports': ['{"port":1}', '{"port":2}'], 'ka.req.service.ports[1]': ['{"port":2}'] }
  }
])
