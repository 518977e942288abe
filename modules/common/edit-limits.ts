// pamLimits' edit as a pure function of limits.conf's text.

export const limitTypes = ['soft', 'hard', '-'] as const

/** What limits.conf(5) can limit. */
export const limitItems = [
  'core',
  'data',
  'fsize',
  'memlock',
  'nofile',
  'rss',
  'stack',
  'cpu',
  'nproc',
  'as',
  'maxlogins',
  'maxsyslogins',
  'priority',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'nonewprivs',
  'chroot',
] as const

/** What the line is to say. */
export interface LimitEdit {
  readonly domain: string
  readonly type: string
  readonly item: string
  readonly value?: number | string
  readonly useMax?: boolean
  readonly useMin?: boolean
  readonly comment?: string
  readonly state?: 'present' | 'absent'
}

/** The text with the limit, or without it. The line that is there is changed where it stands; of several, the last counts. */
export function editLimit(text: string, edit: LimitEdit): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const own = lines.flatMap((line, index) => (isOf(line, edit) ? [index] : []))
  if (edit.state === 'absent')
    return own.length === 0 ? text : textOf(lines.filter((_line, index) => !own.includes(index)))
  const last = own.at(-1)
  if (last === undefined) return textOf([...lines, lineOf(edit)])
  const [present = '', comment] = partsOf(lines[last]!)
  const value = chosen(present, edit)
  const wantsComment = edit.comment !== undefined && edit.comment !== (comment ?? '')
  if (sameValue(value, present) && !wantsComment) return text
  const { comment: wanted = comment } = edit
  const line = lineOf({ ...edit, value, ...(wanted && { comment: wanted }) })
  return textOf(lines.map((each, index) => (index === last ? line : each)))
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

const lineOf = ({ domain, type, item, value, comment }: LimitEdit): string =>
  `${domain}\t${type}\t${item}\t${value}${comment ? `\t# ${comment}` : ''}`

const wordsOf = (line: string): string[] => line.replace(/#.*/, '').trim().split(/\s+/)

function isOf(line: string, { domain, type, item }: LimitEdit): boolean {
  const words = wordsOf(line)
  return words.length >= 4 && words[0] === domain && words[1] === type && words[2] === item
}

const partsOf = (line: string): [value: string | undefined, comment: string | undefined] => [
  wordsOf(line)[3],
  /#\s*(.*?)\s*$/.exec(line)?.[1],
]

const endless = (value: string): boolean => /^(unlimited|infinity|-1)$/.test(value)

/** -1, unlimited and infinity are the same, but for what may be below nothing. */
const sameValue = (a: string, b: string): boolean => a === b || (endless(a) && endless(b))

/** The value there is, or the wished one, whichever is to win. */
function chosen(present: string, { value, useMax, useMin, item }: LimitEdit): string {
  const wished = String(value)
  if (!useMax && !useMin) return wished
  const size = (text: string) =>
    endless(text) && !/^(nice|priority)$/.test(item) ? Number.POSITIVE_INFINITY : Number(text)
  const keeps = useMax ? size(present) > size(wished) : size(present) < size(wished)
  return keeps ? present : wished
}
