/** Names of containers and volumes: some need another order by code points than by UTF-16, some are not escaped. */
export const NAMES = ['app', 'sidecar', 'B', 'init', 'debug', 'a"b', 'zoë', '\uffee', '\u{1f600}', ''] as const

/** Hosts of probes. */
export const HOSTS = ['127.0.0.1', 'localhost', '10.0.0.1', '::1', '\u{1f600}', '\uffee', 'a', 'aa', null] as const

/** Values of annotations for profiles that are not, or not quite, the allowed ones. */
export const PROFILE_ANNOTATIONS = [
  ...['unconfined', '', 'RuntimeDefault', 'localhost', 'localhost/', 'Localhost/a', 'docker/default', 'runtime/defaul'],
  null
] as const

/** Values that Go's %q writes otherwise than they are. */
export const ODD_ANNOTATIONS = [
  ...[
    'a"\\b',
    'a\n\t\r\u0000\u0007\u001b\u007f',
    'é\u00ad\u200b\u2028\u3000\ufeff',
    '\u{1f600}\u{e0001}\u{10fffd}\ue000'
  ]
] as const

/** Names of sysctls: the safe ones of any version, and others. */
export const SYSCTLS = {
  safe: [
    ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
    ...['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ip_local_reserved_ports'],
    ...['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl'],
    ...['net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']
  ],
  other: ['kernel.msgmax', 'net.ipv4.tcp_slow_start_after_idle', 'net/ipv4/tcp_syncookies', 'vm.swappiness', '', null]
} as const

/** Kinds of volumes. */
export const VOLUME_KINDS = {
  allowed: [
    ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image'],
    ...['persistentVolumeClaim', 'projected', 'secret']
  ],
  forbidden: [
    ...['hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd'],
    ...['flexVolume', 'cinder', 'cephfs', 'flocker', 'fc', 'azureFile', 'vsphereVolume', 'quobyte', 'azureDisk'],
    ...['photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos', 'hostpath', 'unheardOf']
  ]
} as const
