// Wildcards for whole paths, as archives and trees are picked with: a `*` takes slashes too. Knows no files.

/** Whether a path, or a folder that it is in, matches one of the patterns (`*`, `?`, `[…]`). */
export function wildcardPicks(patterns: readonly string[]): (path: string) => boolean {
  const all = patterns.map((pattern) => expression(pattern.replace(/^(\.\/)+|\/+$/g, '')))
  return (path) => all.some((each) => each.test(path))
}

function expression(pattern: string): RegExp {
  const source = pattern.replace(
    /\[(!?)(\]?[^\]]*)\]|\\(.)|[\s\S]/g,
    (char, not?: string, set?: string, escaped?: string) => {
      if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`
      if (escaped !== undefined) return literal(escaped)
      return char === '*' ? '[\\s\\S]*' : char === '?' ? '[\\s\\S]' : literal(char)
    },
  )
  return new RegExp(`^(?:${source})(?:/|$)`, 'u')
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
