// Versions of Python packages, as PEP 440 orders them, and what asks for them: `>=1.2, !=1.3.*`.

/** Whether a version is one that the specifiers (`==2.31`, `>=1,<2`; none: any) ask for. */
export function fitsSpecifiers(version: string, specifiers: string): boolean {
  return specifiers
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .every((each) => fits(version, each))
}

/** The exact version that the specifiers ask for, if they do. */
export const exactVersion = (specifiers: string): string | undefined =>
  /^={2,3}\s*([^\s,*]+)$/.exec(specifiers.trim())?.[1]

/** Whether a text is a list of specifiers. */
export const isSpecifiers = (text: string): boolean =>
  text.split(',').every((each) => /^\s*(===|==|!=|<=|>=|~=|<|>)\s*v?[0-9][A-Za-z0-9.!+*_-]*\s*$/.test(each))

/** Below 0 where `a` comes first. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [keyOf(a), keyOf(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = compareParts(left[index] ?? [], right[index] ?? [])
    if (difference !== 0) return difference
  }
  return 0
}

function fits(version: string, specifier: string): boolean {
  const [, operator = '', wanted = ''] = /^(===|==|!=|<=|>=|~=|<|>)\s*(.*)$/.exec(specifier) ?? []
  if (operator === '===') return version.replace(/^v/, '') === wanted
  if (operator === '==' || operator === '!=') return isSame(version, wanted) === (operator === '==')
  if (operator === '~=')
    return compareVersions(publicOf(version), wanted) >= 0 && isSame(version, `${wanted.replace(/\.[^.]*$/, '')}.*`)
  const order = compareVersions(publicOf(version), wanted)
  if (operator === '<=') return order <= 0
  if (operator === '>=') return order >= 0
  // 1.7.post1 is not newer than 1.7, and 1.7rc1 not older, as far as a bound is concerned
  const sameRelease = isSame(release(version), release(wanted))
  if (operator === '<') return order < 0 && (!sameRelease || isBefore(wanted))
  return order > 0 && (!sameRelease || /post/.test(normal(wanted)))
}

function isSame(version: string, wanted: string): boolean {
  if (wanted.endsWith('.*')) {
    const prefix = partsOf(normal(wanted.slice(0, -2)))
    const parts = partsOf(normal(version))
    return parts.epoch === prefix.epoch && prefix.release.every((each, index) => (parts.release[index] ?? 0) === each)
  }
  return compareVersions(wanted.includes('+') ? version : publicOf(version), wanted) === 0
}

/** Epoch, release, and then what makes `dev < a < b < rc < (nothing) < post`; local versions last. */
function keyOf(version: string): (readonly number[])[] {
  const { epoch, release, pre, post, dev, local } = partsOf(normal(version))
  const trimmed = [...release]
  while (trimmed.length > 1 && trimmed.at(-1) === 0) trimmed.pop()
  const before = pre ?? (post === undefined && dev !== undefined ? [-1, 0] : [9, 0])
  return [[epoch], trimmed, before, [post ?? -1], [dev ?? Number.MAX_SAFE_INTEGER], local]
}

const compareParts = (a: readonly number[], b: readonly number[]): number => {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1)
    if (difference !== 0 && !((a[index] ?? 0) === 0 && (b[index] ?? 0) === 0)) return difference
  }
  return 0
}

interface Parts {
  readonly epoch: number
  readonly release: readonly number[]
  readonly pre: readonly [kind: number, number: number] | undefined
  readonly post: number | undefined
  readonly dev: number | undefined
  readonly local: number[]
}

function partsOf(version: string): Parts {
  const pattern = /^(?:(\d+)!)?(\d+(?:\.\d+)*)(?:(a|b|rc)(\d*))?(?:\.post(\d*))?(?:\.dev(\d*))?(?:\+(.*))?$/
  const [, epoch, release = '0', kind, number, post, dev, local] = pattern.exec(version) ?? []
  return {
    epoch: Number(epoch ?? 0),
    release: release.split('.').map(Number),
    pre: kind === undefined ? undefined : [['a', 'b', 'rc'].indexOf(kind), Number(number)],
    post: post === undefined ? undefined : Number(post),
    dev: dev === undefined ? undefined : Number(dev),
    local: [...(local ?? '')].map((char) => char.charCodeAt(0)),
  }
}

/** One spelling: lower case, `rc` for `c` and `pre`, dots before `post` and `dev`. */
const normal = (version: string): string =>
  version
    .trim()
    .toLowerCase()
    .replace(/^v/, '')
    .replace(
      /[._-]?(alpha|beta|preview|pre|rc|[abc])[._-]?(\d*)/,
      (_all, kind: string, number: string) => `${kinds[kind] ?? kind}${number}`,
    )
    .replace(/[._-]?(?:post|rev|(?<=\d)r(?=\d))[._-]?(\d*)/, '.post$1')
    .replace(/-(\d+)$/, '.post$1')
    .replace(/[._-]?dev[._-]?(\d*)/, '.dev$1')

const kinds: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' }

const publicOf = (version: string): string => version.replace(/\+.*/, '')
const release = (version: string): string => partsOf(normal(version)).release.join('.')
const isBefore = (version: string): boolean => /(a|b|rc|dev)\d*$/.test(publicOf(normal(version)))
