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
}

export const packageKind: QuestionKind<string, PackageAnswer> = {
  name: 'package',
  // First line: the manager. Then `name<TAB>version<TAB>status` for what is installed. dpkg-query fails for unknown names
  // and still prints the known ones; a package provided by another (apt's virtual ones) is asked for by its own name.
  script: (names) => sh`if command -v dpkg-query >/dev/null 2>&1; then echo apt
  dpkg-query -W -f '\${Package}\t\${Version}\t\${db:Status-Want} \${db:Status-Status}\n' -- ${names} 2>/dev/null
elif command -v rpm >/dev/null 2>&1; then
  if command -v dnf >/dev/null 2>&1; then echo dnf; elif command -v zypper >/dev/null 2>&1; then echo zypper; else echo yum; fi
  rpm -q --qf '%{NAME}\t%{EVR}\tinstall installed\n' -- ${names} 2>/dev/null | grep '	install installed$'
elif command -v apk >/dev/null 2>&1; then echo apk
  for _p in ${names}; do _v=$(apk info -e -v -- "$_p" 2>/dev/null) && printf '%s\t%s\tinstall installed\n' "$_p" "\${_v#"$_p"-}"; done
else echo none; fi; :`,
  parse(output, names) {
    const [manager, ...lines] = decode(output).split('\n')
    const installed = new Map<string, { version: string; held: boolean }>()
    for (const line of lines) {
      const [name, version, status] = line.split('\t')
      if (name && version && status?.endsWith(' installed'))
        installed.set(name, { version, held: status.startsWith('hold') })
    }
    return names.map((name) => {
      const entry = installed.get(name.replace(/:[a-z0-9]+$/, ''))
      return {
        manager: manager as PackageAnswer['manager'],
        version: entry?.version ?? null,
        held: entry?.held ?? false,
      }
    })
  },
  reads: (name) => [`package:${name}`],
}

export const packageQuestion = (name: string) => question(packageKind, name, name)
