// The name of what an address leads to. Asks nobody.
import path from 'node:path'

/** The last part of the path of an address (an absolute one); undefined where that is no name of a file. */
export function nameInUrl(url: string): string | undefined {
  const last = path.posix.basename(new URL(url).pathname)
  try {
    const name = decodeURIComponent(last)
    return /^\.{0,2}$|[/\0]/.test(name) ? undefined : name
  } catch {
    return last
  }
}
