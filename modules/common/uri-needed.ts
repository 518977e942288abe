// Whether a request is to be made at all, by paths of the host that its `creates` and `removes` name.
import { all, always, map, type Probe, stat } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'

/** Paths of the host: nothing is to be done where `creates` is there, or where `removes` is not. */
export interface NeededBy {
  readonly creates?: string
  readonly removes?: string
}

/** A test that holds where `creates` or `removes` say that nothing is to be done. */
export const notNeeded = ({ creates, removes }: NeededBy): Script =>
  sh`{ ${sh.join(
    [
      creates !== undefined && sh`[ -e ${creates} ] || [ -L ${creates} ]`,
      removes !== undefined && sh`{ [ ! -e ${removes} ] && [ ! -L ${removes} ]; }`,
      sh`false`,
    ],
    ' || ',
  )}; }`

/** The same as questions. */
export const notNeededProbe = ({ creates, removes }: NeededBy): Probe<boolean> =>
  map(
    all({
      created: creates === undefined ? always(null) : stat(creates),
      removed: removes === undefined ? always(undefined) : stat(removes),
    }),
    ({ created, removed }) => created !== null || removed === null,
  )
