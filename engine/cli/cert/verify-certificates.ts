// tsplay cert verify: whether the store's certificates are as they should be, for people and for monitoring.
import { TsplayError } from '../../error.ts'
import { storedCertificates } from '../../pki/contents.ts'
import { type Finding, findings } from '../../pki/findings.ts'
import { type CertStoreFlags, certStore } from './cert-store.ts'
import { findStored } from './find-stored.ts'
import { type CertOutput, paint, print, table } from './print.ts'

interface Flags extends CertStoreFlags {
  readonly output?: CertOutput
  /** Milliseconds. */
  readonly warn: number
}

/** What the process ends with; the help of the command tells them, too. */
const codes = { ok: 0, broken: 2, expiring: 3 } as const

/**
 * Prints what is wrong with those of the names, or with all, and sets the exit code of the process.
 * @throws TsplayError for a name that there is not, and where there is nothing to verify
 */
export async function verifyCertificates(names: readonly string[], { output, warn, ...flags }: Flags): Promise<void> {
  const { store } = await certStore(flags, 'keys')
  const all = await storedCertificates(store, { tellDamage: true })
  if (all.length === 0)
    throw new TsplayError('the store has no certificates: there is nothing to verify', {
      hint: 'is it the right one? tsplay cert list names what there is',
    })
  const wanted = names.length === 0 ? all : findStored(all, names)
  const now = new Date()
  const found = wanted.flatMap((entry) => findings(entry, all, { now, warn }))
  const count = (severity: Finding['severity']): number => found.filter((each) => each.severity === severity).length
  const [errors, warnings] = [count('error'), count('warning')]
  const records = [
    ...found.map((each) => ({ type: 'finding', ...each })),
    { type: 'summary', checked: wanted.length, errors, warnings },
  ]
  print(output, records, () => [
    ...lines(found),
    `${errors + warnings === 0 ? 'ok: ' : ''}${several(wanted.length, 'certificate')}${errors + warnings === 0 ? '' : `: ${several(errors, 'error')}, ${several(warnings, 'warning')}`}`,
  ])
  process.exitCode = errors > 0 ? codes.broken : warnings > 0 ? codes.expiring : codes.ok
}

function lines(found: readonly Finding[]): string[] {
  if (found.length === 0) return []
  const colors = paint()
  return table(found.map(({ severity, name, problem }) => [severity, name, problem])).map((line, index) =>
    found[index]!.severity === 'error' ? colors.red(line) : colors.yellow(line),
  )
}

const several = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
