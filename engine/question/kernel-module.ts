// kernel-module: loaded, built in, or available. A process more for each that is not there, or not by that name.
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
  /**
   * The modules that the name stands for where it is an alias on this host, as `ipt_set` is one of xt_set: loaded and built
   * in are then what all of them are. Left out where the name is a module's own.
   */
  readonly aliasOf?: readonly string[]
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
_m() {
  if [ -e "/sys/module/$1" ] || [ -e "$2" ]; then printf '%s\n' "$1"; return; fi
  _r=$(modprobe -R "$1" 2>/dev/null) || { _r=; modprobe -n -q "$1" 2>/dev/null || return 0; }
  _a="$_a$1"
  for _o in $_r; do _a="$_a $_o"; if [ -e "/sys/module/$_o" ]; then printf '%s\n' "$_o"; fi; done
  _a="$_a
"
}
${sh.join(names.map(moduleName).map((name) => sh`_m ${name} ${traces[name] ?? `/sys/module/${name}`}`))}
printf '%s\n%s' -- "$_a"`,
  parse(output, names) {
    const [first = [], second = [], third = []] = decode(output)
      .split(/^--$/m)
      .map((text) => text.split('\n').map(moduleName))
    const [loaded, present] = [new Set(first), new Set(second)]
    const loadable = new Map(third.map((line) => line.split(' ').filter(Boolean)).map(([name, ...of]) => [name, of]))
    return names.map(moduleName).map((name) => {
      const isIn = (each: string): boolean => loaded.has(each) || present.has(each)
      const aliasOf = isIn(name) ? [] : (loadable.get(name) ?? []).filter((each) => each !== name)
      const meant = aliasOf.length > 0 ? aliasOf : [name]
      const isThere = meant.every(isIn)
      const isLoaded = isThere && meant.some((each) => loaded.has(each))
      return {
        loaded: isLoaded,
        builtin: isThere && !isLoaded,
        available: isThere || loadable.has(name),
        ...(aliasOf.length > 0 && { aliasOf }),
      }
    })
  },
  reads: (name) => [`module:${moduleName(name)}`],
}

export const kernelModuleQuestion = (name: string) => question(kernelModuleKind, name, moduleName(name))
