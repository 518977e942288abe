// Who may work: at most so many hosts at the same time. Knows nothing of what they do.

/** A host's claim to work. */
export interface Seat {
  /** Does a stretch of work on a seat; inside of another stretch, on the same. */
  work<T>(stretch: () => Promise<T>): Promise<T>
  /** Gives the seat away while waiting for other hosts, or for time to pass. */
  away<T>(wait: () => Promise<T>): Promise<T>
}

/** A room with so many seats; who came first is seated first. */
export function seats(count: number): { seat(): Seat } {
  let free = count
  const queue: (() => void)[] = []
  const take = async (): Promise<void> => {
    if (free > 0) free--
    else await new Promise<void>((seated) => queue.push(seated))
  }
  const give = (): void => {
    const next = queue.shift()
    if (next) next()
    else free++
  }
  return {
    seat() {
      let seated = false
      const change = async (to: boolean): Promise<void> => {
        if (to) await take()
        else give()
        seated = to
      }
      const as = async <T>(wanted: boolean, work: () => Promise<T>): Promise<T> => {
        if (seated === wanted) return work()
        await change(wanted)
        try {
          return await work()
        } finally {
          await change(!wanted)
        }
      }
      return { work: (stretch) => as(true, stretch), away: (wait) => as(false, wait) }
    },
  }
}
