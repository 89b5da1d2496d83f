import { containerPath } from '../paths.ts'
import { resolveMount } from '../pod/volumes.ts'
import type { CauseFacts, CauseRow, Said } from './cause.ts'

const row = (
  code: string,
  pattern: RegExp,
  title: string,
  why: string,
  fix: CauseRow['fix'],
  more: Pick<CauseRow, 'when' | 'isSymptom'> = {}
): CauseRow => ({ code, layer: 'server', by: 'kube-apiserver', pattern, title, why, fix, ...more })

const ETCD = 'kube-apiserver keeps everything in etcd: without it no request is answered, and none starts'
// a connection that is given up on purpose is no fault
const DIAL =
  '^(?!.*(?:context canceled|operation was canceled|use of closed network)).*createTransport failed to connect to \\{Addr: "(?<address>[^"]*)".*'

const etcd = (
  code: string,
  what: string,
  title: string,
  fix: (address: string, facts: CauseFacts) => string
): CauseRow =>
  row(code, new RegExp(DIAL + what), title, ETCD, ({ address = '' }, facts) => fix(address, facts), { isSymptom: true })

const SEE_ETCD =
  'see whether etcd runs: crictl ps -a --name etcd, then its log below /var/log/pods/kube-system_etcd-*, and /etc/kubernetes/manifests/etcd.yaml'

const RENEW = 'kubeadm certs check-expiration; kubeadm certs renew all; then move the manifests out and in'

/** What kube-apiserver says of etcd while it waits for it, and when it has waited long enough. The plainest words come first. */
const ETCD_CAUSES: readonly CauseRow[] = [
  etcd(
    'etcd-address',
    '(?<what>missing port in address|no such host|too many colons|server misbehaving|invalid port|unknown port)',
    'the address of etcd is wrong',
    (address, { manifest }) =>
      `correct --etcd-servers in ${manifest} (found ${address}; kubeadm has https://127.0.0.1:2379)`
  ),
  etcd(
    'certificate-expired',
    '(?:certificate has expired|expired certificate)',
    'a certificate between kube-apiserver and etcd has expired',
    () => RENEW
  ),
  etcd(
    'etcd-tls',
    'first record does not look like a TLS handshake',
    'etcd speaks http, and kube-apiserver https',
    (address, { manifest }) =>
      `write http for https in --etcd-servers in ${manifest}, or give etcd at ${address} its certificates`
  ),
  etcd(
    'etcd-tls',
    '(?:error reading server preface|frame too large|malformed HTTP response)',
    'kube-apiserver speaks http, and etcd https',
    (address, { manifest }) => `write https://${address} in --etcd-servers in ${manifest}`
  ),
  etcd(
    'etcd-tls',
    '(?:x509: |tls: |authentication handshake failed)',
    'kube-apiserver and etcd do not trust each other',
    (_, { manifest }) =>
      `see --etcd-cafile, --etcd-certfile and --etcd-keyfile in ${manifest}: kubeadm has /etc/kubernetes/pki/etcd/ca.crt and apiserver-etcd-client.crt and .key, signed by the same authority; and https in --etcd-servers`
  ),
  etcd(
    'etcd-unreachable',
    '',
    'etcd does not answer',
    (address, { manifest }) =>
      `${SEE_ETCD}; compare --etcd-servers in ${manifest} (${address}) with --listen-client-urls there`
  ),
  row(
    'etcd-unreachable',
    /error creating storage factory: context deadline exceeded|Error creating leases: |etcd client connection not yet established|error getting data from etcd|unable to (?:create|initialize) storage.*deadline|etcdserver: (?:request timed out|leader changed|no leader|mvcc: database space exceeded)/,
    'etcd does not answer',
    ETCD,
    (_, { manifest }) => `${SEE_ETCD}; compare --etcd-servers in ${manifest} with --listen-client-urls there`,
    { isSymptom: true }
  ),
  row(
    'etcd-address',
    /(?<what>--etcd-servers must be specified|parse "(?<address>[^"]*)": [^"]*)/,
    'the address of etcd is missing or wrong',
    ETCD,
    (_, { manifest }) => `write --etcd-servers=https://127.0.0.1:2379 in ${manifest} (kubeadm's)`
  )
]

const flagOf = (path: string | undefined, { pod }: CauseFacts): string | undefined =>
  pod?.command.flags.findLast(({ value }) => path !== undefined && value === path)?.name

const named = ({ path }: Said, facts: CauseFacts): string => {
  const flag = flagOf(path, facts)
  return flag === undefined ? '' : `, which --${flag} names`
}

const FILES = 'kube-apiserver reads the files that its flags name as it starts, and ends when one cannot be read'
const ERROR = '(?:"command failed" err="|Error: |F\\d{4} .*\\] ).*?'

