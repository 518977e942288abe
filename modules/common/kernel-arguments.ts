// Arguments of the kernel as a list: with these, without those. Knows nothing of where they stand.

export interface KernelArguments {
  readonly present: readonly string[]
  /** A key alone stands for the argument with any value. */
  readonly absent: readonly string[]
}

/** The list with the one and without the other. An argument that is there stays where it is; one of its key with another value is replaced. */
export function editArguments(list: readonly string[], { present, absent }: KernelArguments): readonly string[] {
  const keys = new Set(present.map(keyOf))
  const kept = list.filter(
    (each, index) =>
      !absent.some((gone) => each === gone || (!gone.includes('=') && keyOf(each) === gone)) &&
      (!keys.has(keyOf(each)) || (present.includes(each) && list.indexOf(each) === index)),
  )
  return [...kept, ...present.filter((each, index) => !kept.includes(each) && present.indexOf(each) === index)]
}

/** A command line of the kernel as a list. */
export const wordsOf = (text: string): string[] =>
  text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')

const keyOf = (argument: string): string => argument.split('=', 1)[0]!
