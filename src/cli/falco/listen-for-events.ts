import { listenAddress } from '../../audit/listen-address.ts'
import { auditEventReader } from '../../falco/audit-event-reader.ts'
import { openHttpServer } from '../../host/http-server.ts'
import { readLocalFile } from '../../host/local-files.ts'
import { type ServerCertificate, serverCertificate } from '../../serve/server-certificate.ts'
import { openWebhook } from '../../serve/webhook.ts'
import type { Taking } from './give-events.ts'
import { refusedTeller } from './refused-teller.ts'
import { stopping } from './stopping.ts'

const LARGEST_PEM = 1024 * 1024

/** Gives the events that kube-apiserver sends to an address, until it is time to end. Throws USAGE, CANNOT_LISTEN and BAD_CERTIFICATE. */
export const listenForEvents = async (url: string, taking: Taking): Promise<void> => {
  const { args, io, session, plugin, seconds, take, onCaughtUp } = taking
  const address = listenAddress(url, args.has('listen-all'))
  const certificate = address.scheme === 'https' ? certificateOf(plugin.sslCertificate) : undefined
  const refused = refusedTeller(session)
  const reader = auditEventReader(take, plugin)
  const webhook = await openWebhook(address, {
    certificate,
    open: openHttpServer,
    onRefused: why => refused.tell(`${why}; events go to ${address.path}`),
    limits: { largest: plugin.webhookMaxBatchSize },
    handle: body => {
      reader.readLine(body, 0, body.length, refused.tell)
      onCaughtUp()
    }
  })
  session.talk(`listening on ${webhook.url}`)
  const stop = stopping(io, seconds)
  try {
    await Promise.race([stop.ended(), webhook.failed])
  } finally {
    stop.close()
    const left = await webhook.close()
    if (left > 0) session.talk(`warning: ${left} requests that were answered are not judged`)
    refused.close()
  }
}

const certificateOf = (path: string): ServerCertificate =>
  serverCertificate(readLocalFile(path, LARGEST_PEM).toString('utf8'), path)
