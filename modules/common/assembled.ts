// One content from fragments, as Ansible's assemble puts them together. Knows neither files nor hosts.

/** A fragment of a folder. */
export interface Fragment {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Which fragments are taken, and what comes between them. */
export interface Assembly {
  readonly delimiter?: string
  readonly ignoreHidden?: boolean
  readonly regexp?: RegExp
}

/** The names that are taken, in the order in which they follow each other. */
export const chosen = (names: readonly string[], { ignoreHidden, regexp }: Assembly): string[] =>
  names.filter((name) => !(ignoreHidden && name.startsWith('.')) && (regexp?.test(name) ?? true)).sort(byCodePoint)

/** A fragment begins on a line of its own, and so does a delimiter. */
export function assembled(fragments: readonly Fragment[], { delimiter = '' }: Assembly): Uint8Array {
  const between = delimiter === '' || delimiter.endsWith('\n') ? delimiter : `${delimiter}\n`
  const pieces = fragments.flatMap(({ bytes }, index): Uint8Array[] => {
    const last = index === fragments.length - 1
    const newline = !last && bytes.at(-1) !== 10 ? '\n' : ''
    return [bytes, new TextEncoder().encode(last ? '' : newline + between)]
  })
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const piece of pieces) {
    whole.set(piece, offset)
    offset += piece.length
  }
  return whole
}

/** The same order on every system. */
const byCodePoint = (a: string, b: string): number => Buffer.from(a).compare(Buffer.from(b))
