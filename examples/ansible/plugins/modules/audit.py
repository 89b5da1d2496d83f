#!/usr/bin/python
# Copyright: the authors of auditpatch
# Apache License 2.0 (see https://www.apache.org/licenses/LICENSE-2.0)

DOCUMENTATION = r'''
---
module: audit
short_description: Audit logging of a kubeadm control-plane node
version_added: "0.1.0"
description:
  - Switches audit logging of the kube-apiserver on or off by running the program auditpatch on the managed node.
  - The program backs up, edits the static pod manifest as text, waits for the new kube-apiserver, proves that an event
    reached the log, and puts everything back when that fails.
  - Only options that are given are passed on. What is in the manifest and works stays as it is otherwise.
author:
  - The authors of auditpatch (@auditpatch)
requirements:
  - the program auditpatch on the managed node
  - root on the managed node
attributes:
  check_mode:
    description: Runs C(auditpatch plan), which writes nothing, and tells the same C(changed) as the real run.
    support: full
  diff_mode:
    description: Shows the change of every file; of a webhook's kubeconfig with its values left out.
    support: full
  platform:
    description: Control-plane nodes of kubeadm.
    platforms: linux
    support: full
notes:
  - Run it on one node at a time, with C(serial=1) and C(any_errors_fatal=true). The role kube_audit refuses anything else.
  - Never keep copies of a manifest in the manifests directory, as C(backup=true) of other modules does. The kubelet reads
    them as further pods.
options:
  # <audit-options>
  state:
    description:
      - "With present, audit logging is switched on with the given options; with absent, every audit setting and
        what only served it is taken out."
    type: str
    choices:
      - present
      - absent
    default: present
  executable:
    description:
      - "The program auditpatch on the managed node."
      - "When absent: auditpatch on the PATH, in /usr/local/bin and in the directories of system programs."
    type: path
  policy_content:
    description:
      - "The audit policy itself, a mapping or YAML text, in place of I(policy)."
    type: raw
  rollback:
    description:
      - "Put everything back when the change fails; false leaves it."
      - "When absent: it is put back."
    type: bool
  root:
    description:
      - "Look up every file path of the node below this directory; files that are named to be read are not."
      - "When absent: /."
    type: path
  settings:
    description:
      - "A YAML file of the managed node with settings of the program by name; the options here win."
    type: path
  manifest:
    description:
      - "The manifest."
      - "When absent: kube-apiserver.yaml in the kubelet's staticPodPath."
    type: path
  policy:
    description:
      - "The audit policy, a file of the managed node or template:baseline, everything-but-secrets, exam, falco
        or metadata-all; plan and apply copy it to I(policy_path)."
      - "When absent: plan, apply: what is there; else template:baseline."
    type: str
  policy_path:
    description:
      - "Where the policy lies on the host."
      - "When absent: as in the manifest; else /etc/kubernetes/audit/policy.yaml."
    type: path
  log_path:
    description:
      - "The log; - is standard output, none no log."
      - "When absent: as in the manifest; else /var/log/kubernetes/audit/audit.log."
    type: str
  log_maxage:
    description:
      - "Days that rotated logs are kept."
      - "When absent: as in the manifest; else 30."
    type: int
  log_maxbackup:
    description:
      - "Rotated logs that are kept."
      - "When absent: as in the manifest; else 10."
    type: int
  log_maxsize:
    description:
      - "Size at which the log is rotated."
      - "When absent: as in the manifest; else 100."
    type: int
  log_format:
    description:
      - "The format of the log, json or legacy."
    type: str
  log_mode:
    description:
      - "How events are written, batch, blocking or blocking-strict."
    type: str
  log_compress:
    description:
      - "Compress rotated logs."
    type: bool
  webhook_config:
    description:
      - "A kubeconfig to install for the webhook backend, a file of the managed node."
    type: path
  webhook_url:
    description:
      - "Make a kubeconfig for this URL."
    type: str
  webhook_path:
    description:
      - "Where the kubeconfig lies on the host."
      - "When absent: /etc/kubernetes/audit/webhook.yaml."
    type: path
  webhook_mode:
    description:
      - "How events are sent, batch, blocking or blocking-strict."
    type: str
  webhook_initial_backoff:
    description:
      - "Wait before the first retry, as 10s."
    type: str
  set:
    description:
      - "Any other C(--audit-*) flag: a mapping of its name, as audit-log-batch-max-size, to its value; a list
        is joined with commas."
    type: dict
  kubernetes_version:
    description:
      - "The release whose rules count; put it in quotes: 1.30 without them is the number 1.3."
      - "When absent: from the image tag where a manifest is read; else the newest known."
    type: str
  container_policy_path:
    description:
      - "Where the container sees the policy."
      - "When absent: as on the host."
    type: path
  container_log_path:
    description:
      - "Where the container sees the log."
      - "When absent: as on the host."
    type: path
  purge:
    description:
      - "Remove the policy and webhook files too that auditpatch made, logs stay; only with I(state=absent)."
      - "When absent: they stay."
    type: bool
  backup_dir:
    description:
      - "Where backup sets are kept."
      - "When absent: /var/lib/auditpatch/backups."
    type: path
  wait:
    description:
      - "Wait for the new kube-apiserver; false writes and does not wait."
      - "When absent: it is waited for where a kubelet runs and the root is /."
    type: bool
  wait_timeout:
    description:
      - "How long the new kube-apiserver may take."
      - "When absent: 300s."
    type: str
  wait_stable:
    description:
      - "How long it must stay healthy."
      - "When absent: the kubelet's fileCheckFrequency, 20s when unknown, plus 5s."
    type: str
  backup_keep:
    description:
      - "How many backup sets are kept."
      - "When absent: 10."
    type: int
  restart_kubelet:
    description:
      - "Restart the kubelet when it does not see the change."
      - "When absent: never."
    type: str
    choices:
      - never
      - if-stuck
  # </audit-options>
seealso:
  - module: auditpatch.kubernetes.audit_info
'''

