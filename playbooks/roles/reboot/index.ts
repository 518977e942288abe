// reboot: another boot where a host needs one. Knows nothing of why: packages, kernels and SELinux say so themselves.
import { role, task } from 'tsplay'
import { reboot as rebootHost } from 'tsplay/modules'

/** Parameters of `reboot`. */
export interface RebootParams {
  /**
   * True: in any case. Default false: only where the host asks for it, by /run/reboot-required, `needs-restarting -r`, a
   * default kernel that does not run yet, or SELinux that is to be on or off.
   */
  always?: boolean
  /** Seconds after which the host must be back. Default 600. */
  timeout?: number
  /** A command that must succeed before the host counts as back: `systemctl is-active kubelet`. Default: none. */
  testCommand?: string
  /** Units that must run again before the host counts as back, as far as they ran before: `etcd`, `kubelet`. Default: none. */
  units?: readonly string[]
}

/** The host runs what is installed on it. Hosts that serve together are rebooted one by one by `serial: 1` in the play. */
export const reboot = role<RebootParams | undefined>({
  name: 'reboot',
  dir: import.meta.dirname,
  tasks: ({ always = false, timeout = 600, testCommand, units = [] } = {}) => [
    task(
      'reboot where it is needed',
      rebootHost({
        ...{ whenRequired: !always, timeout },
        ...(testCommand !== undefined && { testCommand }),
        ...(units.length > 0 && { units: [...units] }),
      }),
    ),
  ],
})
