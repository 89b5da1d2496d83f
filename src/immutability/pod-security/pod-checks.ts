import { appArmorProfile } from './app-armor-profile.ts'
import { baselineCapabilities, restrictedCapabilities } from './capabilities.ts'
import { exceptUserNamespaces, exceptWindows } from './exemptions.ts'
import { hostNamespaces } from './host-namespaces.ts'
import { hostPathVolumes } from './host-path-volumes.ts'
import { hostPorts } from './host-ports.ts'
import type { PodCheck } from './pod-check.ts'
import { privilegeEscalation } from './privilege-escalation.ts'
import { privileged } from './privileged.ts'
import { probeHosts } from './probe-hosts.ts'
import { procMount } from './proc-mount.ts'
import { restrictedVolumes } from './restricted-volumes.ts'
import { runAsNonRoot } from './run-as-non-root.ts'
import { runAsUser } from './run-as-user.ts'
import { seLinuxOptions } from './se-linux-options.ts'
import { seccompAnnotations } from './seccomp-annotations.ts'
import { baselineSeccomp, restrictedSeccomp } from './seccomp-profile.ts'
import { sysctls } from './sysctls.ts'
import { windowsHostProcess } from './windows-host-process.ts'

const SELINUX_TYPES = ['container_t', 'container_init_t', 'container_kvm_t'] as const
const SYSCTLS = [
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
  ...['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start']
] as const
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'] as const
const SYSCTLS_29 = [
  ...SYSCTLS_27,
  ...['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout'],
  ...['net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']
] as const
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'] as const

/** Where the sources of the checks are. */
export const POD_CHECK_SOURCES =
  'https://github.com/kubernetes/kubernetes/blob/v1.36.6/staging/src/k8s.io/pod-security-admission/policy/'

/** Every check of the Pod Security Standards, in the order in which Kubernetes reports: registry.go of POD_CHECK_SOURCES. */
export const POD_CHECKS = [
  {
    id: 'appArmorProfile',
    level: 'baseline',
    source: 'check_appArmorProfile.go',
    forms: [{ since: 0, checkPod: appArmorProfile }]
  },
  {
    id: 'capabilities_baseline',
    level: 'baseline',
    source: 'check_capabilities_baseline.go',
    forms: [{ since: 0, checkPod: baselineCapabilities }]
  },
  {
    id: 'hostNamespaces',
    level: 'baseline',
    source: 'check_hostNamespaces.go',
    forms: [{ since: 0, checkPod: hostNamespaces }]
  },
  {
    id: 'hostPathVolumes',
    level: 'baseline',
    source: 'check_hostPathVolumes.go',
    forms: [{ since: 0, checkPod: hostPathVolumes }]
  },
  {
    id: 'hostPorts',
    level: 'baseline',
    source: 'check_hostPorts.go',
    forms: [{ since: 0, checkPod: hostPorts }]
  },
  {
    id: 'hostProbesAndHostLifecycle',
    level: 'baseline',
    source: 'check_hostProbesAndhostLifecycle.go',
    forms: [{ since: 34, checkPod: probeHosts }]
  },
  {
    id: 'privileged',
    level: 'baseline',
    source: 'check_privileged.go',
    forms: [{ since: 0, checkPod: privileged }]
  },
  {
    id: 'procMount',
    level: 'baseline',
    source: 'check_procMount_baseline.go',
    forms: [
      { since: 0, checkPod: procMount },
      { since: 35, checkPod: exceptUserNamespaces(procMount) }
    ]
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    source: 'check_seLinuxOptions.go',
    forms: [
      { since: 0, checkPod: seLinuxOptions(SELINUX_TYPES) },
      { since: 31, checkPod: seLinuxOptions([...SELINUX_TYPES, 'container_engine_t']) }
    ]
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    source: 'check_seccompProfile_baseline.go',
    forms: [
      { since: 0, checkPod: seccompAnnotations },
      { since: 19, checkPod: baselineSeccomp }
    ]
  },
  {
    id: 'sysctls',
    level: 'baseline',
    source: 'check_sysctls.go',
    forms: [
      { since: 0, checkPod: sysctls(SYSCTLS) },
      { since: 27, checkPod: sysctls(SYSCTLS_27) },
      { since: 29, checkPod: sysctls(SYSCTLS_29) },
      { since: 32, checkPod: sysctls(SYSCTLS_32) }
    ]
  },
  {
    id: 'windowsHostProcess',
    level: 'baseline',
    source: 'check_windowsHostProcess.go',
    forms: [{ since: 0, checkPod: windowsHostProcess }]
  },
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    source: 'check_allowPrivilegeEscalation.go',
    forms: [
      { since: 8, checkPod: privilegeEscalation },
      { since: 25, checkPod: exceptWindows(privilegeEscalation) }
    ]
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    source: 'check_capabilities_restricted.go',
    forms: [
      { since: 22, checkPod: restrictedCapabilities, overrides: ['capabilities_baseline'] },
      { since: 25, checkPod: exceptWindows(restrictedCapabilities), overrides: ['capabilities_baseline'] }
    ]
  },
  {
    id: 'procMount_restricted',
    level: 'restricted',
    source: 'check_procMount_restricted.go',
    forms: [{ since: 35, checkPod: procMount, overrides: ['procMount'] }]
  },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    source: 'check_restrictedVolumes.go',
    forms: [{ since: 0, checkPod: restrictedVolumes, overrides: ['hostPathVolumes'] }]
  },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    source: 'check_runAsNonRoot.go',
    forms: [
      { since: 0, checkPod: runAsNonRoot },
      { since: 35, checkPod: exceptUserNamespaces(runAsNonRoot) }
    ]
  },
  {
    id: 'runAsUser',
    level: 'restricted',
    source: 'check_runAsUser.go',
    forms: [
      { since: 23, checkPod: runAsUser },
      { since: 35, checkPod: exceptUserNamespaces(runAsUser) }
    ]
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    source: 'check_seccompProfile_restricted.go',
    forms: [
      { since: 19, checkPod: restrictedSeccomp, overrides: ['seccompProfile_baseline'] },
      { since: 25, checkPod: exceptWindows(restrictedSeccomp), overrides: ['seccompProfile_baseline'] }
    ]
  }
] as const satisfies readonly PodCheck[]

/** The ID of a check, as Kubernetes has it. */
export type PodCheckId = (typeof POD_CHECKS)[number]['id']
