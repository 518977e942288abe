// hosts: names of hosts in a block of /etc/hosts. Knows nothing of the inventory; a play gives it the entries.
import { isIP } from 'node:net'
import path from 'node:path'
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { editBlock } from './common/edit-block.ts'
import { withoutOtherAddresses } from './common/edit-hosts.ts'
import {
  desiredEdit,
  type EditedState,
  type EditParams,
  type EditResult,
  editProbe,
  editResult,
  editRewrites,
  editScript,
  editTouches,
  predictEdit,
} from './common/edited-file.ts'
import { filePathParam, nameParam } from './common/names.ts'

/** An address with its names. */
export interface HostsEntry {
  /** IPv4 or IPv6. */
  address: string
  /** The name, or several of which the first is the canonical one. */
  names: string | string[]
}

/** Parameters of `hosts`. */
export interface HostsParams {
  /** One line each, in this order; entries of the same address become one line, and no name stands in it twice. Needed unless absent, and then left out. */
  entries?: HostsEntry[]
  /** Tells this block from others in the same file: it stands in the lines around it. Default `hosts`. */
  label?: string
  /** Default `present`. */
  state?: 'present' | 'absent'
  /**
   * The names lead to these addresses and to no others: they are taken off other lines that give them another one, on which the
   * first line or both would count. A line without a name left goes. Remarks, spacing and names besides stay, as do blocks of
   * other labels. Default false.
   */
  exclusive?: boolean
  /** Default `/etc/hosts`. */
  path?: string
  /** Keep a copy of the file as it was, beside it. Default false. */
  backup?: boolean
}

const nameOf = nameParam(/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})$/, 'the name of a host')

/**
 * Names are in /etc/hosts, in a block of their own between two markers. Other lines stay, and `localhost` keeps its own.
 *
 * @example every host knows every other
 * ```ts
 * task('names', hosts({ entries: [
 *   { address: '10.0.0.11', names: ['master1.example.com', 'master1'] },
 *   { address: '10.0.0.200', names: 'kubeapi.example.com' },
 * ] }))
 * ```
 *
 * @example and what another tool has written about them counts no more
 * ```ts
 * task('names', hosts({ entries: [{ address: '10.0.0.11', names: 'master1' }], exclusive: true }))
 * ```
 *
 * @example a block that is not needed any more
 * ```ts
 * task('no old names', hosts({ label: 'old cluster', state: 'absent' }))
 * ```
 */
export const hosts = defineModule<HostsParams, EditedState, EditResult>({
  name: 'hosts',
  params: z
    .strictObject({
      entries: z
        .array(
          z.strictObject({
            address: z.string().refine((address) => isIP(address) !== 0, {
              error: (issue) => `'${String(issue.input)}' is not an IP address`,
            }),
            names: z.union([nameOf, z.array(nameOf).min(1, { error: 'give one name at least' })], {
              error: 'expected the name of a host, or a list of names',
            }),
          }),
        )
        .optional(),
      label: nameParam(/^[^\s{}][^\r\n{}]*$/, 'a word or more, on one line').optional(),
      state: z.enum(['present', 'absent']).optional(),
      exclusive: z.boolean().optional(),
      path: filePathParam.optional(),
      backup: z.boolean().optional(),
    })
    .refine(({ entries, state }) => state === 'absent' || entries !== undefined, {
      error: 'is needed',
      path: ['entries'],
    }),
  subject: ({ path: at = '/etc/hosts' }) => at,
  probe: (params) => editProbe(editOf(params)),
  desired(params, actual) {
    if (params.state === 'absent' && actual.type === null) return {}
    return desiredEdit(editOf(params), actual, true, (text) => editHosts(text, params))
  },
  apply: (params, change) => editScript(editOf(params), change),
  result: (params, actual, output) => editResult(editOf(params), actual, output),
  touches: (params) => [...editTouches(editOf(params)), ...(isTheHosts(params) ? ['facts'] : [])],
  rewrites: (params) => editRewrites(editOf(params)),
  predict: (params, change) => predictEdit(editOf(params), change),
})

const editOf = ({ path: at = '/etc/hosts', backup }: HostsParams): EditParams => ({
  path: at,
  ...(backup && { backup }),
})

const isTheHosts = ({ path: at = '/etc/hosts' }: HostsParams): boolean => path.posix.normalize(at) === '/etc/hosts'

function editHosts(before: string, params: HostsParams): string {
  const { entries = [], label = 'hosts', state = 'present', exclusive = false } = params
  const wanted = entries.map(({ address, names }) => ({ address, names: [names].flat() }))
  const text = exclusive && state === 'present' ? withoutOtherAddresses(before, wanted) : before
  const edited = editBlock(text, { block: linesOf(entries), marker: `# {mark} TSPLAY ${label}`, state })
  return state === 'absent' || namesLocalhost(edited) ? edited : `${loopback}${edited}`
}

/** A file without them would leave programs that talk to themselves without a name to do so. */
const loopback = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n'

const namesLocalhost = (text: string): boolean => /^\s*(127\.[\d.]+|::1)(?=\s)[^#\n]*\slocalhost(\s|$)/m.test(text)

function linesOf(entries: readonly HostsEntry[]): string {
  const lines = new Map<string, Set<string>>()
  for (const { address, names } of entries) {
    const line = lines.get(address) ?? new Set()
    lines.set(address, line)
    for (const name of [names].flat()) line.add(name)
  }
  return [...lines].map(([address, names]) => `${[address, ...names].join(' ')}\n`).join('')
}
