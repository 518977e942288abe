// Packages that apt has fetched and keeps. Which of them cannot be fetched any more, apt says itself.
import { map, type Probe, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { aptAside } from './apt-plan.ts'

/** What is to be removed: all, or what is of no use any more. */
export interface Cleaning {
  readonly clean?: boolean
  readonly autoclean?: boolean
}

/** Names of what would be removed, sorted. */
export const archivesProbe = ({ clean }: Cleaning): Probe<readonly string[]> =>
  map(
    clean
      ? script(
          sh`for _p in /var/cache/apt/archives/*.deb; do if [ -e "$_p" ]; then printf '%s\n' "\${_p##*/}"; fi; done`,
          {
            reads: [fileResource('/var/cache/apt')],
          },
        )
      : script(
          sh`if command -v apt-get >/dev/null 2>&1; then
${aptAside}
apt-get -s -q autoclean | sed -n 's/^Del \([^ ]*\) \([^ ]*\) .*/\1 \2/p'; fi`,
          { reads: [fileResource('/var/cache/apt'), fileResource('/var/lib/apt')] },
        ),
    ({ stdout }) => stdout.split('\n').filter(Boolean).sort(),
  )

/** By `_apt`. */
export const cleanScript = ({ clean }: Cleaning): Script => sh`_apt ${clean ? 'clean' : 'autoclean'} || exit $?`
