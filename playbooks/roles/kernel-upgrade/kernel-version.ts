// Versions of kernels as `uname -r` prints them, and whether one is what is wanted. Pure; knows no host and no package.

/** What is wanted of the running kernel. Both have to hold where both are given. */
export interface WantedKernel {
  /** The oldest that will do: `5.4`, `6.1.0-18`. Parts that it does not name do not matter. */
  readonly minimum?: string | undefined
  /** This one and no other, as `uname -r` prints it; with a star at its end any that begins so: `5.4.278-*`. */
  readonly release?: string | undefined
}

/** Whether a kernel, by its release, is what is wanted. Where nothing is wanted, any is. */
export const isWanted = (release: string, { minimum, release: exact }: WantedKernel): boolean =>
  (exact === undefined || fits(release, exact)) && (minimum === undefined || compareKernels(release, minimum) >= 0)

const fits = (release: string, exact: string): boolean =>
  exact.endsWith('*') ? release.startsWith(exact.slice(0, -1)) : release === exact

/**
 * Whether a kernel, by its release, is none that a distribution comes with: elrepo's (`4.19.12-1.el7.elrepo.x86_64`), or one
 * from backports (`6.12.9+bpo-amd64`).
 */
export const isBrought = (release: string): boolean => /\.elrepo\.|[+~.]bpo\b|-0\.(?:deb|bpo)[.\d]/.test(release)

/**
 * Negative where `a` is older than `b`, positive where it is newer, 0 where the numbers that both have are the same.
 *
 * Numbers are compared as numbers, from the left, up to the first part that is a word: `6.1.0-18-amd64` is 6, 1, 0, 18, and
 * `3.10.0-1160.el7.x86_64` is 3, 10, 0, 1160. What only one of them has is taken for 0 before the dash (`5.4` is `5.4.0`), and
 * says nothing behind it (`6.1` is as old as each `6.1.0-18`). A release candidate is older than the release.
 */
export function compareKernels(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)]
  return (
    compareNumbers(padded(one.version, other.version), padded(other.version, one.version)) ||
    one.isFinal - other.isFinal ||
    compareNumbers(one.build, other.build)
  )
}

/** Of several releases the newest that is wanted; undefined where there is none. */
export const newestWanted = (releases: readonly string[], wanted: WantedKernel): string | undefined =>
  newestFirst(releases).find((release) => isWanted(release, wanted))

/** Releases by age; of one age the plain kernel before variants of it (`+debug`, `-rt-`, `-cloud-`), whose names say more. */
export const newestFirst = (releases: readonly string[]): string[] =>
  [...releases].sort((a, b) => compareKernels(b, a) || a.length - b.length || (a < b ? 1 : -1))

interface Parts {
  readonly version: readonly number[]
  /** What a distribution counts: the numbers behind the dash, up to a word. */
  readonly build: readonly number[]
  /** 0: a release candidate. */
  readonly isFinal: number
}

function partsOf(release: string): Parts {
  const [, version = '', rest = ''] = /^(\d+(?:\.\d+)*)(.*)$/.exec(release) ?? []
  const [, build = ''] = /^[-+](\d+(?:\.\d+)*)(?![A-Za-z\d])/.exec(rest) ?? []
  return { version: numbers(version), build: numbers(build), isFinal: /^[-~]?rc\d/.test(rest) ? 0 : 1 }
}

const numbers = (text: string): number[] => text.split('.').filter(Boolean).map(Number)

const padded = (numbers: readonly number[], { length }: readonly number[]): number[] =>
  Array.from({ length: Math.max(numbers.length, length) }, (_, index) => numbers[index] ?? 0)

/** As far as both go. */
function compareNumbers(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.min(one.length, other.length); index++)
    if (one[index] !== other[index]) return one[index]! - other[index]!
  return 0
}
