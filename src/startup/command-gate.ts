import type { NodeFacts } from '../facts/node.ts'
import { formatPath, type Path } from '../text/locate.ts'
import { listAt, recordAt, stringAt } from '../text/guard.ts'
import { goQuote } from '../text/go-quote.ts'
import { atPath, startFault } from './fault.ts'
import type { StartFault } from './start-fault.ts'

/** The pod starts something else than kube-apiserver. */
export const commandGate = ({ manifest }: NodeFacts): StartFault[] => {
  const { source, data, error } = manifest
  if (!source || (error?.code !== 'NO_APISERVER' && error?.code !== 'BAD_COMMAND')) return []
  const containers = listAt(recordAt(data, 'spec'), 'containers')
  const index = Math.max(
    0,
    containers.findIndex(each => stringAt(each, 'name') === 'kube-apiserver')
  )
  const place: Path = ['spec', 'containers', index, 'command', 0]
  const word = listAt(containers[index], 'command')[0]
  if (typeof word !== 'string') return error.code === 'NO_APISERVER' ? [noServer(manifest, error.message)] : []
  const isOurs = stringAt(containers[index], 'name') === 'kube-apiserver'
  if (!isOurs) return [noServer(manifest, error.message)]
  return [
    startFault(
      'runtime',
      {
        code: 'wrong-command',
        message: `${formatPath(place)} is ${goQuote(word)}, which the image of kube-apiserver does not have: the container cannot be started`,
        printed: word.includes('/')
          ? `exec: ${goQuote(word)}: stat ${word}: no such file or directory`
          : `exec: ${goQuote(word)}: executable file not found in $PATH`,
        remediation: 'write kube-apiserver as the first word of the command'
      },
      atPath({ source }, place)
    )
  ]
}

const noServer = ({ source, path }: NodeFacts['manifest'], message: string): StartFault =>
  startFault(
    'runtime',
    { code: 'no-apiserver', message, printed: '', remediation: 'write the command of kube-apiserver into the pod' },
    source ? atPath({ source }, ['spec', 'containers']) : { file: path }
  )
