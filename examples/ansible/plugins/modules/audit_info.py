#!/usr/bin/python
# Copyright: the authors of auditpatch
# Apache License 2.0 (see https://www.apache.org/licenses/LICENSE-2.0)

DOCUMENTATION = r'''
---
module: audit_info
short_description: State of audit logging of a kubeadm control-plane node
version_added: "0.1.0"
description:
  - Tells what is configured, what runs, and every fault that the program auditpatch finds on the managed node.
  - Changes nothing.
author:
  - The authors of auditpatch (@auditpatch)
requirements:
  - the program auditpatch on the managed node
  - root on the managed node
attributes:
  check_mode:
    description: Runs as ever.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
  platform:
    description: Control-plane nodes of kubeadm.
    platforms: linux
    support: full
options:
  # <info-options>
  executable:
    description:
      - "The program auditpatch on the managed node."
      - "When absent: auditpatch on the PATH, in /usr/local/bin and in the directories of system programs."
    type: path
  root:
    description:
      - "Look up every file path of the node below this directory; files that are named to be read are not."
      - "When absent: /."
    type: path
  manifest:
    description:
      - "The manifest."
      - "When absent: kube-apiserver.yaml in the kubelet's staticPodPath."
    type: path
  backup_dir:
    description:
      - "Where backup sets are kept."
      - "When absent: /var/lib/auditpatch/backups."
    type: path
  fail_on:
    description:
      - "Fail when there is a finding of this severity or a worse one."
      - "When absent: findings never make the module fail, and C(passed) is false where there is an error."
    type: str
    choices:
      - error
      - warning
      - info
  kubernetes_version:
    description:
      - "The release whose rules count; put it in quotes: 1.30 without them is the number 1.3."
      - "When absent: from the image tag where a manifest is read; else the newest known."
    type: str
  kubeconfig:
    description:
      - "The kubeconfig for kubectl, a file of the managed node."
      - "When absent: /etc/kubernetes/admin.conf below the root."
    type: path
  kubectl:
    description:
      - "The program that asks the cluster; a bare name is looked for in /usr/local/sbin to /bin."
      - "When absent: kubectl."
    type: path
  kubeadm_config:
    description:
      - "kubeadm's configuration, a file with ClusterConfiguration or a dump of the ConfigMap."
      - "When absent: what the cluster has."
    type: path
  # </info-options>
seealso:
  - module: auditpatch.kubernetes.audit
'''

EXAMPLES = r'''
- name: Look at the node
  auditpatch.kubernetes.audit_info:
  register: audit

- name: Fail where something is wrong
  auditpatch.kubernetes.audit_info:
    fail_on: warning
'''

RETURN = r'''
msg:
  description: What was found, or why it failed and what to do next.
  returned: always
  type: str
status:
  description:
    - The object that C(auditpatch status -o json) prints.
    - C(configured) says whether auditing is switched on in the manifest; C(running) is the kube-apiserver with C(healthy) and
      C(matches), or null where none is looked for; C(proven) says whether it has written to the log since it was started.
  returned: when the program ran
  type: dict
checks:
  description: Every check with its C(id), C(title) and C(outcome), one of passed, failed and skipped.
  returned: when the program ran
  type: list
  elements: dict
findings:
  description: What the checks found, with C(code), C(severity) and C(message). Warnings and errors are warnings of the task too.
  returned: when the program ran
  type: list
  elements: dict
passed:
  description: Whether there is no finding of the severity I(fail_on), or a worse one. Without I(fail_on), no error.
  returned: when the program ran
  type: bool
cli_version:
  description: The version of the program.
  returned: success
  type: str
  sample: 0.1.0
rc:
  description: The exit code of the program.
  returned: failure
  type: int
code:
  description: The program's code for the failure.
  returned: failure
  type: str
next:
  description: What to do about the failure.
  returned: failure
  type: str
stderr:
  description: What the program said.
  returned: failure
  type: str
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.auditpatch.kubernetes.plugins.module_utils.program import program_of, run, text_of_finding, warn, words_of

ARGUMENTS = {
    # <info-arguments>
    'executable': {'type': 'path'},
    'root': {'type': 'path'},
    'manifest': {'type': 'path'},
    'backup_dir': {'type': 'path'},
    'fail_on': {'type': 'str', 'choices': ['error', 'warning', 'info']},
    'kubernetes_version': {'type': 'str'},
    'kubeconfig': {'type': 'path'},
    'kubectl': {'type': 'path'},
    'kubeadm_config': {'type': 'path'},
    # </info-arguments>
}

# the options that each command of the program takes
COMMANDS = {
    # <info-commands>
    'status': [
        'root',
        'manifest',
        'backup_dir',
    ],
    'check': [
        'root',
        'manifest',
        'backup_dir',
        'fail_on',
        'kubernetes_version',
        'kubeconfig',
        'kubectl',
        'kubeadm_config',
    ],
    # </info-commands>
}


# findings that a message tells in full
SHOWN = 3


def failing(findings, fail_on):
    """What is wrong by `fail_on`, in one line for people."""
    worst_first = ARGUMENTS['fail_on']['choices']
    counted = worst_first[:worst_first.index(fail_on) + 1]
    texts = [text_of_finding(each) for severity in counted for each in findings if each['severity'] == severity]
    more = ['and %s more' % len(texts[SHOWN:])] if texts[SHOWN:] else []
    return '; '.join(texts[:SHOWN] + more)


def main():
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    program, version = program_of(module)
    dummy, status = run(module, [program, 'status'] + words_of(module.params, COMMANDS['status']), 'Status')
    rc, check = run(module, [program, 'check'] + words_of(module.params, COMMANDS['check']), 'CheckResult', fine=(0, 1))
    warn(module, status['findings'] + check['findings'])
    told = {
        'status': status,
        'checks': check['checks'],
        'findings': check['findings'],
        'passed': rc == 0,
        'cli_version': version,
    }
    fail_on = module.params['fail_on']
    if rc == 1 and fail_on is not None:
        module.fail_json(msg='found %s. Next: auditpatch check --fix shows what repairs it.' % failing(check['findings'], fail_on),
                         rc=rc, **told)
    codes = ', '.join(each['code'] for each in check['findings'])
    module.exit_json(changed=False, msg='found %s' % (codes or 'nothing wrong'), **told)


if __name__ == '__main__':
    main()
