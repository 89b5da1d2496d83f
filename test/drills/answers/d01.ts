import { type Answers, dropMounts, edited, inManifest, inPod, mountHost, type PodData, valueOf } from '../answer.ts'
import type { Exercise } from '../../../src/drills/drill.ts'
import { parse } from 'yaml'
import { posix } from 'node:path'

const kubeconfigOf = ({ solution }: Exercise): string => [...solution.keys()][1] ?? ''

/** An answer in which the kubeconfig reads differently. */
const inKubeconfig =
  (change: (text: string) => string): Answers['right'][number]['edit'] =>
  (files, exercise) =>
    edited(kubeconfigOf(exercise), change)(files)

const authorityOf = ({ start }: Exercise): { path: string; text: string } => {
  const found = [...start].find(
    ([, entry]) => entry.kind === 'file' && entry.text.startsWith('a certificate authority of')
  )
  return { path: found?.[0] ?? '', text: found?.[1].kind === 'file' ? found[1].text : '' }
}

const isMountedAlready = (exercise: Exercise): boolean => authorityOf(exercise).path.startsWith('/etc/kubernetes/pki/')

const flag = 'audit-webhook-config-file'

export const d01: Answers = {
  wrong: [
    {
      name: 'W26: the kubeconfig is not mounted',
      code: 'not-mounted',
      edit: inPod(pod => dropMounts(pod, name => name === 'audit-webhook'))
    },
    {
      name: 'W26: the certificate authority is not mounted, or is taken away',
      code: 'authority-not-mounted',
      edit: (files, exercise) =>
        isMountedAlready(exercise)
          ? inKubeconfig(text => text.replace(/certificate-authority: .*/, 'certificate-authority: /root/ca.crt'))(
              files,
              exercise
            )
          : inPod(pod => dropMounts(pod, name => name === 'receiver-ca'))(files, exercise)
    },
    {
      name: 'W26: http for https',
      code: 'other-scheme',
      edit: inKubeconfig(text => text.replace('server: https', 'server: http'))
    },
    {
      name: 'the path of the address is forgotten',
      code: 'other-url-path',
      edit: inKubeconfig(text => text.replace(/(server: https:\/\/[^/]*).*/, '$1'))
    },
    {
      name: 'another port',
      code: 'other-host',
      edit: inKubeconfig(text => text.replace(/:\d+\//, ':443/'))
    },
    {
      name: 'no scheme',
      code: 'no-url',
      edit: inKubeconfig(text => text.replace('https://', ''))
    },
    {
      name: 'the address in a cluster of its own, which no context names',
      code: 'other-host',
      edit: inKubeconfig(text => {
        const [, server = ''] = /server: (.*)/.exec(text) ?? []
        return text
          .replace(/server: .*/, 'server: https://10.0.0.1:1/')
          .replace('users:', `- name: mine\n  cluster:\n    server: ${server}\nusers:`)
      })
    },
    {
      name: 'the certificate is not checked',
      code: 'not-verified',
      edit: inKubeconfig(text => text.replace(/certificate-authority: .*/, 'insecure-skip-tls-verify: true'))
    },
    {
      name: 'no certificate authority',
      code: 'no-authority',
      edit: inKubeconfig(text => text.replace(/ {4}certificate-authority: .*\n/, ''))
    },
    {
      name: 'the authority of the cluster',
      code: 'other-authority',
      edit: inKubeconfig(text => text.replace(/(certificate-authority: ).*/, '$1/etc/kubernetes/pki/ca.crt'))
    },
    {
      name: 'current-context leads nowhere',
      code: 'kubeconfig-context',
      edit: inKubeconfig(text => text.replace(/current-context: .*/, 'current-context: webhook'))
    },
    {
      name: 'a tab in the kubeconfig',
      code: 'kubeconfig-unreadable',
      edit: inKubeconfig(text => text.replace('    server', '\tserver'))
    },
    {
      name: 'the address in place of the file',
      code: 'other-path',
      edit: inManifest(text => text.replace(/(--audit-webhook-config-file=).*/, '$1https://10.0.0.1/'))
    },
    {
      name: 'the webhook in place of the log',
      code: 'log-off',
      edit: inManifest(text => text.replace(/ {4}- --audit-log-path=.*\n/, ''))
    },
    {
      name: 'the kubeconfig is right, and the flag is missing',
      code: 'webhook-off',
      edit: inManifest(text => text.replace(/ {4}- --audit-webhook-config-file=.*\n/, ''))
    }
  ],
  right: [
    {
      name: 'the authority as data, which nothing has to mount',
      edit: (files, exercise) => {
        const data = Buffer.from(authorityOf(exercise).text).toString('base64')
        const changed = inKubeconfig(text =>
          text.replace(/certificate-authority: .*/, `certificate-authority-data: ${data}`)
        )(files, exercise)
        return inPod(pod => {
          pod.spec.containers[0].command.push('--audit-webhook-mode', 'batch')
          if (!isMountedAlready(exercise)) dropMounts(pod, name => name === 'receiver-ca')
        })(changed, exercise)
      }
    },
    {
      name: 'directories in place of files',
      edit: inPod((pod: PodData, exercise) => {
        const wanted = new Set([valueOf(pod, flag), authorityOf(exercise).path].map(path => posix.dirname(path)))
        dropMounts(pod, name => ['audit-webhook', 'receiver-ca'].includes(name))
        for (const [index, path] of [...wanted].filter(each => !each.includes('/pki')).entries())
          mountHost(pod, `hook-${index}`, `${path}/`, { path }, true)
      })
    },
    {
      name: "a kubeconfig of one's own, beside other contexts",
      edit: (files, exercise) => {
        const path = kubeconfigOf(exercise)
        const was = parse(files[path] ?? '') as { clusters: [{ cluster: { server: string } }] }
        const server = was.clusters[0].cluster.server.replace('https', 'HTTPS')
        return {
          ...files,
          [path]: JSON.stringify({
            'current-context': 'b',
            contexts: [
              { name: 'a', context: { cluster: 'a' } },
              { name: 'b', context: { cluster: 'b', user: '' } }
            ],
            clusters: [
              { name: 'a', cluster: { server: 'http://10.0.0.1' } },
              { name: 'b', cluster: { server: `${server}/`, 'certificate-authority': authorityOf(exercise).path } }
            ]
          })
        }
      }
    }
  ]
}
