// Shell that drives apt: one apt-get for each task, waiting for locks, asking nobody.
import { type Script, sh } from '../../engine/script.ts'
import { listsAreOld } from './apt-lists.ts'
import type { PackageSpec } from './package-spec.ts'

/** How apt is to do its work. */
export interface AptOptions {
  /** Seconds that package lists may be old before an installation; undefined: they are never refreshed. */
  readonly listsAge: number | undefined
  /** Refresh the lists even if nothing is to be installed. */
  readonly refresh?: boolean
  readonly purge?: boolean
  readonly autoremove?: boolean
  readonly installRecommends?: boolean
  readonly allowDowngrade?: boolean
  readonly allowChangeHeld?: boolean
  readonly onlyUpgrade?: boolean
  readonly defaultRelease?: string
  /** What dpkg is told, without the dashes before it. */
  readonly dpkgOptions?: readonly string[]
  /** Seconds to wait for another apt or dpkg. */
  readonly lockTimeout: number
  readonly startServices?: boolean
}

/** What dpkg does about configuration files that were changed: it keeps them, and takes the new ones where it can. */
export const defaultDpkgOptions: readonly string[] = ['force-confdef', 'force-confold']

/** Installs and removes. */
export function aptScript(install: readonly PackageSpec[], remove: readonly string[], options: AptOptions): Script {
  const { listsAge, refresh = false, purge = false } = options
  const names = install.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
  return sh.join([
    aptPrelude(options, install.length > 0),
    listsAge !== undefined &&
      !refresh &&
      install.length > 0 &&
      sh`${listsAreOld(listsAge)}
if _lists_old; then
${aptUpdate}
fi`,
    install.length > 0 && requireReal(install.map(({ name }) => name).filter((name) => !name.includes(':'))),
    install.length > 0 && sh`_apt install ${aptFlags(options)} -- ${names} || exit $?`,
    remove.length > 0 &&
      sh`_apt ${purge ? 'purge' : 'remove'} ${options.autoremove ? ['--auto-remove'] : []} -- ${remove} || exit $?`,
  ])
}

/** Defines `_apt`, keeps services from starting where that is asked for, and refreshes the lists. */
export const aptPrelude = (options: AptOptions, installs = true): Script =>
  sh.join([
    aptFunction(options),
    options.startServices === false && installs && denyServices,
    options.refresh && aptUpdate,
  ])

/** What an installation or an upgrade is told. */
export const aptFlags = (options: Omit<AptOptions, 'listsAge' | 'lockTimeout'>): string[] => [
  ...(options.autoremove ? ['--auto-remove'] : []),
  ...(options.installRecommends === undefined
    ? []
    : [options.installRecommends ? '--install-recommends' : '--no-install-recommends']),
  ...(options.allowDowngrade ? ['--allow-downgrades'] : []),
  ...(options.allowChangeHeld ? ['--allow-change-held-packages'] : []),
  ...(options.onlyUpgrade ? ['--only-upgrade'] : []),
  ...(options.defaultRelease === undefined ? [] : ['-t', options.defaultRelease]),
]

/** apt-get waits for dpkg's lock by itself, but not for that of the lists, nor at all before version 1.9.11. */
const aptFunction = ({
  lockTimeout: timeout,
  dpkgOptions = defaultDpkgOptions,
}: AptOptions): Script => sh`export LC_MESSAGES=C LANGUAGE=C DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none UCF_FORCE_CONFFOLD=1
_end=$(( $(date +%s) + ${timeout} ))
_apt() {
  while :; do
    { _e=$(apt-get -y -q ${dpkgOptions.flatMap((option) => ['-o', `Dpkg::Options::=--${option}`])} -o Dpkg::Use-Pty=0 -o ${`DPkg::Lock::Timeout=${timeout}`} "$@" 2>&1 >&4 4>&-); _c=$?; } 4>&1
    case $_c:$_e in
      0:*) ;;
      *'Could not get lock'* | *'Unable to lock'* | *'Unable to acquire the dpkg'*) if [ "$(date +%s)" -lt "$_end" ]; then sleep 1; continue; fi ;;
    esac
    if [ -n "$_e" ]; then printf '%s\n' "$_e" >&2; fi
    return $_c
  done
}`

/** Refreshes the lists, by `_apt`. One source that cannot be fetched is a warning of apt's, and they stay old. */
export const aptUpdate = sh`_apt update || exit $?
case $_e in *'Failed to fetch'* | *'index files failed'*) ;; *) touch /var/lib/apt/lists ;; esac`

/** apt would take an unknown name as a pattern, and a virtual one as whatever provides it: neither is what was named. */
const requireReal = (names: readonly string[]): Script =>
  names.length === 0
    ? sh.empty
    : sh`_policy=$(LC_ALL=C apt-cache policy -- ${names}) || exit $?
for _p in ${names}; do
  case "
$_policy" in
    *"
$_p:
  Installed: (none)
  Candidate: (none)"*)
      _q=$(LC_ALL=C apt-cache showpkg -- "$_p" | sed '1,/^Reverse Provides:/d; s/ .*//' | sort -u | tr '\n' ' ')
      if [ -n "$_q" ]; then printf "'%s' is a virtual package: name one of those that provide it: %s\n" "$_p" "$_q" >&2
      else printf "no source of packages on the host has '%s'\n" "$_p" >&2; fi
      exit 100 ;;
    *"
$_p:"*) ;;
    *) printf "E: Unable to locate package %s\n" "$_p" >&2; exit 100 ;;
  esac
done`

/** Keeps packages from starting their services while this script runs. A policy of the host's own is left as it is. */
const denyServices = sh`_rc=/usr/sbin/policy-rc.d
if [ -f "$_rc" ] && grep -q '^# made by tsplay' "$_rc"; then rm -f "$_rc"; fi
if [ ! -e "$_rc" ] && [ ! -L "$_rc" ]; then
  trap 'rm -f "$_rc"' EXIT
  trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
  printf '#!/bin/sh\n# made by tsplay for the time of an installation\nexit 101\n' > "$_rc" && chmod 0755 "$_rc" || exit 1
fi`
