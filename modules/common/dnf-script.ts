// Shell that drives dnf, or yum where there is no dnf: asking nobody, and waiting for another one only so long.
import type { Content } from '../../engine/content.ts'
import { type Script, sh } from '../../engine/script.ts'
import { freshMark } from './dnf-questions.ts'
import { versionLockFiles } from './version-lock.ts'

/** What is to be done, in this order. */
export interface DnfWork {
  readonly tool: 'dnf' | 'yum'
  /** Options that every call gets. */
  readonly options: readonly string[]
  /** Options that choose among updates. */
  readonly advisories: readonly string[]
  readonly refresh: boolean
  readonly remove: readonly string[]
  readonly install: readonly string[]
  readonly upgrade: readonly string[]
  readonly downgrade: readonly string[]
  /** rpm files that come from the control side. */
  readonly files: readonly Content[]
  /** With what is removed, remove what only that needed; undefined: as the host is set to. */
  readonly autoremove: boolean | undefined
  /** Seconds to wait for another dnf or yum. */
  readonly lockTimeout: number
}

export function dnfScript(work: DnfWork): Script {
  const { tool, install, upgrade, downgrade, remove, files } = work
  const named = [...install, ...downgrade]
  return sh.join([
    files.length > 0 && placed(files),
    dnfFunction(work),
    work.refresh && refresh(tool),
    remove.length > 0 &&
      sh`_dnf ${work.autoremove === undefined ? [] : [`--setopt=clean_requirements_on_remove=${work.autoremove ? 1 : 0}`]} remove -- ${remove} || exit $?`,
    (install.length > 0 || files.length > 0) &&
      sh`_dnf install -- ${install} ${files.length > 0 ? sh.raw('"$_files"/*.rpm') : sh.empty} || exit $?`,
    downgrade.length > 0 && sh`_dnf downgrade -- ${downgrade} || exit $?`,
    upgrade.length > 0 && sh`_dnf ${tool === 'dnf' ? 'upgrade' : 'update'} ${work.advisories} -- ${upgrade} || exit $?`,
    // yum does what it can and calls it success, whatever was named besides
    tool === 'yum' && named.length > 0 && requireInstalled(named),
  ])
}

/**
 * Where another one holds a lock, both tools can be told to end at once, with 200. Where rpm has no key at all, both print
 * the repository's whole configuration, password included: only its name is passed on.
 */
const dnfFunction = ({ tool, options, lockTimeout, install }: DnfWork): Script => sh`LC_ALL=C; export LC_ALL
_end=$(( $(date +%s) + ${lockTimeout} ))
_dnf() {
  while :; do
    { _e=$(${tool} -y -q --setopt=exit_on_lock=1 ${options} "$@" 2>&1 >&4 4>&-); _c=$?; } 4>&1
    if [ $_c -ne 200 ]; then break; fi
    if [ "$(date +%s)" -ge "$_end" ]; then printf 'after %s s still: ' ${lockTimeout} >&2; break; fi
    sleep 1
  done
  case $_e in
    *'You have enabled checking of packages via GPG keys'*)
      _r=$(printf '%s\n' "$_e" | sed -n 's/^Problem repository: //p')
      _e="rpm has no key to check packages of the repository $_r with: name it as gpgkey there, or import it with rpmKey" ;;
    *'Public key for '*' is not installed'*) _e="$_e
rpmKey imports the key that it is signed with" ;;
    *' is not signed'*) _e="$_e
disableGpgCheck: true takes what nobody has signed" ;;
    *'Unable to find a match'*) ${tool === 'dnf' && install.length > 0 ? tellKept(install) : sh.raw(':')} ;;
  esac
  if [ -n "$_e" ]; then printf '%s\n' "$_e" >&2; fi
  return $_c
}`

/** To dnf, versions that versionlock keeps away are as if there were none; nobody would look for the reason there. */
const tellKept = (names: readonly string[]): Script => sh`for _p in ${names}; do
        _n=$(sed -n 's/^\([^#! ].*\)-[^-]*-[^-]*$/\1/p' ${versionLockFiles.dnf.list} 2>/dev/null | while IFS= read -r _l; do
          case $_p in "$_l"-[0-9]*) printf %s "$_l"; break ;; esac
        done)
        if [ -n "$_n" ]; then _e="$_e
$_n is kept at its version by versionlock: allowChangeLocked: true changes it"; fi
      done`

/** yum would fetch the lists of all files, too, unless it is told not to; a yum that is dnf knows no such word. */
const refresh = (tool: 'dnf' | 'yum'): Script =>
  sh`${tool === 'dnf' ? sh`_dnf makecache --refresh` : sh`_dnf makecache fast 2>/dev/null || _dnf makecache`} || exit $?
mkdir -p ${`/var/cache/${tool}`} && : > ${`/var/cache/${tool}/${freshMark}`} || exit 1`

/** In a folder that nobody else can write to, and that goes with the script. */
const placed = (files: readonly Content[]): Script =>
  sh.join([
    sh`_files=$(mktemp -d /var/tmp/tsplay.XXXXXX) || exit 1
trap 'rm -rf -- "$_files"' EXIT
trap 'exit 143' HUP INT TERM`,
    ...files.map((content, index) => sh`${content} > "$_files"/${`${index}.rpm`} || exit 1`),
  ])

const requireInstalled = (names: readonly string[]): Script => {
  const packages = names.filter((name) => !/[/*?[@]/.test(name))
  return packages.length === 0
    ? sh.empty
    : sh`for _p in ${packages}; do
  if ! rpm -q -- "$_p" >/dev/null 2>&1 && ! rpm -q --whatprovides -- "$_p" >/dev/null 2>&1; then
    printf 'yum has not installed %s: no repository that is enabled has it, or it is excluded\n' "$_p" >&2; exit 1
  fi
done`
}
