/** The settings of the k8saudit plugin where nothing is said (falcosecurity/plugins plugins/k8saudit/pkg/k8saudit/config.go 0.18); sizes are bytes. */
export const PLUGIN_DEFAULTS = {
  sslCertificate: '/etc/falco/falco.pem',
  maxEventSize: 262_144,
  webhookMaxBatchSize: 12_582_912
} as const
