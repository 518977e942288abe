// The way that a target asks for: straight to it, through a command, or through jump hosts.
import type { Target } from './connection.ts'
import type { JumpHosts } from './jump-hosts.ts'
import { proxyRoute } from './proxy-command.ts'
import type { Route } from './route.ts'
import { straight } from './straight.ts'

/** @throws TsplayError kind `unreachable` where a jump host cannot be reached, or cannot reach the next. */
export async function routeTo(target: Target, jumps: JumpHosts, signal?: AbortSignal): Promise<Route> {
  if (target.jumpHosts?.length) return jumps.route(target, signal)
  return target.proxyCommand === undefined ? straight(target) : proxyRoute(target, target.proxyCommand)
}
