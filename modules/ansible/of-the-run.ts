// Ansible's modules about the run itself: ping, debug, assert, fail, pause, wait_for, setup.
import { TsplayError } from '../../engine/error.ts'
import { ping } from './ping.ts'
import { type Args, refusedParam, type Translation, type Wish } from './translation.ts'

export const ofTheRun: readonly Translation[] = [
  { names: ['ping'], module: ping },
  {
    names: ['debug'],
    module: 'debug',
    renamed: { msg: 'message' },
    refused: {
      var: refusedParam(
        'variables are the control side’s',
        "tsplay inventory host NAME shows a host's, and where they come from",
      ),
    },
  },
  {
    names: ['assert'],
    module: 'assert',
    renamed: { msg: 'failMessage', fail_msg: 'failMessage', success_msg: 'successMessage' },
    ignored: ['quiet'],
    refused: {},
    adapt(args) {
      if (typeof args.that === 'string' && !/^(true|false|yes|no)$/i.test(args.that))
        throw new TsplayError(`assert: '${args.that}' is an expression, and an ad-hoc command evaluates none`, {
          hint: "-m shell -a 'test …' fails where it does not hold",
        })
      return { module: 'assert', args }
    },
  },
  {
    names: ['wait_for'],
    module: 'waitFor',
    renamed: { msg: 'message', sleep: 'interval' },
    adapt: waitOf,
  },
  { names: ['fail'], module: 'fail', renamed: { msg: 'message' } },
  { names: ['pause'], module: 'pause' },
  // its name here is that of the command beside it
  { names: ['setup', 'gather_facts'], module: 'facts' },
]

/** `state` means the same for ports and paths in Ansible; `started` is its default. */
function waitOf({ state, ...args }: Args): Wish {
  if (args.port === undefined && args.path === undefined)
    throw new TsplayError('wait_for: for which port or path?', {
      hint: 'port=2379, path=/run/x.pid; -m pause -a seconds=5 only waits',
    })
  const names: Readonly<Record<string, string>> =
    args.path === undefined ? { present: 'started', absent: 'stopped' } : { started: 'present', stopped: 'absent' }
  const ours = typeof state === 'string' && Object.hasOwn(names, state) ? names[state] : state
  return { module: 'waitFor', args: { ...args, ...hostOf(args, state), ...(ours !== undefined && { state: ours }) } }
}

/** Left out, it is the loopback also for what is drained; 0.0.0.0 is every address of the host's own. */
function hostOf({ host }: Args, state: unknown): Args {
  if (host === '0.0.0.0' || host === '::') return { host: undefined }
  return host === undefined && state === 'drained' ? { host: '127.0.0.1' } : {}
}
