// The name of what an address leads to. Asks nobody.

/** The last part of the path of an address (an absolute one); undefined where that is no name of a file. */
export function nameInUrl(url: string): string | undefined {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    const name = decodeURIComponent(last)
    return /^\.{0,2}$|[/\0]/.test(name) ? undefined : name
  } catch {
    return last
  }
}