EXAMPLES = r'''
- name: Audit logging is on, with what the program thinks best
  auditpatch.kubernetes.audit:

- name: Audit logging is on, with a policy of our own
  auditpatch.kubernetes.audit:
    policy_content:
      apiVersion: audit.k8s.io/v1
      kind: Policy
      rules:
        - level: Metadata
    log_maxage: 60
    set:
      audit-log-batch-max-size: 200

- name: Events go to Falco too
  auditpatch.kubernetes.audit:
    webhook_url: http://127.0.0.1:9765/k8s-audit

- name: Audit logging is off, and the policy file is gone
  auditpatch.kubernetes.audit:
    state: absent
    purge: true
'''

RETURN = r'''
msg:
  description: What was done, or why it failed and what to do next.
  returned: always
  type: str
changes:
  description: Every single change with its C(kind), C(file), C(path), C(name), C(before), C(after) and C(reason).
  returned: when a plan could be made
  type: list
  elements: dict
files:
  description: The files that were, or in check mode would be, written or removed.
  returned: when a plan could be made
  type: list
  elements: str
flags:
  description: The audit flags of the kube-apiserver afterwards, without dashes in front.
  returned: when a plan could be made
  type: dict
mounts:
  description: The mounts that serve auditing, with C(containerPath), C(hostPath), C(readOnly) and C(type).
  returned: when a plan could be made
  type: list
  elements: dict
findings:
  description: What the program found, with C(code), C(severity) and C(message). Warnings and errors are warnings of the task too.
  returned: when the program ran
  type: list
  elements: dict
backup:
  description: The C(id) and C(directory) of the backup that C(auditpatch restore) puts back. Null when nothing was changed.
  returned: when a plan could be made
  type: dict
restarted:
  description: Whether a new kube-apiserver was started. Null when that was not waited for.
  returned: when a plan could be made
  type: bool
healthy:
  description:
    - Whether the new kube-apiserver is healthy.
    - Null when that was not waited for, of which the task warns unless I(wait) is false or nothing was changed.
  returned: when a plan could be made
  type: bool
proven:
  description: Whether an event was seen in the log. Null when that was not tried or is not possible.
  returned: when a plan could be made
  type: bool
rolled_back:
  description: Whether everything was put back.
  returned: when a plan could be made
  type: bool
seconds:
  description: How long the run took.
  returned: when a plan could be made
  type: float
recovered:
  description: An earlier run that was cut off, with C(command), C(started) and C(what), which is finished, undone or left. That is a change too.
  returned: when there was one
  type: dict
cli_version:
  description: The version of the program.
  returned: success
  type: str
  sample: 0.1.0
rc:
  description: The exit code of the program; 3 is refused, 4 is failed and rolled back, 5 is failed and NOT rolled back.
  returned: failure
  type: int
code:
  description: The program's code for the failure.
  returned: failure
  type: str
  sample: ROLLED_BACK
next:
  description: What to do about the failure.
  returned: failure
  type: str
stderr:
  description: What the program said.
  returned: failure
  type: str
'''

