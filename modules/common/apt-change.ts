// The script that takes a host's packages from what they are to what an apt task wants. Decides no versions.
import type { Change } from '../../engine/module.ts'
import { type Script, sh } from '../../engine/script.ts'
import { cleanScript } from './apt-archives.ts'
import { fetchDeb } from './apt-deb.ts'
import { namedSpecs } from './apt-globs.ts'
import { defaultListsAge } from './apt-lists.ts'
import type { AptInput } from './apt-params.ts'
import { plannedCall } from './apt-planned-call.ts'
import { type AptOptions, aptFlags, aptPrelude, aptScript, defaultDpkgOptions } from './apt-script.ts'
import type { AptAnswers } from './apt-state.ts'

/** One apt-get for all packages that differ. */
export function aptChange(params: AptInput, change: Change<AptAnswers>): Script {
  const refresh = change.has('lists')
  const options = optionsOf(params, refresh)
  return sh.join([
    packagesScript(params, change.from, change.to?.packages ?? {}, options),
    change.has('archives') && sh.join([aptPrelude({ ...options, refresh: false }, false), cleanScript(params)]),
  ])
}

const optionsOf = (params: AptInput, refresh: boolean): AptOptions => ({
  ...params,
  refresh,
  listsAge: params.updateCache === false ? undefined : (params.cacheValidTime ?? defaultListsAge),
  lockTimeout: params.lockTimeout ?? 60,
})

function packagesScript(
  params: AptInput,
  from: AptAnswers,
  wanted: Readonly<Record<string, string | null>>,
  options: AptOptions,
): Script {
  const differing = Object.keys(wanted).filter((name) => wanted[name] !== from.packages[name])
  const args = plannedCall(params)
  if (args) {
    const again = differing.length > 0 || options.refresh || from.plan?.failure !== undefined
    return sh.join([
      aptPrelude(options),
      from.dpkg === 'interrupted' &&
        sh`dpkg ${(params.dpkgOptions ?? defaultDpkgOptions).map((option) => `--${option}`)} --configure -a || exit $?`,
      again && sh`_apt ${args} || exit $?`,
    ])
  }
  if (params.source) {
    if (differing.length === 0) return aptPrelude(options, false)
    return sh`${aptPrelude(options)}
(
${fetchDeb(params.source)}
_apt install ${aptFlags(params)} -- "$_deb"
) || exit $?`
  }
  if (params.state === 'absent') return aptScript([], differing, options)
  const specs = namedSpecs(params, from).filter(({ name }) => !params.onlyUpgrade || from.packages[name] != null)
  // with newer lists there may be newer versions than were known
  const install =
    params.state === 'latest' && options.refresh
      ? specs.filter(({ name }) => params.allowChangeHeld || !from.answers[name]?.held)
      : specs.filter(({ name }) => differing.includes(name))
  return aptScript(install, [], options)
}
