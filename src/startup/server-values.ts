import { integerOf } from '../audit/flag-value.ts'
import type { KubernetesVersion } from '../audit/version.ts'
import { isAtLeast } from '../audit/version.ts'
import type { Word } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { goQuote } from '../text/go-quote.ts'
import { nearestWord } from '../text/nearest.ts'
import { FLAGS_KNOWN_SINCE } from './server-flags.ts'

/** A value outside auditing that kube-apiserver does not allow. */
export interface ServerValueFault {
  readonly code: string
  readonly word: Word
  readonly message: string
  readonly remediation: string
  /** The server's own words for it. */
  readonly text: string
  /** True where it is told before the audit flags. */
  readonly isBefore: boolean
}

const MODES = ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node']

// pkg/kubeapiserver/options/plugins.go and k8s.io/apiserver pkg/server/plugins.go of 1.29 to 1.36; an earlier release may
// have others
const PLUGINS =
  `AlwaysAdmit AlwaysDeny AlwaysPullImages CertificateApproval CertificateSigning CertificateSubjectRestriction
  ClusterTrustBundleAttest DefaultIngressClass DefaultStorageClass DefaultTolerationSeconds DenyServiceExternalIPs
  EventRateLimit ExtendedResourceToleration ImagePolicyWebhook JobValidation LimitPodHardAntiAffinityTopology
  LimitRanger MutatingAdmissionPolicy MutatingAdmissionWebhook NamespaceAutoProvision
  NamespaceExists NamespaceLifecycle NodeDeclaredFeatureValidator NodeRestriction OwnerReferencesPermissionEnforcement
  PersistentVolumeClaimResize PersistentVolumeLabel PodGroupProtection PodGroupWorkloadExists PodNodeSelector
  PodResizeValidator PodSecurity PodTolerationRestriction PodTopologyLabels Priority ResourceQuota RuntimeClass
  SecurityContextDeny ServiceAccount StorageObjectInUseProtection TaintNodesByCondition ValidatingAdmissionPolicy
  ValidatingAdmissionWebhook`.split(/\s+/)

/** The values of other flags that kube-apiserver refuses, of those that are often written wrong. */
export const serverValueFaults = (pod: Pod, version: KubernetesVersion): ServerValueFault[] => [
  ...portFaults(pod),
  ...listFaults(pod, 'authorization-mode', MODES, true).map(({ item, word, meant }) => ({
    code: 'bad-authorization-mode',
    word,
    message: `--authorization-mode: ${goQuote(item)} is no mode`,
    remediation: meant === undefined ? `write some of ${MODES.join(', ')}` : `write ${meant}`,
    text: `authorization-mode ${goQuote(item)} is not a valid mode`,
    isBefore: true
  })),
  ...(isAtLeast(version, FLAGS_KNOWN_SINCE) ? ['enable', 'disable'] : []).flatMap(verb =>
    listFaults(pod, `${verb}-admission-plugins`, PLUGINS, false).map(({ item, word, meant }) => ({
      code: 'unknown-admission-plugin',
      word,
      message: `--${verb}-admission-plugins: there is no plugin ${goQuote(item)}`,
      remediation: meant === undefined ? 'take it out' : `write ${meant}`,
      text: `${verb}-admission-plugins plugin ${goQuote(item)} is unknown`,
      isBefore: false
    }))
  )
]

const portFaults = (pod: Pod): ServerValueFault[] => {
  const flag = pod.command.flags.findLast(({ name }) => name === 'secure-port')
  const port = integerOf(flag?.value ?? '6443')
  if (!flag || port === undefined || (port >= 1n && port <= 65535n)) return []
  return [
    {
      code: 'bad-flag-value',
      word: flag.words[0],
      message: `--secure-port: ${port} is no port from 1 to 65535`,
      remediation: 'write a port, as 6443',
      text: `--secure-port ${port} must be between 1 and 65535, inclusive. It cannot be turned off with 0`,
      isBefore: true
    }
  ]
}

interface BadItem {
  readonly item: string
  readonly word: Word
  readonly meant: string | undefined
}

// of lists each occurrence counts
const listFaults = (pod: Pod, name: string, known: readonly string[], takesEmpty: boolean): BadItem[] =>
  pod.command.flags
    .filter(flag => flag.name === name && flag.value !== null && !flag.value.includes('$('))
    .flatMap(({ value, words: [word] }) =>
      (value ?? '')
        .split(',')
        .map(item => item.replace(/^"(.*)"$/, '$1'))
        .filter(item => !known.includes(item) && (item !== '' || takesEmpty) && value !== '')
        .map(item => ({ item, word, meant: nearestWord(item, known) }))
    )
