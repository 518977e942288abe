// Ctrl-C: once ends the run in order, twice ends the program at once.
import { exitCodes } from './exit.ts'

/** A signal that SIGINT and SIGTERM raise, and `interrupt`. `done` gives the keys back their usual meaning. */
export function interruptible(): { readonly signal: AbortSignal; interrupt(): void; done(): void } {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    process.stderr.write('\ntsplay: ending what runs on the hosts (again to leave at once)\n')
    controller.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    interrupt: onSignal,
    done: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  }
}
