// Kernel modules and parameters that do nothing, or not what they seem to (B18, B19). Asks no host.
import type { Finding } from 'tsplay'

/** What hosts are to load and to set. */
export interface KernelWishes {
  /** Names of modules, by the variable that lists them. */
  readonly modules: Readonly<Record<string, readonly string[]>>
  /** Parameters by name. */
  readonly sysctl: Readonly<Record<string, string | number>>
}

/** Names that are none, parameters of modules that nobody loads, and parameters that undo each other. */
export function kernelFindings({ modules, sysctl }: KernelWishes): Finding[] {
  const loaded = new Set(Object.values(modules).flat())
  return [
    ...Object.entries(modules).flatMap(([variable, names]) =>
      names
        .filter((name) => !/^[\w-]+$/.test(name))
        .map(
          (name): Finding => ({
            ...{ level: 'error', rule: 'kernel-module', variable },
            message: `'${name}' is no name of a kernel module`,
            hint: 'name modules only: a remark stands in a comment of the inventory',
          }),
        ),
    ),
    ...needed.flatMap(([prefix, module]): Finding[] => {
      const key = Object.keys(sysctl).find((each) => each.startsWith(prefix))
      if (key === undefined || loaded.has(module)) return []
      return [
        {
          ...{ level: 'warning', rule: 'sysctl-module', variable: Object.keys(modules)[0]! },
          message: `the kernel has no parameter ${key} before its module ${module} is loaded, which nothing does`,
          hint: `add ${module}, unless the kernel has it built in`,
        },
      ]
    }),
    ...(is(sysctl['net.ipv4.tcp_tw_reuse'], 1) && is(sysctl['net.ipv4.tcp_timestamps'], 0)
      ? [
          {
            ...{ level: 'warning' as const, rule: 'sysctl-reuse', variable: 'sysctl' },
            message: 'sockets are to be reused (net.ipv4.tcp_tw_reuse), and without timestamps none is',
            hint: 'leave net.ipv4.tcp_timestamps as it is',
          },
        ]
      : []),
  ]
}

/** Parameters, and the module that brings them. */
const needed = [
  ['net.bridge.', 'br_netfilter'],
  ['net.netfilter.nf_conntrack_', 'nf_conntrack'],
] as const

const is = (value: string | number | undefined, number: number): boolean =>
  value !== undefined && Number(value) === number
