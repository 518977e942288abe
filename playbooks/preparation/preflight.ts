// What a host must be for what it is meant for, looked at before anything is changed.
import { preflight as role } from '../roles/preflight/index.ts'
import { served } from '../roles/preflight/problems.ts'
import { minimumOf } from './minimum.ts'
import { portsOf } from './ports.ts'
import type { Step } from './step.ts'

/**
 * The host is fit, like no other, and nobody else listens where its own programs are to listen.
 * @param containers groups whose hosts run containers
 */
export const preflight =
  (containers: readonly string[]): Step =>
  (context) => {
    const { os, time, preflight: own } = context.vars
    return role({
      ...minimumOf(context, containers),
      ...(os && {
        systems: { [os.id]: os.version === undefined ? served[os.id] : [os.version.split('.', 1)[0]!] },
        architectures: [os.arch],
      }),
      self: context.host.name,
      hosts: context.hosts.map(({ name }) => name),
      // as it will be: hosts of one image share the name that it has, and the role hostname gives each its own
      name: context.host.name,
      distinct: own.distinct,
      // where clocks are kept, that is mended by and by
      maxSkew: time ? Number.MAX_SAFE_INTEGER : own.maxSkew,
      ports: portsOf(context, containers),
    })
  }
