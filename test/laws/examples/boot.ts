// Examples of the modules for hosts that go away and come back.
import type { Action } from '../../../engine/module.ts'
import { reboot, waitForConnection } from '../../../modules/index.ts'

export default [
  reboot({}),
  reboot({
    whenRequired: true,
    timeout: 900,
    preDelay: 1,
    postDelay: 2,
    testCommand: 'systemctl is-active kubelet',
    units: ['etcd', 'docker.socket'],
    message: 'A new kernel is to run.',
  }),
  waitForConnection({}),
  waitForConnection({ timeout: 60, delay: 5 }),
] satisfies readonly Action[]
