import { type Answers, fromStart, inManifest, inPod, MANIFEST, mountHost, type PodData } from '../answer.ts'
import type { Exercise } from '../../../src/drills/drill.ts'

const withoutFlags = (text: string): string => text.replaceAll(/ {4}- --audit-.*\n/g, '')

const mountsAfter = (text: string): string =>
  text.replace(
    /( {4}- mountPath: \/etc\/kubernetes\/pki\n {6}name: k8s-certs\n {6}readOnly: true\n)(?: {4}.*\n| {6}.*\n)*/,
    '$1'
  )

export const a07: Answers = {
  wrong: [
    {
      name: 'the policy flag alone is taken out',
      code: 'left-flag',
      edit: fromStart(text => text.replace(/ {4}- --audit-policy-file=.*\n/, ''))
    },
    { name: 'the mounts are left', code: 'left-mount', edit: fromStart(withoutFlags) },
    { name: 'the volumes are left', code: 'left-volume', edit: fromStart(text => mountsAfter(withoutFlags(text))) },
    {
      name: 'the volumes are taken out, the mounts not',
      code: 'mount-without-volume',
      edit: inPod(({ spec }) => spec.containers[0].volumeMounts.push({ name: 'rules', mountPath: '/etc/rules' }))
    },
    {
      name: 'the policy is deleted',
      code: 'other-file',
      edit: (files, { start }) => ({ ...files, ...gone(start, /^(?!.*manifests).*\.yaml$/) })
    },
    {
      name: 'the log is deleted',
      code: 'other-file',
      edit: (files, { start }) => ({ ...files, ...gone(start, /\.log$/) })
    },
    {
      name: 'a mount too many is taken out',
      code: 'other-setting',
      edit: inPod((pod: PodData) => {
        const [container] = pod.spec.containers
        container.volumeMounts = container.volumeMounts.filter(({ name }) => name !== 'etc-ca-certificates')
        pod.spec.volumes = pod.spec.volumes.filter(({ name }) => name !== 'etc-ca-certificates')
      })
    },
    {
      name: 'a flag too many is taken out',
      code: 'other-setting',
      edit: inManifest(text => text.replace(/ {4}- --authorization-mode=.*\n/, ''))
    },
    {
      name: 'auditing is left on at level None, so to speak',
      code: 'left-flag',
      edit: fromStart(text => text.replace(/--audit-log-path=.*/, '--audit-log-path='))
    },
    {
      name: 'a volume is emptied',
      code: 'left-volume',
      edit: inPod(({ spec }) => spec.volumes.push({ name: 'events', emptyDir: {} }))
    },
    {
      name: 'W8: the old manifest is kept beside the new one',
      code: 'stray-pod',
      edit: files => ({ ...files, [`${MANIFEST}.audit`]: files[MANIFEST] ?? '' })
    }
  ],
  right: [
    {
      name: 'the flags in another order, the status gone',
      edit: inPod(pod => {
        const [container] = pod.spec.containers
        const [program = '', ...flags] = container.command
        container.command = [program, ...flags.reverse()]
        Reflect.deleteProperty(pod, 'status')
      })
    },
    {
      name: 'one more volume for a path that was there before, with a copy of the old manifest elsewhere',
      edit: (files, exercise) =>
        inPod(pod => {
          pod.spec.volumes = pod.spec.volumes.filter(({ name }) => name !== 'etc-ca-certificates')
          const [container] = pod.spec.containers
          container.volumeMounts = container.volumeMounts.filter(({ name }) => name !== 'etc-ca-certificates')
          mountHost(
            pod,
            'ca',
            '/etc/ca-certificates/',
            { path: '/etc/ca-certificates/', type: 'DirectoryOrCreate' },
            true
          )
        })({ ...files, '/root/kube-apiserver.yaml': files[MANIFEST] ?? '' }, exercise)
    }
  ]
}

const gone = (start: Exercise['start'], name: RegExp): Record<string, null> => {
  const found = [...start.keys()].filter(path => name.test(path) && !path.startsWith('/var/lib/kubelet'))
  if (found.length !== 1) throw new Error(`${found.join(', ')}: one file is meant`)
  return { [found[0] ?? '']: null }
}
