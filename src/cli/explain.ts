import type { ErrorCode } from '../errors.ts'
import type { ExitName } from './exit-codes.ts'

interface Explanation {
  readonly exit: ExitName
  readonly next: string
}

/** For every error what the process returns and what the user does next. */
export const EXPLANATIONS: Readonly<Record<ErrorCode, Explanation>> = {
  USAGE: { exit: 'usage', next: 'see auditpatch --help, or auditpatch COMMAND --help' },
  NEEDS_CONFIRMATION: {
    exit: 'usage',
    next: 'read what would be written (auditpatch plan shows it before apply), then give --yes'
  },
  BAD_SETTINGS: { exit: 'refused', next: 'keep one backend, or use auditpatch remove to switch auditing off' },
  NOT_FOUND: { exit: 'refused', next: 'check the path' },
  CANNOT_READ: { exit: 'refused', next: 'run as root, or check the permissions of the file' },
  TOO_COMPLEX: {
    exit: 'refused',
    next: 'make do with fewer rules, or with fewer words in each; policy explain takes any policy'
  },
  TOO_LARGE: { exit: 'refused', next: 'check that this is the right file' },
  NOT_UTF8: { exit: 'refused', next: 'convert the file to UTF-8' },
  BROKEN_YAML: { exit: 'refused', next: 'correct the file at the place named' },
  DUPLICATE_KEY: { exit: 'refused', next: 'remove one of the two keys' },
  TOO_DEEP: { exit: 'refused', next: 'check that this is the right file' },
  TEMPLATE: { exit: 'refused', next: 'render the template first, then give its result' },
  ALIAS: { exit: 'refused', next: 'write the part out without anchors and aliases, then run again' },
  NOT_A_POD: { exit: 'refused', next: 'give the manifest of the kube-apiserver static pod (--manifest)' },
  NO_APISERVER: { exit: 'refused', next: 'give the manifest of the kube-apiserver static pod (--manifest)' },
  SHELL_WRAPPER: { exit: 'refused', next: 'add the flags in the script, or start kube-apiserver without a shell' },
  BAD_COMMAND: { exit: 'refused', next: 'correct the command line at the place named' },
  BAD_MANIFEST: { exit: 'refused', next: 'correct the manifest at the place named, then run again' },
  BAD_FLAG: { exit: 'refused', next: 'give an option that sets the flag right, or correct the manifest' },
  BAD_POLICY: {
    exit: 'refused',
    next: 'correct the policy (auditpatch policy lint FILE shows every fault), or give another, such as template:baseline'
  },
  BAD_REQUEST: {
    exit: 'refused',
    next: 'correct the request; auditpatch policy explain --help shows how one is written'
  },
  BAD_EVENT: { exit: 'refused', next: 'look at that line of the log; the others can be read without it' },
  BAD_TRACE: { exit: 'refused', next: 'trace the program anew: strace -f -y -o trace.txt PROGRAM' },
  BAD_CERTIFICATE: {
    exit: 'refused',
    next: 'give one PEM file with the certificate and its private key, without a passphrase'
  },
  BAD_KUBECONFIG: { exit: 'refused', next: 'correct the kubeconfig, or let --webhook-url make one' },
  BAD_CLUSTER_CONFIG: {
    exit: 'refused',
    next: 'correct ClusterConfiguration (kubectl edit configmap kubeadm-config --namespace=kube-system), then run again'
  },
  NO_CLUSTER: { exit: 'refused', next: 'run where kubectl reaches the cluster, or give --kubeconfig and --kubectl' },
  BAD_PATH: { exit: 'refused', next: 'give another path' },
  CANNOT_LISTEN: { exit: 'refused', next: 'choose an address of this machine and a free port' },
  OTHER_DISTRIBUTION: { exit: 'refused', next: 'change the setting where the message says' },
  STRAY_POD: { exit: 'refused', next: 'move the second file out of the manifests directory' },
  UPGRADE_RUNNING: { exit: 'refused', next: 'wait until kubeadm upgrade is done' },
  NOT_ENOUGH_DISK: { exit: 'refused', next: 'free space, or choose a smaller --log-maxsize or --log-maxbackup' },
  SYMLINK: { exit: 'refused', next: 'give the path of the file itself' },
  WRONG_KIND: { exit: 'refused', next: 'move away what is there, or give another path' },
  LOCKED: { exit: 'refused', next: 'wait until the other run is done' },
  CHANGED_SINCE_READ: { exit: 'refused', next: 'run again: the plan is made anew from what is there now' },
  UNSAFE_DIRECTORY: { exit: 'refused', next: 'give the directory to root alone (chown root, chmod 0700)' },
  BAD_PROGRESS: { exit: 'refused', next: 'mend the file, or move it away: drills then begin anew' },
  EXAM_RUNS: { exit: 'refused', next: 'auditpatch drill exam shows the tasks and the time, and hands in with --end' },
  NO_BACKUP: {
    exit: 'refused',
    next: 'auditpatch backups lists what there is; kubeadm keeps copies in /etc/kubernetes/tmp too'
  },
  BAD_BACKUP: { exit: 'refused', next: 'see auditpatch backups, and restore another' },
  BAD_JOURNAL: {
    exit: 'refused',
    next: 'run auditpatch recover; if that fails, move the journal away and restore a backup'
  },
  CANNOT_WRITE: { exit: 'refused', next: 'check the disk, the mount and the permissions, then run again' },
  ROLLED_BACK: { exit: 'rolledBack', next: 'mend the cause named, then run again' },
  ROLLBACK_FAILED: { exit: 'notRolledBack', next: 'run auditpatch recover; the old files are in auditpatch backups' },
  NOT_ROLLED_BACK: { exit: 'notRolledBack', next: 'run auditpatch restore to go back' },
  INTERRUPTED: { exit: 'interrupted', next: 'nothing was changed; run again' },
  IMPOSSIBLE: {
    exit: 'refused',
    next: 'this is a bug of auditpatch: nothing was written; please report it with the manifest'
  }
}
