// sysctl: live kernel parameters, read from /proc/sys. One grep for all.
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

/** The file of a key. Slashes in a key stand for dots in a name (`net/ipv4/conf/eth0.100/forwarding`), as in sysctl(8). */
export function sysctlPath(key: string): string {
  const separators = /[./]/.exec(key)?.[0] === '/' ? key : key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'))
  return `/proc/sys/${separators}`
}

/** One spelling for each key, dotted wherever no part of it holds a dot itself. */
export function sysctlName(key: string): string {
  const path = sysctlPath(key).slice('/proc/sys/'.length)
  return path.includes('.') ? path : path.replaceAll('/', '.')
}

/** Tabs and runs of blanks become one blank, as the kernel prints multi-valued keys with tabs. */
export const normaliseSysctl = (value: string): string => value.trim().replace(/\s+/g, ' ')

export const sysctlKind: QuestionKind<string, string | null> = {
  name: 'sysctl',
  // grep prints nothing for what is absent or write-only; /dev/null makes it name the file even when there is only one.
  script: (keys) => sh`grep -s '' /dev/null ${keys.map(sysctlPath)}; :`,
  parse(output, keys) {
    const values = new Map<string, string>()
    for (const line of decode(output).split('\n')) {
      const colon = line.indexOf(':')
      const path = line.slice(0, colon)
      if (colon > 0)
        values.set(path, values.has(path) ? `${values.get(path)} ${line.slice(colon + 1)}` : line.slice(colon + 1))
    }
    return keys.map((key) => {
      const value = values.get(sysctlPath(key))
      return value === undefined ? null : normaliseSysctl(value)
    })
  },
  reads: (key) => [`sysctl:${sysctlName(key)}`],
}

export const sysctlQuestion = (key: string) => question(sysctlKind, sysctlName(key), sysctlName(key))