import json
import os
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.auditpatch.kubernetes.plugins.module_utils.program import diff_of, outcome, program_of, run, text_of_finding, warn, words_of

ARGUMENTS = {
    # <audit-arguments>
    'state': {'type': 'str', 'choices': ['present', 'absent'], 'default': 'present'},
    'executable': {'type': 'path'},
    'policy_content': {'type': 'raw'},
    'rollback': {'type': 'bool'},
    'root': {'type': 'path'},
    'settings': {'type': 'path'},
    'manifest': {'type': 'path'},
    'policy': {'type': 'str'},
    'policy_path': {'type': 'path'},
    'log_path': {'type': 'str'},
    'log_maxage': {'type': 'int'},
    'log_maxbackup': {'type': 'int'},
    'log_maxsize': {'type': 'int'},
    'log_format': {'type': 'str'},
    'log_mode': {'type': 'str'},
    'log_compress': {'type': 'bool'},
    'webhook_config': {'type': 'path'},
    'webhook_url': {'type': 'str'},
    'webhook_path': {'type': 'path'},
    'webhook_mode': {'type': 'str'},
    'webhook_initial_backoff': {'type': 'str'},
    'set': {'type': 'dict'},
    'kubernetes_version': {'type': 'str'},
    'container_policy_path': {'type': 'path'},
    'container_log_path': {'type': 'path'},
    'purge': {'type': 'bool'},
    'backup_dir': {'type': 'path'},
    'wait': {'type': 'bool'},
    'wait_timeout': {'type': 'str'},
    'wait_stable': {'type': 'str'},
    'backup_keep': {'type': 'int'},
    'restart_kubelet': {'type': 'str', 'choices': ['never', 'if-stuck']},
    # </audit-arguments>
}

# the options that each command of the program takes
COMMANDS = {
    # <audit-commands>
    'plan': [
        'root',
        'settings',
        'manifest',
        'policy',
        'policy_path',
        'log_path',
        'log_maxage',
        'log_maxbackup',
        'log_maxsize',
        'log_format',
        'log_mode',
        'log_compress',
        'webhook_config',
        'webhook_url',
        'webhook_path',
        'webhook_mode',
        'webhook_initial_backoff',
        'set',
        'kubernetes_version',
        'container_policy_path',
        'container_log_path',
        'purge',
        'backup_dir',
    ],
    'apply': [
        'root',
        'settings',
        'manifest',
        'policy',
        'policy_path',
        'log_path',
        'log_maxage',
        'log_maxbackup',
        'log_maxsize',
        'log_format',
        'log_mode',
        'log_compress',
        'webhook_config',
        'webhook_url',
        'webhook_path',
        'webhook_mode',
        'webhook_initial_backoff',
        'set',
        'kubernetes_version',
        'container_policy_path',
        'container_log_path',
        'wait',
        'wait_timeout',
        'wait_stable',
        'backup_dir',
        'backup_keep',
        'restart_kubelet',
    ],
    'remove': [
        'root',
        'manifest',
        'purge',
        'wait',
        'wait_timeout',
        'wait_stable',
        'backup_dir',
        'backup_keep',
        'restart_kubelet',
    ],
    # </audit-commands>
}


