// Looks at everything before anything is changed: makes the task lists and prepares the tasks. Applies nothing.
import pLimit from 'p-limit'
import { TsplayError } from '../error.ts'
import type { FactKey } from '../facts.ts'
import type { Play } from '../play.ts'
import type { Host } from '../site.ts'
import { checkLists } from './check-list.ts'
import { earlyWorks } from './early-work.ts'
import { knowsFacts, learnFacts, readFact } from './host-facts.ts'
import type { Hosts } from './hosts.ts'
import { FactsNeeded, type ReadFact } from './lazy-facts.ts'
import { guarded } from './lost-host.ts'
import type { Prepared } from './plan.ts'
import { playHosts, playKey } from './play-hosts.ts'
import { beginAll, playsThatMayMakeSources, prepareAll } from './prepare-all.ts'
import { tasksOf } from './selection.ts'
import { checkSerial } from './serial.ts'
import { startAt } from './start-at.ts'
import { type HostTasks, tasksWith } from './task-list.ts'
import type { RunOptions } from './world.ts'

/** Task lists and prepared tasks that were made before the run, by play and host. */
export interface Preflight {
  readonly prepared: Prepared
  /** The plays that run: all, or those from the task on at which the run starts. Known once facts have been read. */
  plays(): readonly Play[]
  /**
   * Makes and prepares the lists that need facts, asking the hosts for them, which changes nothing.
   * @throws TsplayError where one of them is wrong
   */
  readFacts(): Promise<void>
  /** A host's list of a play, made again where its facts have changed meanwhile. */
  tasks(play: Play, host: Host): Promise<HostTasks>
}

/**
 * Makes every list that needs no facts, and prepares every task in it, so that a mistyped parameter, a missing source or
 * an undefined variable of the last play is told before the first play has changed anything.
 * @throws TsplayError
 */
