# Copyright: the authors of auditpatch
# Apache License 2.0 (see https://www.apache.org/licenses/LICENSE-2.0)
"""Runs the program auditpatch and reads the one JSON object that it prints."""

import json
import os
import re

API_VERSION = 'auditpatch/v1'
SHOWN = 1000
CODES = {
    # <exit-codes>
    0: "done, or nothing to do",
    1: "findings, differences (--exit-code), a failing grade",
    2: "wrong usage",
    3: "refused: input that cannot be worked on, or failed preflight; nothing was changed",
    4: "failed and rolled back",
    5: "failed and NOT rolled back; the message says what to run",
    130: "interrupted before anything was changed",
    # </exit-codes>
}
# what is known of a run without its own words: only these exit codes say that nothing is changed
UNCHANGED = (1, 2, 3, 4, 130)


def shortened(text):
    """The end of a text, where a program says why it stopped."""
    text = text.strip()
    return text if len(text) <= SHOWN else '... ' + text[-SHOWN:]


def program_of(module):
    """The path of the program and its version; ends the module when there is none."""
    given = module.params['executable']
    program = given or module.get_bin_path('auditpatch', opt_dirs=['/usr/local/bin'])
    if program is None:
        module.fail_json(msg='auditpatch is not on the PATH of the managed node, nor in /usr/local/bin.'
                             ' Next: install it there, or name it with the option executable.')
    if not os.path.isfile(program) or not os.access(program, os.X_OK):
        module.fail_json(msg='%s: a program is wanted, found %s. Next: install it there, or correct the option'
                             ' executable.' % (program, 'none' if not os.path.exists(program) else 'what cannot be executed'))
    rc, out, err = call(module, [program, '--version'])
    version = out.strip()
    if rc != 0 or not re.match(r'\d+\.\d+\.\d+\S*$', version):
        module.fail_json(msg='%s --version: the version of auditpatch is wanted, found exit code %s and "%s". Next: see'
                             ' that it is auditpatch, for this architecture.' % (program, rc, shortened(out)),
                         rc=rc, stderr=err)
    return program, version


def call(module, words):
    """Exit code, stdout and stderr of a command."""
    try:
        return module.run_command(words, environ_update={'LC_ALL': 'C', 'NO_COLOR': '1'}, handle_exceptions=False,
                                  errors='surrogate_then_replace')
    except (IOError, OSError) as error:
        module.fail_json(msg='%s cannot be run: %s. Next: see that it is auditpatch, for this architecture.'
                             % (words[0], error))


def words_of(params, names):
    """The words for options that are given; the rest is left to the program."""
    words = []
    for name in names:
        value = params.get(name)
        option = '--' + name.replace('_', '-')
        if value is None:
            continue
        if name == 'wait':
            words.append('--wait' if value else '--no-wait')
        elif name == 'purge':
            words.extend([option] if value else [])
        elif isinstance(value, dict):
            words.extend('%s=%s=%s' % (option, key, text_of(each)) for key, each in value.items())
        else:
            words.append('%s=%s' % (option, text_of(value)))
    return words


def text_of(value):
    """A value as it stands on a command line."""
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, list):
        return ','.join(text_of(each) for each in value)
    return '' if value is None else str(value)


def run(module, words, kind, fine=(0,), source=None):
    """Exit code and the object on stdout of a run; ends the module when it failed. `source` is the file of policy_content."""
    rc, out, err = call(module, words + ['-o', 'json'])
    if source is not None:
        out, err = out.replace(source, 'policy_content'), err.replace(source, 'policy_content')
    try:
        result = json.loads(out)
    except ValueError:
        result = None
    if not isinstance(result, dict) or result.get('apiVersion') != API_VERSION or result.get('kind') not in (kind, 'Error'):
        module.fail_json(
            msg='auditpatch %s: an object %s of %s is wanted on stdout, found exit code %s and "%s"; it said "%s". Next: see'
                ' that the program fits this collection; after a crash auditpatch recover finishes or undoes what was begun.'
                % (words[1], kind, API_VERSION, rc, shortened(out), shortened(err)),
            rc=rc, stderr=err, changed=rc not in UNCHANGED)
    if rc in fine and result['kind'] == kind:
        return rc, result
    warn(module, result.get('findings', []))
    module.fail_json(msg=reason(rc, result), rc=rc, stderr=err, changed=rc not in UNCHANGED,
                     code=result.get('code'), next=result.get('next'), **outcome(result))


def reason(rc, result):
    """Why a run failed, as the program says it."""
    return '%s [%s, exit code %s: %s] Next: %s' % (
        result.get('message', 'failed'), result.get('code', 'no code'), rc, CODES.get(rc, 'not a code of auditpatch'),
        result.get('next', 'see stderr'))


def warn(module, findings):
    """Tells findings that are errors or warnings, each once."""
    told = set()
    for each in findings:
        text = text_of_finding(each)
        if each['severity'] in ('error', 'warning') and text not in told:
            told.add(text)
            module.warn(text)


def text_of_finding(finding):
    """One line for people."""
    return '%s [%s]' % (place_of(finding) + finding['message'], finding['code'])


def place_of(finding):
    """Where a finding is, with a colon; empty when it is nowhere."""
    parts = [str(finding[key]) for key in ('file', 'line', 'column') if key in finding]
    return ':'.join(parts) + ': ' if parts else ''


# the keys of a result that concern only what was done, with their names in Ansible
DONE = {
    'changes': 'changes',
    'flags': 'flags',
    'mounts': 'mounts',
    'findings': 'findings',
    'backup': 'backup',
    'restarted': 'restarted',
    'healthy': 'healthy',
    'proven': 'proven',
    'rolledBack': 'rolled_back',
    'seconds': 'seconds',
    'recovered': 'recovered',
}


def outcome(result):
    """What a result of plan, apply or remove says, without the texts of files."""
    told = dict((name, result[key]) for key, name in DONE.items() if key in result)
    if 'files' in result:
        told['files'] = [each['path'] for each in result['files']]
    return told


def diff_of(result):
    """The change of every file for diff mode; of a sensitive file only what the program shows of it."""
    diffs = []
    for each in result['files']:
        if each.get('sensitive'):
            diffs.append({'prepared': each['unified']})
            continue
        sides = {}
        for side in ('before', 'after'):
            sides[side] = each[side] or ''
            sides[side + '_header'] = each['path'] if each[side] is not None else '%s (absent)' % each['path']
        diffs.append(sides)
    plain = [each for each in result['changes'] if each['kind'] in ('make-directory', 'set-owner')]
    diffs.extend({'prepared': '%s %s: %s\n' % (each['kind'], each['file'], each['reason'])} for each in plain)
    return diffs
