# A stdout callback for ansible-playbook: one JSON line for each finished task, and one for the recap.
import json

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'events'

    def __init__(self):
        super().__init__()
        self.play = None

    def tell(self, **event):
        print(json.dumps(event), flush=True)

    def task(self, result, status, **more):
        task = result._task
        # words to the run itself are told only where they are skipped
        if task.action == 'meta':
            return
        self.tell(
            type='task',
            play=self.play,
            host=result._host.get_name(),
            task=task.get_name(include_role_fqcn=False).split(' : ')[-1],
            status=status,
            **more,
        )

    def v2_playbook_on_play_start(self, play):
        self.play = play.get_name()

    def v2_runner_on_ok(self, result):
        self.task(result, 'changed' if result._result.get('changed') else 'ok')

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.task(result, 'failed', ignored=bool(ignore_errors), message=str(result._result.get('msg')))

    def v2_runner_on_skipped(self, result):
        self.task(result, 'skipped')

    def v2_runner_on_unreachable(self, result):
        self.task(result, 'unreachable', ignored=bool(result._task.ignore_unreachable))

    def v2_playbook_on_stats(self, stats):
        self.tell(type='recap', hosts={host: stats.summarize(host) for host in stats.processed})
