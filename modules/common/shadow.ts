// The shadow file's line of one user: asked with the shell alone, so that the hash never stands in a process's arguments.
import { map, type Probe, script } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'

/** What the shadow file says of a user. */
export interface ShadowEntry {
  /** The hash where it was asked for; else `x` for any, `!x` for a locked one, or `!`, `*` and the like as they stand. */
  readonly hash: string
  /** Days; undefined where there is none. */
  readonly min: number | undefined
  readonly max: number | undefined
  readonly warn: number | undefined
  /** Last day, `2027-01-31`, or `never`. */
  readonly expires: string
}

/** Asks for it. `hash`: with the hash itself. */
export const shadowEntry = (name: string, hash: boolean): Probe<ShadowEntry> =>
  map(shadowLine(name, hash), ({ stdout }) => {
    const [found = '', , min, max, warn, , expires] = stdout.split(':')
    return { hash: found, min: days(min), max: days(max), warn: days(warn), expires: dayOf(days(expires)) }
  })

/** The question itself, for predictions. */
export const shadowLine = (name: string, hash: boolean) =>
  script(
    sh`while IFS=: read -r _n _h _r; do
  if [ "$_n" = ${name} ]; then
    ${hash ? sh`:` : sh`case $_h in ''|'!'|'!!'|'*'|'!*') ;; '!'*) _h='!x' ;; *) _h=x ;; esac`}
    printf '%s:%s' "$_h" "$_r"
    exit 0
  fi
done < /etc/shadow`,
    { reads: [`user:${name}`] },
  )

/** The line that gives this entry, as {@link shadowLine} prints it. */
export const shadowText = ({ hash, min, max, warn, expires }: ShadowEntry): string =>
  [hash, '', min ?? '', max ?? '', warn ?? '', '', expires === 'never' ? '' : Date.parse(expires) / dayMs].join(':')

const dayMs = 86_400_000

const days = (text = ''): number | undefined => (/^-?\d+$/.test(text) ? Number(text) : undefined)

const dayOf = (day: number | undefined): string =>
  day === undefined || day < 0 ? 'never' : new Date(day * dayMs).toISOString().slice(0, 10)
