// package: installed packages, whichever manager the host has. One process for all.
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** A package on the host. */
export interface PackageAnswer {
  /** The manager that was asked; `none` where the host has none that is known. */
  readonly manager: 'apt' | 'dnf' | 'yum' | 'apk' | 'zypper' | 'none'
  /** The installed version; null where it is not installed. */
  readonly version: string | null
  /** True where the manager holds it at its version. */
  readonly held: boolean
  /** True where it was removed and its configuration files were left (dpkg's `config-files`). */
  readonly residual: boolean
  /** The further versions, where an rpm is installed in several (kernels). */
  readonly others?: readonly string[]
  /** The package that provides what was asked for, where none is called so and the manager is one of rpm's. */
  readonly provider?: string
}

export const packageKind: QuestionKind<string, PackageAnswer> = {
  name: 'package',
  // First line: the manager. Then `name<TAB>architecture<TAB>version<TAB>status` for what is known. dpkg-query fails for
  // unknown names and still prints the known ones; a virtual package is unknown to it. rpm's managers take a name that
  // none has for whatever provides it (`vim`, `/usr/bin/vim`), which costs a process for each: only such names are asked.
  script: (names) => sh`if command -v dpkg-query >/dev/null 2>&1; then echo apt
  dpkg-query -W -f '\${Package}\t\${Architecture}\t\${Version}\t\${db:Status-Want} \${db:Status-Status}\n' -- ${names} 2>/dev/null
elif command -v rpm >/dev/null 2>&1; then
  if command -v dnf >/dev/null 2>&1; then echo dnf; elif command -v zypper >/dev/null 2>&1; then echo zypper; else echo yum; fi
  _q=$(LC_ALL=C rpm -q --qf '%{NAME}\t%{ARCH}\t%{EVR}\tinstall installed\n' -- ${names} 2>/dev/null)
  printf '%s\n' "$_q" | grep '	install installed$'
  printf '%s\n' "$_q" | sed -n 's/^package \(.*\) is not installed$/\1/p' | while IFS= read -r _p; do
    if _q=$(rpm -q --whatprovides --qf '%{ARCH}\t%{EVR}\tinstall installed\t%{NAME}\n' -- "$_p" 2>/dev/null); then printf '%s\t%s\n' "$_p" "\${_q%%
*}"; fi
  done
elif command -v apk >/dev/null 2>&1; then echo apk
  for _p in ${names}; do _v=$(apk info -e -v -- "$_p" 2>/dev/null) && printf '%s\t\t%s\tinstall installed\n' "$_p" "\${_v#"$_p"-}"; done
else echo none; fi; :`,
  parse(output, names) {
    const [manager, ...lines] = decode(output).split('\n')
    const found = new Map<string, { version: string; status: string; provider: string | undefined; more: string[] }>()
    for (const line of lines) {
      const [name, arch, version, status, provider] = line.split('\t')
      if (!name || !version || !status) continue
      for (const key of manager === 'apt' ? [name, `${name}:${arch}`] : spellings(name, arch!, version)) {
        const known = found.get(key)
        if (!known) found.set(key, { version, status, provider, more: [] })
        else if (manager !== 'apt' && known.version !== version) known.more.push(version)
      }
    }
    return names.map((name) => {
      const { version, status = '', provider, more = [] } = found.get(name) ?? {}
      return {
        manager: manager as PackageAnswer['manager'],
        version: version !== undefined && status.endsWith(' installed') ? version : null,
        held: status.startsWith('hold'),
        residual: status.endsWith(' config-files'),
        ...(more.length > 0 && { others: more }),
        ...(provider !== undefined && { provider }),
      }
    })
  },
  reads: (name) => [`package:${name}`],
}

/** rpm takes a name with its version and its architecture for the package, as dnf does. */
function spellings(name: string, arch: string, version: string): string[] {
  const full = version.replace(/^\d+:/, '')
  const names = [name, `${name}-${full}`, `${name}-${full.replace(/-[^-]*$/, '')}`, `${name}-${version}`]
  return [...new Set([...names, ...names.map((each) => `${each}.${arch}`), `${name}:${arch}`])]
}

export const packageQuestion = (name: string) => question(packageKind, name, name)
