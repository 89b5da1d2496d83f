import { nearestWord } from '../text/nearest.ts'
import { DEFAULT_TREE } from './configuration.ts'

// the keys that are Falco's alone: falco.yaml of falcosecurity/falco 0.44
const FALCOS_OWN = [
  ...['config_files', 'watch_config_files', 'rules_file', 'engine', 'load_plugins', 'plugins_hostinfo', 'capture'],
  ...['json_include_message_property', 'buffered_outputs', 'buffer_format_base64', 'rule_matching', 'outputs_queue'],
  ...['http_output', 'program_output', 'syslog_output', 'grpc', 'grpc_output', 'webserver', 'log_stderr', 'log_syslog'],
  ...['log_level', 'libs_logger', 'output_timeout', 'syscall_event_timeouts', 'syscall_event_drops', 'metrics'],
  ...['base_syscalls', 'falco_libs', 'container_engines', 'outputs', 'suggested_formats']
]

/** What `-o` sets that nothing reads, each with the key that may be meant. */
export const unknownSettings = (assignments: readonly string[]): { key: string; meant?: string }[] => {
  const known = [...Object.keys(DEFAULT_TREE), ...FALCOS_OWN]
  const own = Object.keys(DEFAULT_TREE.k8saudit ?? {}).map(key => `k8saudit.${key}`)
  return assignments.flatMap(assignment => {
    const [path = ''] = assignment.split('=')
    const [top = ''] = path.split(/[.[]/)
    const isOurs = top === 'k8saudit'
    if (isOurs ? own.includes(path) : known.includes(top)) return []
    const meant = nearestWord(isOurs ? path : top, isOurs ? own : known)
    return [{ key: isOurs ? path : top, ...(meant !== undefined && { meant }) }]
  })
}
