import { parse } from 'yaml'
import type { Answer, Answers } from '../answer.ts'
import { type ContainerData, inManifestText, inSpec, itemAt, manifestFile, type SpecData } from '../workload-answers.ts'

interface Probe {
  exec?: { command: string[] }
  [key: string]: unknown
}

interface Probed extends ContainerData {
  startupProbe?: Probe
}

const first = (spec: SpecData): Probed => itemAt(spec.containers, 0)
const probeOf = (spec: SpecData): Probe => (first(spec).startupProbe ??= {})
const commandOf = (spec: SpecData): string[] => probeOf(spec).exec?.command ?? []
const pathsOf = (spec: SpecData): string[] => commandOf(spec).filter(word => word.startsWith('/'))

/** An answer whose probe runs another command. */
const running = (command: (paths: readonly string[], spec: SpecData) => string[], more: object = {}): Answer['edit'] =>
  inSpec(spec => {
    first(spec).startupProbe = { exec: { command: command(pathsOf(spec), spec) }, ...more }
  })

const sh = (script: (paths: readonly string[]) => string, more: object = {}): Answer['edit'] =>
  running(paths => ['sh', '-c', script(paths)], more)

const all = (paths: readonly string[]): string => paths.join(' ')

export const h03: Answers = {
  faults: [null],
  wrong: [
    {
      name: 'one of them is forgotten',
      code: 'program-left',
      edit: running(paths => ['rm', '-f', ...paths.slice(1)])
    },
    {
      name: 'the root file system is made read-only besides',
      code: 'read-only-root',
      edit: inSpec(spec => {
        first(spec).securityContext = { readOnlyRootFilesystem: true }
      })
    },
    {
      name: 'a user who may not',
      code: 'may-not-remove',
      edit: inSpec(spec => {
        first(spec).securityContext = { runAsUser: 1000 }
      })
    },
    {
      name: 'no root, says the pod',
      code: 'may-not-remove',
      edit: inSpec(spec => {
        spec.securityContext = { runAsNonRoot: true }
      })
    },
    {
      name: 'whether it worked is not looked at, and it did not',
      code: 'may-not-remove',
      edit: inSpec(spec => {
        probeOf(spec).exec = { command: ['sh', '-c', `rm -f ${all(pathsOf(spec))} || true`] }
        spec.securityContext = { runAsUser: 65534 }
      })
    },
    { name: 'all in one word', code: 'not-a-program', edit: running(paths => [`rm -f ${all(paths)}`]) },
    {
      name: 'the shell gets the words apart',
      code: 'probe-fails',
      edit: running(paths => ['sh', '-c', 'rm', '-f', ...paths])
    },
    {
      name: 'a command that always fails',
      code: 'probe-fails',
      edit: sh(paths => `rm -f ${all(paths)}; touch /tmp/done`)
    },
    {
      name: 'a file that is not there',
      code: 'probe-fails',
      edit: running(paths => ['rm', ...paths, '/bin/bash2'])
    },
    { name: 'it takes too long', code: 'probe-fails', edit: sh(paths => `sleep 5; rm -f ${all(paths)}`) },
    {
      name: 'they are looked for, not removed',
      code: 'probe-fails',
      edit: sh(paths => paths.map(path => `! test -e ${path}`).join(' && '))
    },
    { name: 'they cannot be run any more', code: 'program-left', edit: running(paths => ['chmod', '0', ...paths]) },
    { name: 'they are put elsewhere', code: 'only-moved', edit: running(paths => ['mv', ...paths, '/tmp']) },
    {
      name: 'all that lies there',
      code: 'removes-too-much',
      edit: running(() => ['rm', '-rf', '/bin', '/usr/bin', '/sbin'])
    },
    { name: 'the other shell too', code: 'removes-too-much', edit: running(paths => ['rm', ...paths, '/bin/sh']) },
    {
      name: 'braces in a shell that knows none',
      code: 'program-left',
      edit: sh(() => 'rm -f /bin/{bash,touch}')
    },
    {
      name: 'a hook instead',
      code: 'no-startup-probe',
      edit: inSpec(spec => {
        first(spec)['lifecycle'] = { postStart: probeOf(spec) }
        delete first(spec).startupProbe
      })
    },
    {
      name: 'the liveness probe does it',
      code: 'no-startup-probe',
      edit: inSpec(spec => {
        first(spec)['livenessProbe'] = probeOf(spec)
        delete first(spec).startupProbe
      })
    },
    {
      name: 'the other container',
      code: 'other-container',
      edit: inSpec(spec => {
        itemAt(spec.containers, 1)['startupProbe'] = probeOf(spec)
        delete first(spec).startupProbe
      })
    },
    {
      name: 'a probe for the pod',
      code: 'unknown-field',
      edit: inSpec(spec => {
        spec['startupProbe'] = probeOf(spec)
        delete first(spec).startupProbe
      })
    },
    {
      name: 'it asks by HTTP besides',
      code: 'two-handlers',
      edit: inSpec(spec => {
        probeOf(spec)['httpGet'] = { path: '/', port: 8080 }
      })
    },
    {
      name: 'it asks by HTTP',
      code: 'no-exec',
      edit: inSpec(spec => {
        first(spec).startupProbe = { httpGet: { path: '/', port: 8080 } }
      })
    },
    {
      name: 'it has to pass twice',
      code: 'success-threshold',
      edit: running(paths => ['rm', '-f', ...paths], { successThreshold: 2 })
    },
    {
      name: 'the command is changed instead',
      code: 'other-field',
      edit: inSpec(spec => {
        first(spec).command = ['sh', '-c', `rm -f ${all(pathsOf(spec))}; exec ${all(first(spec).command ?? [])}`]
      })
    },
    {
      name: 'the probe of old is gone',
      code: 'other-field',
      edit: inManifestText(text => text.replace(/ +livenessProbe:\n(?: {8,}.*\n)+/, ''))
    },
    {
      name: 'something of which nobody here knows what it does',
      code: 'not-followed',
      edit: sh(paths => `ls ${all(paths)} | xargs rm -f`)
    }
  ],
  right: [
    { name: 'without -f, which fails only when it is run again', edit: running(paths => ['/bin/rm', '--', ...paths]) },
    {
      name: 'in a shell, with a look at what came of it',
      edit: sh(paths => `set -e\n# gone\nrm -f ${all(paths)} 2>/dev/null\n[ ! -e ${paths[0] ?? ''} ]`, {
        failureThreshold: 10,
        periodSeconds: 1
      })
    },
    {
      name: 'fails first, and passes once they are gone',
      edit: sh(
        paths =>
          `if ${paths.map(path => `[ ! -e "${path}" ]`).join(' && ')}; then exit 0; fi; rm -f ${all(paths)}; exit 1`
      )
    },
    {
      name: 'one after the other',
      edit: sh(paths => `for tool in ${all(paths)}; do test ! -e $tool || rm "$tool" || exit 1; done`)
    },
    {
      name: 'by bash itself, with braces',
      edit: running(([, , ...more]) => ['bash', '-c', `rm -f /bin/{bash,touch} ${all(more)}`])
    },
    { name: 'names in a variable', edit: sh(paths => `TOOLS="${all(paths)}"; rm -f $TOOLS && ! command -v bash`) },
    {
      name: 'by busybox where there is one, by unlink where there is none',
      edit: (files, exercise) => {
        // the test reads back what the drill wrote
        const { task } = exercise
        const isAlpine = JSON.stringify(task).includes('Alpine')
        const edit = isAlpine
          ? running(paths => ['busybox', 'rm', '-f', ...paths])
          : sh(paths => paths.map(path => `unlink ${path}`).join('; '))
        if (parse(files[manifestFile(exercise)] ?? '') === null) throw new Error('no manifest')
        return edit(files, exercise)
      }
    }
  ]
}
