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
}

export const packageKind: QuestionKind<string, PackageAnswer> = {
  name: 'package',
  // First line: the manager. Then `name<TAB>architecture<TAB>version<TAB>status` for what is known. dpkg-query fails for
  // unknown names and still prints the known ones; a virtual package is unknown to it.
  script: (names) => sh`if command -v dpkg-query >/dev/null 2>&1; then echo apt
  dpkg-query -W -f '\${Package}\t\${Architecture}\t\${Version}\t\${db:Status-Want} \${db:Status-Status}\n' -- ${names} 2>/dev/null
elif command -v rpm >/dev/null 2>&1; then
  if command -v dnf >/dev/null 2>&1; then echo dnf; elif command -v zypper >/dev/null 2>&1; then echo zypper; else echo yum; fi
  rpm -q --qf '%{NAME}\t%{ARCH}\t%{EVR}\tinstall installed\n' -- ${names} 2>/dev/null | grep '	install installed$'
elif command -v apk >/dev/null 2>&1; then echo apk
  for _p in ${names}; do _v=$(apk info -e -v -- "$_p" 2>/dev/null) && printf '%s\t\t%s\tinstall installed\n' "$_p" "\${_v#"$_p"-}"; done
else echo none; fi; :`,
  parse(output, names) {
    const [manager, ...lines] = decode(output).split('\n')
    const found = new Map<string, { version: string; status: string }>()
    for (const line of lines) {
      const [name, arch, version, status] = line.split('\t')
      if (!name || !version || !status) continue
      for (const key of [name, `${name}:${arch}`]) if (!found.has(key)) found.set(key, { version, status })
    }
    return names.map((name) => {
      const { version, status = '' } = found.get(name) ?? {}
      return {
        manager: manager as PackageAnswer['manager'],
        version: version !== undefined && status.endsWith(' installed') ? version : null,
        held: status.startsWith('hold'),
        residual: status.endsWith(' config-files'),
      }
    })
  },
  reads: (name) => [`package:${name}`],
}

export const packageQuestion = (name: string) => question(packageKind, name, name)
