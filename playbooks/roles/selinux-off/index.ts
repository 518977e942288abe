// selinux-off: SELinux enforces nothing now and is off after the next boot.
import { role, task } from 'tsplay'
import { selinux } from './selinux.ts'

/** SELinux is out of the way; a host without it is left alone. */
export const selinuxOff = role({
  name: 'selinux-off',
  tasks: () => [task('SELinux is off', selinux({ live: 'permissive', atBoot: 'disabled' }))],
})
