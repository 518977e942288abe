// Python packages as users name them: `flask[async] >= 2, < 3`. Knows nothing of what is installed.
import { namesOf } from './names.ts'
import { isSpecifiers } from './python-version.ts'

/** A package, and what is asked of its version. */
export interface Requirement {
  /** In the one spelling that all of its names have: lower case, dashes. */
  readonly name: string
  readonly specifiers: string
  /** What pip is given. */
  readonly text: string
}

const pattern = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[\s*([A-Za-z0-9._,\s-]*)\])?\s*(.*)$/

export function isRequirement(text: string): boolean {
  const [, name, , specifiers = ''] = pattern.exec(text) ?? []
  return name !== undefined && (specifiers === '' || isSpecifiers(specifiers))
}

export const requirementsOf = ({
  name = [],
  version,
}: {
  name?: string | readonly string[]
  version?: string
}): Requirement[] =>
  namesOf(name).map((text) => {
    const [, plain = text, extras, given = ''] = pattern.exec(text) ?? []
    const specifiers = version === undefined ? given.trim() : `==${version}`
    return {
      name: canonical(plain),
      specifiers,
      text: `${plain}${extras === undefined ? '' : `[${extras.replace(/\s/g, '')}]`}${specifiers.replace(/\s/g, '')}`,
    }
  })

/** `Foo.Bar_baz` and `foo-bar-baz` are one package. */
export const canonical = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-')
