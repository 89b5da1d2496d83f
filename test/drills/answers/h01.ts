import { posix } from 'node:path'
import type { Answers } from '../answer.ts'
import { allOf, type ContainerData, inManifestText, inSpec, itemAt, type SpecData } from '../workload-answers.ts'

const RO = 'readOnlyRootFilesystem'

const open = ({ securityContext = {} }: ContainerData): void => {
  delete securityContext[RO]
}

/** The volume behind the last mount of the first container, which is that of its own directory. */
const dataOf = ({ containers, volumes }: SpecData) => {
  const mounts = itemAt(containers, 0).volumeMounts ?? []
  const mount = itemAt(mounts, -1)
  const volume = volumes.find(({ name }) => name === mount.name)
  if (!volume) throw new Error(`no volume ${mount.name}`)
  return { mounts, mount, volume }
}

const source = (volume: Record<string, unknown>, from: Record<string, unknown>): void => {
  delete volume['emptyDir']
  Object.assign(volume, from)
}

export const h01: Answers = {
  faults: [null],
  wrong: [
    {
      name: 'W29: read-only at the level of the pod',
      code: 'misplaced-field',
      edit: inSpec(spec => {
        for (const each of allOf(spec)) open(each)
        spec.securityContext = { [RO]: true }
      })
    },
    {
      name: 'directly below the container',
      code: 'misplaced-field',
      edit: inSpec(spec => {
        open(itemAt(spec.containers, 1))
        itemAt(spec.containers, 1)[RO] = true
      })
    },
    {
      name: 'the init container forgotten',
      code: 'init-container-forgotten',
      edit: inSpec(spec => {
        open(itemAt(spec.initContainers, 0))
      })
    },
    {
      name: 'the second container forgotten',
      code: 'writable-root',
      edit: inSpec(spec => {
        open(itemAt(spec.containers, 1))
      })
    },
    {
      name: 'a word for true',
      code: 'wrong-type',
      edit: inManifestText(text => text.replace(`${RO}: true`, `${RO}: "true"`))
    },
    {
      name: 'the field misspelt',
      code: 'unknown-field',
      edit: inManifestText(text => text.replace(RO, 'readonlyRootFilesystem'))
    },
    {
      name: 'an emptyDir over /etc, which the image needs',
      code: 'hides-image',
      edit: inSpec(({ containers, volumes }) => {
        volumes.push({ name: 'etc', emptyDir: {} })
        itemAt(containers, 1).volumeMounts?.push({ name: 'etc', mountPath: '/etc' })
      })
    },
    {
      name: 'an emptyDir over the directory above',
      code: 'hides-image',
      edit: inSpec(spec => {
        const { mount } = dataOf(spec)
        mount.mountPath = posix.dirname(mount.mountPath)
      })
    },
    {
      name: 'one more directory that can be written',
      code: 'writable-elsewhere',
      edit: inSpec(spec => {
        const { mounts, mount } = dataOf(spec)
        mounts.push({ name: mount.name, mountPath: '/scratch' })
      })
    },
    {
      name: 'the file handed over can be changed',
      code: 'other-field',
      edit: inManifestText(text => text.replace(/(mountPath: \/shared\n) +readOnly: true\n/, '$1'))
    },
    {
      name: 'a hostPath instead',
      code: 'host-path',
      edit: inSpec(spec => {
        source(dataOf(spec).volume, { hostPath: { path: '/tmp/data', type: 'DirectoryOrCreate' } })
      })
    },
    {
      name: 'a claim instead',
      code: 'no-empty-dir',
      edit: inSpec(spec => {
        source(dataOf(spec).volume, { persistentVolumeClaim: { claimName: 'data' } })
      })
    },
    {
      name: 'mounted read-only',
      code: 'read-only',
      edit: inSpec(spec => {
        dataOf(spec).mount.readOnly = true
      })
    },
    {
      name: 'a volume without its mount',
      code: 'not-mounted',
      edit: inSpec(spec => {
        dataOf(spec).mounts.pop()
      })
    },
    {
      name: 'a mount without its volume',
      code: 'no-such-volume',
      edit: inSpec(spec => {
        dataOf(spec).volume['name'] = 'data'
      })
    },
    {
      name: 'over a mount that is there',
      code: 'mount-path-twice',
      edit: inSpec(spec => {
        dataOf(spec).mount.mountPath = '/shared'
      })
    },
    {
      name: 'what is handed over goes to two volumes',
      code: 'other-field',
      edit: inSpec(({ initContainers, volumes }) => {
        volumes.push({ name: 'own', emptyDir: {} })
        for (const mount of itemAt(initContainers, 0).volumeMounts ?? [])
          if (mount.mountPath === '/shared') mount.name = 'own'
      })
    },
    {
      name: 'the tag is left out',
      code: 'other-image',
      edit: inSpec(({ containers }) => {
        itemAt(containers, 0).image = itemAt(containers, 0).image.replace(/:[^:/]*$/, ':latest')
      })
    },
    {
      name: 'the program does not write there any more',
      code: 'other-field',
      edit: inSpec(({ containers }) => {
        itemAt(containers, 0).command?.pop()
      })
    },
    {
      name: 'the second container is taken out',
      code: 'other-field',
      edit: inSpec(({ containers }) => {
        containers.pop()
      })
    },
    {
      name: 'a container that can be changed, under the name of another',
      code: 'container-twice',
      edit: inSpec(({ containers }) => {
        const { name, image } = itemAt(containers, 1)
        containers.unshift({ name, image })
      })
    },
    {
      name: 'a privileged container',
      code: 'contradiction',
      edit: inManifestText(text => text.replace(/( +)allowPrivilegeEscalation: false\n/, '$&$1privileged: true\n'))
    },
    {
      name: 'a tab',
      code: 'manifest-unreadable',
      edit: inManifestText(text => text.replace('      containers:', '\t  containers:'))
    },
    {
      name: 'a copy among the static pods',
      code: 'stray-file',
      edit: (files, { solution }) => ({
        ...files,
        '/etc/kubernetes/manifests/mine.yaml': [...solution.values()][0] ?? ''
      })
    }
  ],
  right: [
    {
      name: 'one volume for all, in memory, with a limit',
      edit: inSpec(spec => {
        const own = /-(tmp|data)$/
        for (const { volumeMounts = [] } of allOf(spec))
          for (const mount of volumeMounts)
            if (own.test(mount.name)) Object.assign(mount, { subPath: mount.name, name: 'writable' })
        spec.volumes = spec.volumes.filter(({ name }) => !own.test(String(name)))
        spec.volumes.unshift({ name: 'writable', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } })
      })
    },
    {
      name: 'volumes without a source, slashes at the end, containers the other way round',
      edit: inSpec(spec => {
        for (const each of spec.volumes) if (each['emptyDir']) delete each['emptyDir']
        const { mount } = dataOf(spec)
        mount.mountPath += '/'
        spec.containers.reverse()
      })
    },
    {
      name: 'settings of the pod that change nothing, and more documents of comments',
      edit: inManifestText(text => `# mine\n${text.replace(/( +)volumes:\n/, '$1securityContext: {}\n$&')}---\n# end\n`)
    }
  ]
}
