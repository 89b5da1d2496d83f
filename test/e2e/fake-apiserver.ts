import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { answerRequest, type Phase } from './fake-answer.ts'
import { auditOptionFaults, boolFlag, numberFlag, textFlag } from './fake-audit-options.ts'
import type { Locate } from './fake-audit-log.ts'
import { startAuditor, type Auditor } from './fake-auditor.ts'
import { serverFaults, type Faults } from './fake-faults.ts'
import { parseFlags, type Flags } from './fake-flags.ts'
import { goFileError, klogLine, klogText } from './fake-go.ts'
import { locate } from './fake-mounts.ts'
import type { ContainerFacts } from './fake-run-pod.ts'

const CERTIFICATES = [
  'tls-cert-file',
  'tls-private-key-file',
  'client-ca-file',
  'etcd-cafile',
  'service-account-key-file'
]

const say = (line: string): void => void process.stderr.write(`${line}\n`)

const fail = (error: string): never => {
  say(klogLine('E', 'run.go:72', 'command failed', { err: error }))
  return process.exit(1)
}

const dropPrivileges = ({ runAsUser, runAsGroup }: ContainerFacts): void => {
  if (process.getuid?.() !== 0) return
  if (runAsUser !== null || runAsGroup !== null) process.setgroups?.([runAsGroup ?? 0])
  if (runAsGroup !== null) process.setgid?.(runAsGroup)
  if (runAsUser !== null) process.setuid?.(runAsUser)
}

const missingCertificate = (flags: Flags, find: Locate): string | null => {
  for (const path of CERTIFICATES.map(name => textFlag(flags, name)).filter(each => each !== '')) {
    try {
      accessSync(find(path).real, constants.R_OK)
    } catch (error) {
      return goFileError('open', path, error)
    }
  }
  return null
}

const listenHost = (flags: Flags): string => {
  const wanted = textFlag(flags, 'bind-address') || textFlag(flags, 'advertise-address')
  return /^127\.|^::1$/.test(wanted) ? wanted : '127.0.0.1'
}

const phaseOf = (started: number, faults: Faults): Phase => {
  const elapsed = Date.now() - started - faults.slowStart
  if (elapsed < faults.readyMs / 3) return 'starting'
  const isHeld = faults.neverReady || (faults.heldBy !== '' && existsSync(faults.heldBy))
  return isHeld || elapsed < (faults.readyMs * 2) / 3 ? 'unready' : 'ready'
}

/** Runs the fake kube-apiserver with these arguments in the container it is told about. */
export const runApiServer = (facts: ContainerFacts, args: readonly string[], parent: number): void => {
  const faults = serverFaults(facts.root, args)
  const tls = {
    key: readFileSync(join(facts.tls, 'apiserver.key')),
    cert: readFileSync(join(facts.tls, 'apiserver.crt'))
  }
  dropPrivileges(facts)
  const parsed = parseFlags(args[0] === 'apiserver' || args[0] === 'kube-apiserver' ? args.slice(1) : args) // hyperkube's
  if (parsed.kind === 'error') {
    say(`Error: ${parsed.error}`)
    return process.exit(1)
  }
  const version = /:(v\d[\w.+-]*)/.exec(facts.image)?.[1] ?? 'v1.36.2'
  say(klogText('I', 'server.go:147', `Version: ${version}`))
  if (faults.failWith !== '') fail(faults.failWith)
  const wrong = auditOptionFaults(parsed.flags)
  if (wrong.length > 0) fail(wrong.length === 1 ? wrong.join() : `[${wrong.join(', ')}]`)
  const find: Locate = path => locate(facts, path)
  const missing = faults.ignoreMissingCerts ? null : missingCertificate(parsed.flags, find)
  if (missing !== null) fail(missing)
  const auditor = startAuditor(parsed.flags, find, faults)
  if (typeof auditor === 'string') return fail(auditor)
  serve(parsed.flags, faults, auditor, tls, version)
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1)
  }, 200).unref()
}

const serve = (
  flags: Flags,
  faults: Faults,
  auditor: Auditor,
  tls: { key: Buffer; cert: Buffer },
  version: string
): void => {
  const started = Date.now()
  const state = { ending: false }
  const anonymous = textFlag(flags, 'anonymous-auth') === '' || boolFlag(flags, 'anonymous-auth')
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (request, response) =>
    answerRequest(request, response, {
      auditor,
      anonymous,
      version,
      phase: () => (state.ending ? 'ending' : phaseOf(started, faults))
    })
  )
  const host = listenHost(flags)
  const port = numberFlag(flags, 'secure-port') || 6443
  server.on('error', error => {
    const why = 'code' in error && error.code === 'EADDRINUSE' ? 'bind: address already in use' : error.message
    fail(`failed to create listener: failed to listen on ${host}:${port}: listen tcp ${host}:${port}: ${why}`)
  })
  server.listen(port, host, () => say(klogText('I', 'secure_serving.go:213', `Serving securely on ${host}:${port}`)))
  const ready = faults.slowStart + faults.readyMs
  if (!faults.neverReady) setTimeout(() => ownRequest(auditor), ready).unref()
  if (faults.exitAfter > 0) setTimeout(() => fail('etcdserver: request timed out'), ready + faults.exitAfter)
  process.on('SIGTERM', () => {
    if (faults.ignoreTerm || state.ending) return
    state.ending = true
    say(klogText('I', 'genericapiserver.go:545', '"[graceful-termination] shutdown event" name="ShutdownInitiated"'))
    setTimeout(() => void auditor.flush().then(() => process.exit(0)), faults.shutdownDelayMs)
  })
}

// A real server talks to itself: its log holds events that no test asked for.
const ownRequest = (auditor: Auditor): void => {
  const audited = auditor.audit({
    attributes: {
      user: { username: 'system:apiserver', groups: ['system:authenticated', 'system:masters'] },
      ...{ verb: 'get', path: '/api/v1/namespaces/kube-system', resourceRequest: true, apiGroup: '', apiVersion: 'v1' },
      ...{ resource: 'namespaces', subresource: '', namespace: 'kube-system', name: 'kube-system' }
    },
    uri: '/api/v1/namespaces/kube-system',
    auditID: undefined,
    sourceIPs: ['::1'],
    userAgent: 'kube-apiserver/v1.36.2 (linux/amd64) kubernetes/fake',
    received: new Date()
  })
  audited.begin()
  audited.complete({
    code: 200,
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' }
  })
}
