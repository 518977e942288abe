// Ansible's modules for hosts that go away and come back.
import { refusedParam, type Translation } from './translation.ts'

export const boot: readonly Translation[] = [
  {
    names: ['reboot'],
    module: 'reboot',
    renamed: {
      msg: 'message',
      reboot_timeout: 'timeout',
      reboot_timeout_sec: 'timeout',
      pre_reboot_delay: 'preDelay',
      pre_reboot_delay_sec: 'preDelay',
      post_reboot_delay: 'postDelay',
      post_reboot_delay_sec: 'postDelay',
    },
    ignored: ['connect_timeout', 'connect_timeout_sec', 'search_paths'],
    refused: {
      boot_time_command: refusedParam('a boot is told by its id', 'leave it out'),
      reboot_command: refusedParam('the host’s own shutdown or reboot is called', 'leave it out'),
    },
  },
  {
    names: ['wait_for_connection'],
    module: 'waitForConnection',
    ignored: ['connect_timeout', 'sleep'],
  },
]
