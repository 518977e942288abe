// ping: whether a host lets one in and runs a shell. Only an ad-hoc command: a playbook's first task says the same.
import { z } from 'zod'
import { defineModule } from '../../engine/module.ts'
import { map, script } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'

/** Parameters of `ping`. */
export interface PingParams {
  /** What the host says back. Default `pong`. */
  data?: string
}

/** The host says `pong`. */
export const ping = defineModule<PingParams, { readonly said: string }, { readonly message: string }>({
  name: 'ping',
  params: z.strictObject({ data: z.string().optional() }),
  probe: ({ data = 'pong' }) => map(script(sh`printf '%s' ${data}`), ({ stdout }) => ({ said: stdout })),
  desired: ({ data = 'pong' }) => ({ said: data }),
  apply: () => sh`echo 'the host does not say what it is told to' >&2; exit 1`,
  result: (_params, { said }) => ({ message: said }),
  touches: () => [],
}).module
