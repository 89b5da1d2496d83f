import type { Answers } from '../answer.ts'
import { allOf, type ContainerData, inManifestText, inSpec, itemAt, type SpecData } from '../workload-answers.ts'

const OF_POD = ['runAsNonRoot', 'runAsUser', 'seccompProfile']

const context = (of: ContainerData | SpecData): Record<string, unknown> => (of.securityContext ??= {})

/** Says of a container what the solution says of the pod. */
const moved = (spec: SpecData, into: readonly ContainerData[]): void => {
  for (const key of OF_POD) for (const each of into) context(each)[key] = context(spec)[key]
  for (const key of OF_POD) delete context(spec)[key]
}

const sidecar = (spec: SpecData): Record<string, unknown> => context(itemAt(spec.containers, 1))
const main = (spec: SpecData): Record<string, unknown> => context(itemAt(spec.containers, 0))
const init = (spec: SpecData): Record<string, unknown> => context(itemAt(spec.initContainers, 0))

export const h04: Answers = {
  faults: [null],
  wrong: [
    {
      name: 'W30: runAsNonRoot without a number',
      code: 'no-uid',
      edit: inSpec(spec => {
        delete context(spec)['runAsUser']
      })
    },
    {
      name: 'a number without runAsNonRoot',
      code: 'non-root-unset',
      edit: inSpec(spec => {
        delete context(spec)['runAsNonRoot']
      })
    },
    {
      name: 'the container that overrides the user is forgotten',
      code: 'overridden',
      edit: inSpec(spec => {
        sidecar(spec)['runAsUser'] = 0
      })
    },
    {
      name: 'a container may be root again',
      code: 'overridden',
      edit: inSpec(spec => {
        sidecar(spec)['runAsNonRoot'] = false
      })
    },
    {
      name: 'a container without seccomp',
      code: 'overridden',
      edit: inSpec(spec => {
        sidecar(spec)['seccompProfile'] = { type: 'Unconfined' }
      })
    },
    {
      name: 'another user',
      code: 'other-uid',
      edit: inSpec(spec => {
        context(spec)['runAsUser'] = 1000
      })
    },
    {
      name: 'root for all',
      code: 'root',
      edit: inSpec(spec => {
        context(spec)['runAsUser'] = 0
      })
    },
    {
      name: 'a user by its name',
      code: 'wrong-type',
      edit: inManifestText(text => text.replace(/runAsUser: .*/, 'runAsUser: nobody'))
    },
    {
      name: 'in the containers, but not in the init container',
      code: 'root',
      edit: inSpec(spec => {
        moved(spec, spec.containers)
      })
    },
    {
      name: 'no escalation for the pod',
      code: 'misplaced-field',
      edit: inSpec(spec => {
        for (const each of allOf(spec)) delete context(each)['allowPrivilegeEscalation']
        context(spec)['allowPrivilegeEscalation'] = false
      })
    },
    {
      name: 'the init container can gain privileges',
      code: 'escalation',
      edit: inSpec(spec => {
        delete init(spec)['allowPrivilegeEscalation']
      })
    },
    {
      name: 'capabilities of the pod',
      code: 'misplaced-field',
      edit: inSpec(spec => {
        context(spec)['capabilities'] = { drop: ['ALL'] }
      })
    },
    {
      name: 'all in small letters',
      code: 'not-dropped',
      edit: inSpec(spec => {
        sidecar(spec)['capabilities'] = { drop: ['all'] }
      })
    },
    {
      name: 'NET_BIND_SERVICE is gone',
      code: 'capability-lost',
      edit: inSpec(spec => {
        main(spec)['capabilities'] = { drop: ['ALL'] }
      })
    },
    {
      name: 'NET_BIND_SERVICE under another name',
      code: 'capability-name',
      edit: inManifestText(text => text.replace('- NET_BIND', '- CAP_NET_BIND'))
    },
    {
      name: 'NET_BIND_SERVICE for all',
      code: 'capability-added',
      edit: inSpec(spec => {
        sidecar(spec)['capabilities'] = { drop: ['ALL'], add: ['NET_BIND_SERVICE'] }
      })
    },
    {
      name: 'the seccomp profile of the node',
      code: 'other-seccomp',
      edit: inSpec(spec => {
        context(spec)['seccompProfile'] = { type: 'Localhost', localhostProfile: 'profiles/audit.json' }
      })
    },
    {
      name: 'no seccomp profile at all',
      code: 'no-seccomp',
      edit: inSpec(spec => {
        delete context(spec)['seccompProfile']
      })
    },
    {
      name: 'the group of the files is lost',
      code: 'other-field',
      edit: inManifestText(text => text.replace(/ +fsGroup: .*\n/, ''))
    },
    {
      name: 'a port of the node besides',
      code: 'not-restricted',
      edit: inManifestText(text => text.replace(/( +)- containerPort: 80\n/, '$&$1  hostPort: 80\n'))
    },
    {
      name: 'the container that is in the way is taken out',
      code: 'other-field',
      edit: inSpec(({ containers }) => {
        containers.pop()
      })
    }
  ],
  right: [
    {
      name: 'all of it said by each container',
      edit: inSpec(spec => {
        moved(spec, allOf(spec))
      })
    },
    {
      name: 'said by the pod and by each container',
      edit: inSpec(spec => {
        const pods = { ...context(spec) }
        moved(spec, allOf(spec))
        Object.assign(context(spec), pods)
      })
    },
    {
      name: 'said against it by the pod, and not by the containers; one more capability dropped',
      edit: inSpec(spec => {
        moved(spec, allOf(spec))
        Object.assign(context(spec), { runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } })
        sidecar(spec)['capabilities'] = { drop: ['NET_RAW', 'ALL'], add: [] }
      })
    }
  ]
}