export async function preflight(options: RunOptions, hosts: Hosts): Promise<Preflight> {
  const prepared: Prepared = new Map()
  const early = earlyWorks()
  const lists = new Map<Play, Map<string, HostTasks>>()
  const missing = new Map<Host, Play[]>()
  const makers = playsThatMayMakeSources(options)
  const { tags = [], skipTags = [], roles = [] } = options.selection
  const start =
    options.startAtTask === undefined
      ? undefined
      : startAt(options.playbook.plays, options.startAtTask, tags.length + skipTags.length + roles.length > 0)

  /** What the lists of each play have read so far: other hosts will read it too. */
  const wanted = new Map<Play, Set<FactKey>>(options.playbook.plays.map((play) => [play, new Set()]))

  // what is read behind a register comes from the host as well, so that a list never reads of nobody
  const readOf =
    (host: Host): ReadFact =>
    (key) =>
      readFact(hosts.of(host), key)

  const isLost = (host: Host): boolean => hosts.of(host).state !== 'ready'

  const check = checkLists(options)
  const prepareList = (play: Play, host: Host, list: HostTasks): Promise<void> =>
    prepareAll({ options, hosts, prepared, early, lenient: makers.has(play) }, play, host, list)

  const keep = (play: Play, host: Host, list: HostTasks): void => {
    check(list)
    options.watch?.list?.(
      playKey(options.playbook.plays, play),
      host.name,
      [...tasksOf(list.nodes)].map(({ key }) => key),
    )
    lists.set(play, (lists.get(play) ?? new Map()).set(host.name, list))
    // what is passed over needs no sources: which that is, is known when all lists are
    if (!start) beginAll({ hosts, early }, host, list)
  }

  /** Prepares what runs, as soon as it is known where the run starts. Plays in `pending` may have lists yet to come. */
  const findStart = async (pending: readonly Play[]): Promise<void> => {
    if (!start) return
    if (start.find(lists, (play) => pending.includes(play)) === 'nowhere') {
      const error = start.unknown(lists)
      const lost = options.playbook.plays.some((play) => playHosts(options, play).some(isLost))
      if (!lost) throw error
      options.emit({ type: 'notice', message: `${error.message} on the hosts that could be asked` })
    }
    for (const play of start.plays) {
      for (const host of playHosts(options, play)) {
        const list = lists.get(play)?.get(host.name)
        if (!list) continue
        await prepareList(play, host, start.rest(play, list))
      }
    }
  }

  const listsWithoutFacts = async (play: Play): Promise<void> => {
    const known: [Host, HostTasks][] = []
    const named = playHosts(options, play)
    checkSerial(options, play, named)
    for (const host of named) {
      const list = tasksWith(options, play, host, readOf(host))
      if (list instanceof FactsNeeded) {
        for (const key of list.keys) wanted.get(play)!.add(key)
        missing.set(host, [...(missing.get(host) ?? []), play])
      } else {
        keep(play, host, list)
        known.push([host, list])
      }
    }
    if (!start) for (const [host, list] of known) await prepareList(play, host, list)
  }

  try {
    for (const play of options.playbook.plays) await listsWithoutFacts(play)
    await findStart([...missing.values()].flat())
  } catch (error) {
    early.stop()
    throw error
  }

  const fresh = async (play: Play, { name }: Host): Promise<HostTasks> => {
    // as the play's own site has it
    const host = playHosts(options, play).find((each) => each.name === name)!
    const context = hosts.of(host)
    for (;;) {
      const list = tasksWith(options, play, host, readOf(host))
      if (!(list instanceof FactsNeeded)) return list
      if (knowsFacts(context, list.keys)) throw new Error(`${list.message}, although they were asked`)
      for (const key of list.keys) wanted.get(play)!.add(key)
      await learnFacts(context, wanted.get(play)!)
    }
  }

  return {
    prepared,
    plays: () => (start ?? options.playbook).plays,
    async readFacts() {
      const limit = pLimit(options.forks)
      await Promise.all(
        [...missing].map(([host, plays]) =>
          limit(() => {
            const context = hosts.of(host)
            context.play = plays[0]!.spec.name
            return guarded(context, async () => {
              await learnFacts(
                context,
                plays.flatMap((play) => [...wanted.get(play)!]),
              )
              for (const play of plays) {
                const list = await fresh(play, host)
                keep(play, host, list)
                if (!start) await prepareList(play, host, list)
              }
            })
          }),
        ),
      ).finally(early.stop)
      refuseNothing(
        options,
        [...lists.values()].flatMap((byHost) => [...byHost.values()]),
        hosts,
      )
      if (missing.size > 0) await findStart([])
    },
    async tasks(play, host) {
      const known = lists.get(play)?.get(host.name)
      const list = known && knowsFacts(hosts.of(host), known.facts) ? known : await fresh(play, host)
      return start ? start.rest(play, list) : list
    },
  }
}

/** A selection that leaves no task at all is a mistake that would look like success. */
function refuseNothing(options: RunOptions, lists: readonly HostTasks[], hosts: Hosts): void {
  const { selection, playbook } = options
  const { tags = [], skipTags = [], roles = [] } = selection
  if (tags.length + skipTags.length + roles.length === 0 || lists.some(({ nodes }) => nodes.length > 0)) return
  const named = playbook.plays.flatMap((play) => playHosts({ ...options, placeOf: () => undefined }, play))
  if (named.some((host) => hosts.of(host).state !== 'ready')) return
  const asked = [
    ...(roles.length > 0 ? [`role ${roles.join(', ')}`] : []),
    ...(tags.length > 0 ? [`--tags ${tags.join(',')}`] : []),
    ...(skipTags.length > 0 ? [`--skip-tags ${skipTags.join(',')}`] : []),
  ]
  throw new TsplayError(`nothing to run: ${asked.join(' and ')} leaves no task for these hosts`, {
    hint: 'tsplay list tags and tsplay list roles show what there is',
  })
}
