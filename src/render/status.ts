import type { Status } from '../facts/status.ts'
import { findingLines } from './findings.ts'
import { harmless, type Paint } from './paint.ts'

/** A node's status on one screen. */
export const statusLines = (status: Status, paint: Paint, width: number): string[] => {
  const row = (name: string, text: string): string => `${paint.bold(name.padEnd(11))} ${harmless(text)}`
  const { policy, log, webhook, running } = status
  return [
    row('manifest', status.manifest),
    row('auditing', status.configured ? 'configured' : 'not configured'),
    ...(policy
      ? [
          row(
            'policy',
            `${shown(policy.path, policy.host)}${policy.rules === null ? ', cannot be read' : `, ${policy.rules} rules`}`
          )
        ]
      : []),
    ...(log
      ? [row('log', log.path === '-' ? 'standard output' : shown(log.path, log.host)), ...logRows(status, row)]
      : []),
    ...(webhook
      ? [row('webhook', `${shown(webhook.path, webhook.host)}${webhook.server === null ? '' : `, ${webhook.server}`}`)]
      : []),
    row('running', running ? runningText(running) : 'no kube-apiserver of this node is seen'),
    row('kubelet', status.kubelet ? 'running' : 'none is seen'),
    row('backups', `${status.backups}`),
    ...(status.interrupted === null ? [] : [row('interrupted', `${status.interrupted}: run auditpatch recover`)]),
    ...findingLines(status.findings, paint, width)
  ]
}

const shown = (path: string, host: string | null): string => {
  if (host === null) return `${path}, which is on no volume of the host`
  return host === path ? path : `${path}, on the host ${host}`
}

const logRows = ({ log, flags }: Status, row: (name: string, text: string) => string): string[] => {
  if (!log || log.host === null) return []
  const keep = [
    ['audit-log-maxsize', 'MiB a file'],
    ['audit-log-maxbackup', 'files'],
    ['audit-log-maxage', 'days']
  ].flatMap(([flag = '', unit = '']) => (flags[flag] === undefined ? [] : [`${flags[flag]} ${unit}`]))
  const size =
    log.size === null
      ? 'not there yet'
      : `${(log.size / 1024 / 1024).toFixed(1)} MiB, ${log.rotated} rotated, written ${log.written ?? ''}`
  return [row('', size), ...(keep.length > 0 ? [row('kept', keep.join(', '))] : [])]
}

const runningText = (running: NonNullable<Status['running']>): string =>
  `pid ${running.pid}, ${running.healthy ? 'answers as healthy' : 'does not answer as healthy'}, ${running.matches ? 'with the flags of the manifest' : 'with OTHER flags than the manifest'}`
