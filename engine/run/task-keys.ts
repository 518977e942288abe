// What tells the tasks of a list apart, the same in every run. Pure.

/** Keys of a list. */
export interface Keys {
  /** The task of the play's own list that this list follows from. */
  readonly anchor?: string
  next(roles: readonly string[], name: string): string
}

/** Keys of a play's list, or of one that follows from `parent`. Of two tasks with one name in one role the second is `… #2`. */
export function keysOf(parent?: { readonly key: string; readonly anchor?: string }): Keys {
  const counts = new Map<string, number>()
  return {
    ...(parent?.anchor !== undefined && { anchor: parent.anchor }),
    next(roles, name) {
      const text = [...roles, name].join(' : ')
      const count = (counts.get(text) ?? 0) + 1
      counts.set(text, count)
      return `${parent ? `${parent.key} > ` : ''}${text}${count > 1 ? ` #${count}` : ''}`
    },
  }
}
