// What people call a host.

/** The names by which each host is to be known: its own, and that up to the first dot, as people type it. */
export const hostNames = (name: string): readonly string[] => [...new Set([name, name.split('.', 1)[0]!])]