def policy_file(module, content):
    """Writes a policy to a file that only this user can read, and that is gone when the module ends; gives its path."""
    if isinstance(content, dict):
        text = json.dumps(content, indent=2, ensure_ascii=False)
    elif isinstance(content, str) and content.strip():
        text = content
    else:
        module.fail_json(msg='policy_content: a mapping or YAML text is wanted, found %s.' % type(content).__name__)
    try:
        handle, path = tempfile.mkstemp(prefix='policy_content-', suffix='.yaml', dir=module.tmpdir)
        module.add_cleanup_file(path)
        with os.fdopen(handle, 'wb') as file:
            file.write((text if text.endswith('\n') else text + '\n').encode('utf-8'))
    except (IOError, OSError) as error:
        module.fail_json(msg='policy_content: no file in %s can be written for it: %s. Next: see to that directory, or to'
                             ' remote_tmp of Ansible.' % (module.tmpdir, error))
    return path


def command_of(params, check_mode):
    """The words of the command that does, or in check mode shows, what is asked for."""
    doer = 'apply' if params['state'] == 'present' else 'remove'
    given = [name for name in params if name not in ('state', 'executable', 'policy_content', 'rollback')]
    running = [name for name in COMMANDS[doer] if name not in COMMANDS['plan']]
    if check_mode:
        flags = ['--remove'] if doer == 'remove' else []
        return ['plan'] + flags + words_of(params, [name for name in given if name not in running])
    flags = ['--yes'] + (['--no-rollback'] if params['rollback'] is False else [])
    return [doer] + flags + words_of(params, given)


def warn_unless_waited(module, result):
    """Tells that nobody knows how the new kube-apiserver does, where that was not asked for."""
    if module.check_mode or module.params['wait'] is False or not result['changed'] or result['healthy'] is not None:
        return
    for each in result['findings']:
        if each['code'] == 'not-waited':
            module.warn(text_of_finding(each))


def message(result, check_mode):
    """One line for people."""
    earlier = result.get('interrupted') or result.get('recovered')
    if earlier and not result['changes']:
        return '%s the %s of %s that was cut off' % (
            'would finish or undo' if check_mode else result['recovered']['what'], earlier['command'], earlier['started'])
    if not result['changed']:
        return 'nothing to do'
    what = '%s in %s' % (count(result['changes'], 'change'), count(result['files'], 'file'))
    if check_mode:
        return 'would make ' + what
    backup = result['backup']
    return 'made %s%s' % (what, '; auditpatch restore %s undoes it' % backup['id'] if backup else '')


def count(items, noun):
    """A number of things in words."""
    return '%s %s%s' % (len(items), noun, '' if len(items) == 1 else 's')


def main():
    module = AnsibleModule(
        argument_spec=ARGUMENTS,
        mutually_exclusive=[('policy', 'policy_content')],
        supports_check_mode=True,
    )
    params = dict(module.params)
    if params['purge'] and params['state'] == 'present':
        module.fail_json(msg='purge goes with state=absent, found state=present.')
    program, version = program_of(module)
    source = None if params['policy_content'] is None else policy_file(module, params['policy_content'])
    params['policy'] = source or params['policy']
    kind = 'PlanResult' if module.check_mode else 'ApplyResult'
    dummy, result = run(module, [program] + command_of(params, module.check_mode), kind, source=source)
    warn(module, result['findings'])
    warn_unless_waited(module, result)
    told = {'diff': diff_of(result)} if module._diff else {}
    # the next run finishes or undoes first what was cut off
    changed = result['changed'] or 'interrupted' in result
    module.exit_json(changed=changed, msg=message(result, module.check_mode), cli_version=version,
                     **dict(told, **outcome(result)))


if __name__ == '__main__':
    main()
