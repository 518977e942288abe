// Options by name: a mistyped one is an error where it is written, also where nobody checks types. Pure.
import { suggest, TsplayError } from './error.ts'
import type { PlaySpec } from './play.ts'
import type { Site } from './site.ts'
import type { CommonOptions, HandlerOptions, TaskOptions } from './task.ts'

/** Every name of a type, so that none can be forgotten. */
const names = <T>(known: Record<keyof Required<T>, true>): ReadonlySet<string> => new Set(Object.keys(known))

const common: Record<keyof Required<CommonOptions>, true> = {
  when: true,
  tags: true,
  become: true,
  environment: true,
  ignoreErrors: true,
  ignoreUnreachable: true,
  anyErrorsFatal: true,
  delegateTo: true,
  runOnce: true,
  noLog: true,
  timeout: true,
  throttle: true,
  check: true,
  diff: true,
}

export const taskOptions = names<TaskOptions>({
  ...common,
  notify: true,
  absorbs: true,
  changedWhen: true,
  failedWhen: true,
  until: true,
  retries: true,
  delay: true,
  async: true,
  poll: true,
})

export const commonOptions = names<CommonOptions>(common)

export const blockOptions = names<CommonOptions & { name: string; rescue: unknown; always: unknown }>({
  ...common,
  name: true,
  rescue: true,
  always: true,
})

export const handlerOptions = names<HandlerOptions>({ throttle: true, listen: true })

export const playOptions = names<PlaySpec<Site, unknown>>({
  ...common,
  name: true,
  hosts: true,
  serial: true,
  order: true,
  strategy: true,
  maxFailPercentage: true,
  forceHandlers: true,
  handlers: true,
  preTasks: true,
  tasks: true,
  postTasks: true,
})

/** @throws TsplayError naming the first option that `what` does not have, and the one that was meant */
export function checkOptions(what: string, options: object, known: ReadonlySet<string>): void {
  for (const name in options) {
    if (known.has(name)) continue
    // as Ansible writes it
    const camel = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
    throw new TsplayError(`${what}: there is no option '${name}'`, {
      hint: known.has(camel) ? `here it is called '${camel}'` : suggest(name, known),
    })
  }
}
