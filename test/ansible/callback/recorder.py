"""Writes what every task gave, as JSON lines, to the file that the environment variable RECORD names."""

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = '''
name: recorder
type: aggregate
short_description: writes what every task gave as JSON lines
description: For tests.
'''


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'aggregate'
    CALLBACK_NAME = 'recorder'
    CALLBACK_NEEDS_ENABLED = True

    def record(self, outcome, result):
        line = {
            'time': time.time() * 1000,
            'host': result._host.get_name(),
            'task': result._task.get_name().split(' : ')[-1],
            'action': result._task.action,
            'outcome': outcome,
            'result': result._result,
        }
        with open(os.environ['RECORD'], 'a') as file:
            file.write(json.dumps(line, default=str) + '\n')

    def v2_runner_on_ok(self, result):
        self.record('ok', result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.record('failed', result)

    def v2_runner_on_unreachable(self, result):
        self.record('unreachable', result)
