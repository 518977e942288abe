// selinux-off: SELinux enforces nothing now and is off after the next boot. Boots no host.
import { role, task } from 'tsplay'
import { selinux } from 'tsplay/modules'

/** SELinux is out of the way; a host without it is left alone. What only a boot brings is left to the role `reboot`. */
export const selinuxOff = role({
  name: 'selinux-off',
  tasks: () => [task('SELinux is off', selinux({ state: 'disabled' }))],
})
