import type { NodeFacts } from '../facts/node.ts'
import { goQuote } from '../text/go-quote.ts'
import { atFlag, startFault } from './fault.ts'
import type { StartFault } from './start-fault.ts'

/**
 * No address of etcd in --etcd-servers has a port: the client of etcd has no default for it, and kube-apiserver gives up
 * after 20 seconds. go.etcd.io/etcd client/v3 internal/endpoint; pkg/controlplane/instance.go
 */
export const etcdGate = ({ manifest: { pod } }: NodeFacts): StartFault[] => {
  if (!pod) return []
  const values = pod.command.flags.flatMap(({ name, value }) => (name === 'etcd-servers' ? (value ?? '') : []))
  const addresses = values.flatMap(value => value.split(',')).map(each => each.trim())
  // what is filled in later, as $(NAME), nobody knows
  if (addresses.length === 0 || !addresses.every(each => each !== '' && !hasPort(each) && !/[${]/.test(each))) return []
  return [
    startFault(
      'server',
      {
        code: 'etcd-address',
        message: `--etcd-servers: ${goQuote(addresses.join(','))} has no port, so that etcd is not reached: kube-apiserver ends after 20 seconds`,
        printed: 'Error creating leases: error creating storage factory: context deadline exceeded',
        remediation: "write the address with its port; kubeadm's is https://127.0.0.1:2379"
      },
      atFlag(pod, 'etcd-servers')
    )
  ]
}

const hasPort = (address: string): boolean =>
  // unix sockets have none
  address.startsWith('unix') || /:\d+$/.test(address.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, ''))
