// sysctl: kernel parameters of a host, in a file of tsplay's own, and of no other file besides.
import { role, task } from 'tsplay'
import { sysctl as setSysctl } from 'tsplay/modules'
import { overruled } from './overruled.ts'

export interface SysctlParams {
  /** Values by name. */
  values: Record<string, string | number>
  /** The file, in /etc/sysctl.d; what else is in it goes. Default `/etc/sysctl.d/99-k8s.conf`. */
  file?: string
  /** What they are called together. Default `kernel parameters`. */
  what?: string
}

/**
 * Kernel parameters have these values, now and behind every boot, whatever files that are applied later have said; those that the
 * kernel does not know wait in the file.
 */
export const sysctl = role<SysctlParams>({
  name: 'sysctl',
  tasks: ({ values, file = '/etc/sysctl.d/99-k8s.conf', what = 'kernel parameters' }) => [
    task(`${what} that others set`, overruled({ file, values })),
    task(what, setSysctl({ values, file, ignoreMissing: true })),
  ],
})
