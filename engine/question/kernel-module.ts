// kernel-module: loaded, built in, or available. A process more for each that is not there yet.
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** A kernel module by name; `-` and `_` mean the same. */
export interface KernelModuleAnswer {
  /** Listed in /proc/modules. */
  readonly loaded: boolean
  /** Part of the kernel image: always there, nothing to load. */
  readonly builtin: boolean
  /** Loaded, built in, or such that modprobe could load it. */
  readonly available: boolean
}

/** What shows that a module is built in, where neither modules.builtin nor /sys/module tells (no /lib/modules in a container). */
const traces: Readonly<Record<string, string>> = {
  br_netfilter: '/proc/sys/net/bridge',
  bridge: '/sys/module/bridge',
  nf_conntrack: '/proc/sys/net/netfilter/nf_conntrack_max',
  ip_tables: '/proc/net/ip_tables_names',
  ip6_tables: '/proc/net/ip6_tables_names',
  ip_vs: '/proc/net/ip_vs',
  tun: '/dev/net/tun',
  fuse: '/dev/fuse',
}

export const moduleName = (name: string): string => name.replaceAll('-', '_')

export const kernelModuleKind: QuestionKind<string, KernelModuleAnswer> = {
  name: 'module',
  script: (names) => sh`cut -d ' ' -f 1 /proc/modules 2>/dev/null
printf '%s\n' --
_b=/lib/modules/$(uname -r)/modules.builtin; if [ -r "$_b" ]; then sed 's:.*/::; s:\.ko.*::' "$_b"; fi
while read -r _d _f; do printf '%s\n' "$_f"; done < /proc/filesystems
_a=
_m() { if [ -e "/sys/module/$1" ] || [ -e "$2" ]; then printf '%s\n' "$1"; elif modprobe -n -q "$1" 2>/dev/null; then _a="$_a$1
"; fi; }
${sh.join(names.map(moduleName).map((name) => sh`_m ${name} ${traces[name] ?? `/sys/module/${name}`}`))}
printf '%s\n%s' -- "$_a"`,
  parse(output, names) {
    const [loaded, present, loadable] = decode(output)
      .split(/^--$/m)
      .map((text) => new Set(text.split('\n').map(moduleName)))
    return names.map(moduleName).map((name) => {
      const isLoaded = loaded?.has(name) ?? false
      const builtin = !isLoaded && (present?.has(name) ?? false)
      return { loaded: isLoaded, builtin, available: isLoaded || builtin || (loadable?.has(name) ?? false) }
    })
  },
  reads: (name) => [`module:${moduleName(name)}`],
}

export const kernelModuleQuestion = (name: string) => question(kernelModuleKind, name, moduleName(name))
