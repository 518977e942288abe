// resolves: whether the host's own resolver says of each name what it should. Asks once for all names, and changes nothing.
import { defineModule, probe, type Script, sh, z } from 'tsplay'
import { plainAddress } from '../../cidr.ts'

export interface ResolvesParams {
  /** Addresses with their names. A name that stands with several leads to all of them. */
  entries: { address: string; names: string[] }[]
  /** Names that must lead somewhere. */
  elsewhere: string[]
}

/** By name: its addresses, sorted, with a blank between them; of names elsewhere, `somewhere` where there are any. */
type Told = Readonly<Record<string, string>>

/**
 * Each name leads to exactly its addresses. What caches names may need a moment behind a change of /etc/hosts, so a name that
 * is wrong is asked about again for five seconds before that is a failure.
 */
export const resolves = defineModule<ResolvesParams, { readonly told: Told }>({
  name: 'resolves',
  params: z.strictObject({
    entries: z.array(z.strictObject({ address: z.string(), names: z.array(z.string()) })),
    elsewhere: z.array(z.string()),
  }),
  // a check does not wait for names that only the run will write
  waits: true,
  subject: () => 'names of all hosts',
  probe: (params) =>
    probe.map(probe.script(question(params), { reads: sources }), ({ stdout }) => ({ told: readTold(stdout, params) })),
  desired: (params) => ({ told: wanted(params) }),
  apply: (params, { from }) => waitFor(Object.entries(wanted(params)).filter(([name, to]) => from.told[name] !== to)),
  touches: () => [],
  predict: () => [],
})

/** Where resolvers look before they ask anybody else. */
const sources = ['/etc/hosts', '/etc/nsswitch.conf', '/etc/resolv.conf', '/etc/hostname'].map((path) => `file:${path}`)

/**
 * One process tells of all names, in their order. The file alone is asked first: what it lacks would be looked for at a name
 * server, one name after the other, however long that takes to answer.
 */
const question = ({ elsewhere, ...params }: ResolvesParams): Script => sh`set -- ${namesIn(params)}
[ $# -eq 0 ] || ! getent -s files ahosts "$@" > /dev/null 2>&1 || getent ahosts "$@" 2> /dev/null
printf '%s\n' ${separator}
for _n in ${elsewhere}; do getent ahosts "$_n" > /dev/null 2>&1 && printf '%s\n' "$_n"; done
:`

const separator = '# elsewhere'

const namesIn = ({ entries }: Pick<ResolvesParams, 'entries'>): string[] => [
  ...new Set(entries.flatMap(({ names }) => names)),
]

/** Of a name it prints a line for each address and kind of socket, and on the first the name that it found. */
export function readTold(stdout: string, params: ResolvesParams): Told {
  const lines = stdout.split('\n')
  const end = lines.indexOf(separator)
  const groups: string[][] = []
  for (const line of lines.slice(0, end)) {
    const [address, , found] = line.split(/ +/)
    if (found) groups.push([])
    if (address) groups.at(-1)?.push(address)
  }
  const names = namesIn(params)
  const known = lines.slice(end + 1).filter(Boolean)
  return {
    // of which names they are can only be told where there is something of each
    ...(groups.length === names.length &&
      Object.fromEntries(names.map((name, index) => [name, joined(groups[index]!)]))),
    ...Object.fromEntries(known.map((name) => [name, somewhere])),
  }
}

const somewhere = 'somewhere'

function wanted({ entries, elsewhere }: ResolvesParams): Told {
  const told = new Map<string, string[]>()
  for (const { address, names } of entries)
    for (const name of names) told.set(name, [...(told.get(name) ?? []), plainAddress(address)])
  return {
    ...Object.fromEntries([...told].map(([name, all]) => [name, joined(all)])),
    ...Object.fromEntries(elsewhere.map((name) => [name, somewhere])),
  }
}

const joined = (addresses: readonly string[]): string => [...new Set(addresses)].sort().join(' ')

/** Asks again until all is right, and says of the first few names what is wrong. */
const waitFor = (names: readonly (readonly [name: string, to: string])[]): Script => sh`_tries=6
while :; do
_wrong=0
${sh.join(names.map(([name, to]) => looked(name, to)))}
[ "$_wrong" -gt 0 ] || exit 0
_tries=$((_tries - 1))
if [ "$_tries" -eq 0 ]; then
[ "$_wrong" -le 3 ] || printf 'and %s more\n' $((_wrong - 3)) >&2
exit 1
fi
sleep 1
done`

const looked = (
  name: string,
  to: string,
): Script => sh`_is=$(getent ahosts ${name} 2> /dev/null | cut -d ' ' -f 1 | LC_ALL=C sort -u | tr '\n' ' ')
_is=\${_is% }
if ${to === somewhere ? sh`[ -z "$_is" ]` : sh`[ "$_is" != ${to} ]`}; then
_wrong=$((_wrong + 1))
[ "$_tries" -gt 1 ] || [ "$_wrong" -gt 3 ] || ${to === somewhere ? unknown(name) : elsewhere(name, to)}
fi`

const unknown = (name: string): Script =>
  sh`printf '%s is known neither to /etc/hosts nor to a name server\n' ${name} >&2`

const elsewhere = (name: string, to: string): Script =>
  sh`printf '%s leads to %s and not to %s: see hosts in /etc/nsswitch.conf, and blocks of other tasks in /etc/hosts\n' ${name} "\${_is:-nothing}" ${to} >&2`
