// swap-off: no swap now, and none after the next boot.
import { role, task } from 'tsplay'
import { replace } from 'tsplay/modules'
import { noSwap } from './no-swap.ts'

export interface SwapOffParams {
  /** Turn off swap that is in use. False where that is a machine's which the host shares with others. */
  live: boolean
}

/** Lines of /etc/fstab that mount swap: not those in comments, nor those that only hold the word. */
export const swapLine = /^[ \t]*([^#\s]\S*[ \t]+\S+[ \t]+swap[ \t].*)$/

/** The kubelet finds no swap. */
export const swapOff = role<SwapOffParams>({
  name: 'swap-off',
  tasks: ({ live }) => [
    task('no swap at boot', replace({ path: '/etc/fstab', regexp: swapLine, replace: '# $1' })),
    task('no swap in use', noSwap({}), { when: live }),
  ],
})
