// swap-off: no swap now, and none after the next boot.
import { role, task } from 'tsplay'
import { swap } from 'tsplay/modules'

export interface SwapOffParams {
  /** Turn off swap that is in use. False where that is a machine's which the host shares with others. */
  live: boolean
}

/** The kubelet finds no swap: it is off, no line of /etc/fstab brings it back, and no unit of systemd. */
export const swapOff = role<SwapOffParams>({
  name: 'swap-off',
  tasks: ({ live }) => [task('no swap', swap({ live }))],
})
