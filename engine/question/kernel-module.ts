// kernel-module: loaded, built in, or available. Two processes for all.
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** A kernel module by name; `-` and `_` mean the same. */
export interface KernelModuleAnswer {
  /** Listed in /proc/modules. */
  readonly loaded: boolean
  /** Part of the kernel image: always there, nothing to load. */
  readonly builtin: boolean
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
${sh.join(
  names
    .map(moduleName)
    .map(
      (name) =>
        sh`if [ -e ${`/sys/module/${name}`} ] || [ -e ${traces[name] ?? `/sys/module/${name}`} ]; then printf '%s\n' ${name}; fi`,
    ),
)}
:`,
  parse(output, names) {
    const [loaded = '', present = ''] = decode(output).split('--\n')
    const lines = (text: string) => new Set(text.split('\n').map(moduleName))
    const [loadedNames, presentNames] = [lines(loaded), lines(present)]
    return names.map((name) => {
      const isLoaded = loadedNames.has(moduleName(name))
      return { loaded: isLoaded, builtin: !isLoaded && presentNames.has(moduleName(name)) }
    })
  },
  reads: (name) => [`module:${moduleName(name)}`],
}

export const kernelModuleQuestion = (name: string) => question(kernelModuleKind, name, moduleName(name))
