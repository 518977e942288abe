// timezone-locale: the time zone of a host, and the language in which it writes dates and messages.
import { role, task } from 'tsplay'
import { apt, command, dnf, fail, locale } from 'tsplay/modules'
import { timezone } from '../timezone/index.ts'

export interface TimezoneLocaleParams {
  /** What the host runs: facts.os, or the same by hand. */
  system: { readonly family: string; readonly majorVersion: string }
  /** A name of the tz database. Default: the zone as it is. */
  timezone?: string
  /** What the clock of the board runs by, where there is a `timezone`. Default: as it is. */
  hardwareClock?: 'UTC' | 'local'
  /** Locales of new sessions by category: `{ LC_TIME: 'en_DK.UTF-8' }`; `null` takes one away. Default: as they are. */
  locale?: Readonly<Record<string, string | null>>
}

/** Both are as said, with what they need installed; daemons that write dates learn of the zone. */
export const timezoneLocale = role<TimezoneLocaleParams>({
  name: 'timezone-locale',
  tasks({ system, timezone: name, hardwareClock, locale: wished = {} }) {
    const names = [...new Set(Object.values(wished).filter((each) => each !== null && !builtIn.has(each)))] as string[]
    const packages = [...(name === undefined ? [] : ['tzdata']), ...packagesFor(system, names)]
    return [
      packages.length > 0 &&
        task('zones and locales', system.family === 'debian' ? apt({ name: packages }) : dnf({ name: packages })),
      name !== undefined && timezone({ name, ...(hardwareClock && { hardwareClock }) }),
      names.length > 0 && (packages.some(isLanguage) ? brought(names) : task('locales', locale({ name: names }))),
      Object.keys(wished).length > 0 && task('locale of sessions', locale({ default: { ...wished } })),
    ]
  },
})

const builtIn = new Set(['C', 'POSIX', 'C.UTF-8', 'C.utf8'])

/** Debian makes locales on the host; RHEL has them in a package for each language, and all of them in one before 8. */
function packagesFor({ family, majorVersion }: TimezoneLocaleParams['system'], names: readonly string[]): string[] {
  if (names.length === 0) return []
  if (family === 'debian') return ['locales']
  if (Number(majorVersion) < 8) return []
  return [...new Set(names.map((name) => `${language}${name.split('_', 1)[0]}`))]
}

const language = 'glibc-langpack-'

const isLanguage = (name: string): boolean => name.startsWith(language)

/** A package of a language brings all of its locales: none is made on the host, and a check need not guess which there will be. */
const brought = (names: readonly string[]) =>
  task('locales', command({ cmd: ['locale', '-a'] }), { changedWhen: false }).register(({ stdout }) => {
    const there = new Set(stdout.split('\n').map(plain))
    return names
      .filter((name) => !there.has(plain(name)))
      .map((name) => task(`locale ${name}`, fail({ message: `no package of the host has the locale ${name}` })))
  })

/** `en_DK.UTF-8` is listed as `en_DK.utf8`. */
const plain = (name: string): string => name.trim().toLowerCase().replaceAll('-', '')
