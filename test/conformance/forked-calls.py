# Runs Ansible's own commands, one process each, forked from one that has loaded Ansible: a call takes milliseconds instead
# of a second. Reads {"command", "args", "cwd"} a line, answers {"code", "stdout", "stderr"} a line.
import json
import os
import sys
import tempfile

import ansible.cli.adhoc
import ansible.cli.inventory
import ansible.plugins.loader  # noqa: F401  what every call would load anew
import ansible.vars.manager  # noqa: F401

COMMANDS = {
    'ansible': ansible.cli.adhoc.AdHocCLI,
    'ansible-inventory': ansible.cli.inventory.InventoryCLI,
}


def run(call, out, err):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    os.chdir(call['cwd'])
    code = 0
    try:
        COMMANDS[call['command']].cli_executor([call['command'], *call['args']])
    except SystemExit as end:
        code = end.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


print('ready', flush=True)
for line in sys.stdin:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = run(json.loads(line), out, err)
        out.seek(0)
        err.seek(0)
        answer = {'code': code, 'stdout': out.read().decode(), 'stderr': err.read().decode()}
    print(json.dumps(answer), flush=True)