const MISSING = new RegExp(
  `${ERROR}(?:open|stat|read|unable to read|could not read)[^"]*? ?"?(?<path>/[^\\s:"]+)"?: no such file or directory`
)

const hostOf = ({ path }: Said, { pod }: CauseFacts): string | undefined =>
  pod && path?.startsWith('/') === true ? resolveMount(pod.mounts, pod.volumes, containerPath(path))?.host : undefined

const FILE_CAUSES: readonly CauseRow[] = [
  row(
    'flag-file-missing',
    /encryption provider configuration file "(?<path>[^"]*)": .*no such file or directory/,
    'the configuration of encryption at rest is not in the container',
    FILES,
    ({ path = '' }, { manifest }) =>
      `see that ${path}, which --encryption-provider-config names, is on the host and mounted in ${manifest}; without it the Secrets in etcd cannot be read`
  ),
  row(
    'bad-encryption-config',
    /(?:error while parsing file|error while building transformers|encryption provider configuration file)[: ](?<what>.*?)"?$/,
    'the configuration of encryption at rest cannot be used',
    'kube-apiserver does not serve when it could not read or write what is encrypted in etcd',
    ({ what }, { manifest }) =>
      `correct the file that --encryption-provider-config names in ${manifest}, and see that it is mounted:${what ?? ''}`
  ),
  row(
    'flag-file-missing',
    MISSING,
    'a mount hides a file that a flag names',
    FILES,
    (said, facts) =>
      `in the container ${said.path ?? ''}${named(said, facts)}, is ${hostOf(said, facts) ?? ''} of the host: correct that mount or its volume in ${facts.manifest}`,
    { when: (said, facts) => (hostOf(said, facts) ?? said.path) !== said.path }
  ),
  row(
    'flag-file-missing',
    MISSING,
    'a file that a flag names is not in the container',
    FILES,
    (said, facts) =>
      `see that ${said.path ?? ''}${named(said, facts)}, is on the host and mounted in ${facts.manifest}; a lost certificate comes again with kubeadm init phase certs`
  ),
  row(
    'file-not-readable',
    new RegExp(`${ERROR}(?:open|stat|read) (?<path>/[^\\s:"]+): permission denied`),
    'kube-apiserver may not read a file that a flag names',
    FILES,
    (said, facts) => {
      const user = facts.pod?.user ?? 0
      return user === 0
        ? `ls -lZ ${said.path ?? ''}${named(said, facts)}: where SELinux enforces, restorecon or chcon -t container_file_t`
        : `chown ${user} ${said.path ?? ''}${named(said, facts)}: kube-apiserver runs as user ${user}`
    }
  ),
  row(
    'flag-file-is-directory',
    new RegExp(`${ERROR}(?:open|read) (?<path>/[^\\s:"]+): is a directory`),
    'a flag names a directory where a file is wanted',
    FILES,
    (said, facts) =>
      `see ${said.path ?? ''}${named(said, facts)}: where its file was missing on the host, the runtime made a directory`
  ),
  row(
    'bad-certificate',
    /tls: private key does not match public key/,
    'a certificate and its key do not belong together',
    FILES,
    (_, { manifest }) =>
      `compare --tls-cert-file and --tls-private-key-file in ${manifest} (openssl x509 -noout -pubkey -in CERT; openssl pkey -pubout -in KEY), or make the pair anew: kubeadm init phase certs apiserver`
  ),
  row(
    'certificate-expired',
    new RegExp(`${ERROR}(?:x509: )?certificate has expired`),
    'a certificate has expired',
    'nobody accepts a certificate after its end',
    RENEW
  ),
  row(
    'bad-certificate',
    /error loading CA bundle for "[\w-]+::(?<path>[^"]+)": (?<what>[^"]*)/,
    'a file of certificates holds none that can be used',
    FILES,
    ({ path = '', what = '' }) =>
      `openssl x509 -in ${path} -noout -subject -enddate: ${what}; put the right PEM file back, from a backup or another control-plane node (a new certificate authority would make every client's certificate worthless)`
  ),
  row(
    'bad-certificate',
    /(?<what>tls: failed to (?:find|parse)[^"]*|error reading (?:public|private) key file [^"]*|failed to parse (?:certificate|service-account-issuer-key-file)[^"]*|unable to load client CA (?:file|provider)[^"]*|data does not contain any valid[^"]*|x509: [^"]*|error loading CA bundle[^"]*|asn1: [^"]*|missing content for (?:CA bundle|serving cert)[^"]*)/,
    'a certificate or key cannot be used',
    FILES,
    ({ what = '' }, { manifest }) =>
      `see the --tls-*, --client-ca-file, --etcd-* and --service-account-* flags in ${manifest} and their PEM files: ${what}`,
    { when: ({ what }) => what !== undefined }
  )
]

const OTHER_CAUSES: readonly CauseRow[] = [
  row(
    'port-in-use',
    /listen tcp6? (?<address>\S+): bind: address already in use/,
    'something else holds the port of kube-apiserver',
    'a port has one listener: often a second kube-apiserver, or an old one that does not end',
    ({ address = '' }) =>
      `ss -ltnp 'sport = :${address.replace(/.*:/, '')}' names the holder; end it, or move a second kube-apiserver manifest out of the manifests directory`
  ),
  row(
    'address-not-here',
    /listen tcp6? (?<address>\S+): bind: cannot assign requested address/,
    'the bind address is none of this node',
    'kube-apiserver listens on addresses that the node has, and on no others',
    ({ address = '' }, { manifest }) =>
      `correct --bind-address in ${manifest} (found ${address}; ip -br address shows this node's), or take it out`
  ),
  row(
    'address-not-here',
    /(?<what>[Uu]nable to find suitable network address[^"]*)/,
    'kube-apiserver finds no address to advertise',
    'the node has no default route, or --advertise-address is not usable',
    (_, { manifest }) => `write --advertise-address=ADDRESS of this node in ${manifest} (ip -br address; ip route)`
  ),
  row(
    'port-not-allowed',
    /listen tcp6? (?<address>\S+): bind: permission denied/,
    'kube-apiserver may not listen on its port',
    'ports below 1024 need a right that the container does not have',
    (_, { manifest }) => `write --secure-port=6443 in ${manifest}, or give the container NET_BIND_SERVICE`
  ),
  row(
    'out-of-memory',
    /fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)|runtime: out of memory/,
    'kube-apiserver ran out of memory',
    'the node, or the limit of the container, has no more to give',
    (_, { manifest }) => `raise resources.limits.memory in ${manifest} or take it out, and see free -m`
  ),
  row(
    'disk-full',
    /no space left on device/,
    'the disk is full',
    'kube-apiserver, or etcd behind it, cannot write',
    'df -h; df -i; then make room, as with: crictl rmi --prune; journalctl --vacuum-size=200M'
  ),
  row(
    'too-many-files',
    /too many open files/,
    'a limit on open files or inotify watches is reached',
    'kube-apiserver watches its certificates, and ends when it cannot',
    'sysctl fs.inotify.max_user_instances fs.inotify.max_user_watches; raise them: sysctl -w fs.inotify.max_user_instances=512'
  ),
  row(
    'bad-admission-config',
    /(?<what>(?:unable to read admission control configuration|failed to read plugin config|couldn't init admission plugin|failed to initialize admission)[^"]*(?:"[^"]*"[^"]*)*)/,
    'the configuration of admission cannot be used',
    FILES,
    ({ what = '' }, { manifest }) =>
      `correct the file that --admission-control-config-file names in ${manifest}, and see that it is mounted: ${what}`
  ),
  row(
    'panic',
    /(?:^|\s)(?:panic: (?<what>.*)|fatal error: (?<fatal>.*)|SIGSEGV|SIGILL|exec format error)/,
    'kube-apiserver broke down (panic)',
    'a fault of the program, of its image, or of what it read from etcd',
    ({ what, fatal }, { manifest }) =>
      `see the words behind it (${what ?? fatal ?? 'crash'}); go back to the image that ran before in ${manifest}, and compare its platform with the node's`
  ),
  row(
    'server-ended',
    /"command failed" err="(?<what>.*)"|^Error: (?<error>.*)|^F\d{4} \S+ +\d+ \S+\] (?<fatal>.*)/,
    'kube-apiserver ended with an error',
    'auditpatch does not know this error; the line says what kube-apiserver could not do',
    ({ what, error, fatal }, { manifest }) =>
      `correct what the line names in ${manifest}: ${what ?? error ?? fatal ?? ''}`
  ),
  row(
    'probe-fails',
    /Received signal to terminate|shutdown event" name="ShutdownInitiated"/,
    'kube-apiserver was told to end',
    'the kubelet ends it when a probe fails, when the manifest changes, and when the node goes down',
    (_, { manifest }) =>
      `compare host, port and path of startupProbe and livenessProbe in ${manifest} with --secure-port and --advertise-address`,
    { isSymptom: true }
  )
]

/** What kube-apiserver says of all that is not its flags and not auditing: etcd, certificates, addresses, the disk. */
export const SERVER_CAUSES: readonly CauseRow[] = [...ETCD_CAUSES, ...FILE_CAUSES, ...OTHER_CAUSES]
