import { type Answers, edited, fromStart, inManifest, inPod, mountHost } from '../answer.ts'

const LOG = /- --audit-log-path=-\n/

export const a06: Answers = {
  wrong: [
    {
      name: 'the device of the standard output',
      code: 'rotated-device',
      edit: inManifest(text => text.replace(LOG, '- --audit-log-path=/dev/stdout\n'))
    },
    {
      name: 'the flag is taken out',
      code: 'log-off',
      edit: inManifest(text => text.replace(/ {4}- --audit-log-path=-\n/, ''))
    },
    {
      name: 'a word for the standard output',
      code: 'file-in-container',
      edit: inManifest(text => text.replace(LOG, '- --audit-log-path=stdout\n'))
    },
    {
      name: 'only the flag is changed',
      code: 'left-mount',
      edit: fromStart(text => text.replace(/--audit-log-path=.*/, '--audit-log-path=-'))
    },
    {
      name: 'the volume of the log is left',
      code: 'left-volume',
      edit: fromStart(text =>
        text
          .replace(/--audit-log-path=.*/, '--audit-log-path=-')
          .replace(/ {4}- mountPath: .*\n {6}name: audit-log\n/, '')
      )
    },
    {
      name: 'W2: the mount of the log is left without its volume',
      code: 'mount-without-volume',
      edit: inPod(({ spec }) =>
        spec.containers[0].volumeMounts.push({ name: 'audit-log', mountPath: '/var/log/kubernetes/audit' })
      )
    },
    {
      name: 'the mount of the policy went with that of the log',
      code: 'not-mounted',
      edit: inManifest(text =>
        text
          .replace(/ {4}- mountPath: .*\n {6}name: audit-policy\n {6}readOnly: true\n/, '')
          .replace(/ {2}- hostPath:\n(?: {6}.*\n)+ {4}name: audit-policy\n/, '')
      )
    },
    {
      name: 'an old value stands behind',
      code: 'last-one-counts',
      edit: inManifest(text => text.replace(/( {4}- --audit-log-path)=-\n/, '$&$1=/tmp/x\n'))
    },
    {
      name: 'auditing is switched off',
      code: 'audit-setting',
      edit: inManifest(text => text.replace(/ {4}- --audit-policy-file=.*\n/, ''))
    },
    {
      name: 'the policy is changed',
      code: 'other-file',
      edit: (files, exercise) => {
        const path = [...exercise.start.keys()].find(each => /\/audit[^/]*\/.*\.yaml$/.test(each)) ?? ''
        return edited(path, text => `${text}- level: None\n`)(files)
      }
    }
  ],
  right: [
    {
      name: 'the settings of rotation go too',
      edit: inManifest(text => text.replaceAll(/ {4}- --audit-log-max.*\n/g, ''))
    },
    {
      name: 'two words, in front of an empty log of old, and another mount',
      edit: inPod(pod => {
        const [container] = pod.spec.containers
        container.command = [
          ...container.command.filter(word => word !== '--audit-log-path=-').slice(0, 1),
          '--audit-log-path=',
          ...container.command.filter(word => word !== '--audit-log-path=-').slice(1),
          '--audit-log-path',
          '-'
        ]
        mountHost(pod, 'zones', '/usr/share/zoneinfo', { path: '/usr/share/zoneinfo' }, true)
      })
    }
  ]
}
