// locale: languages and formats that the host has, and those it speaks by default. Installs no packages.
import { z } from 'zod'
import type { Content } from '../engine/content.ts'
import { type Change, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, map, script, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import { configFile, writeConfigFile } from './common/config-file.ts'
import { generatedLines, sameLocale, setVariables, variablesIn } from './common/locale-files.ts'
import { nameOrNames, nameParam, namesOf } from './common/names.ts'

/** Parameters of `locale`. At least one of `name` and `default`. */
export interface LocaleParams {
  /** Locales that programs can use, such as `de_DE.UTF-8`. What is generated for them comes from /etc/locale.gen where the host has that. */
  name?: string | string[]
  /** Whether the host has them. Default `present`. */
  state?: 'present' | 'absent'
  /**
   * What programs use that are told nothing else: a locale for everything (`LANG`), or one by variable
   * (`{ LANG: 'en_US.UTF-8', LC_TIME: 'en_DK.UTF-8' }`); null removes a variable. New sessions have it.
   */
  default?: string | Record<string, string | null>
}

/** Locales of the host. */
export interface LocaleState {
  /** By name: whether it can be used. */
  readonly locales: Readonly<Record<string, boolean>>
  /** /etc/locale.gen, from which they are made again with each upgrade of the C library. */
  readonly list: Content | null
  /** By variable. */
  readonly defaults: Readonly<Record<string, string | null>>
}

type Found = LocaleState & { readonly debian: boolean; readonly defaultsFile: Content | null; readonly tool: string }

const listFile = '/etc/locale.gen'

const localeName = /^[a-z]{2,3}(_[A-Z]{2,3})?(\.[A-Za-z0-9-]+)?(@[a-z]+)?$/
const anyLocale = /^([a-z]{2,3}(_[A-Z]{2,3})?(\.[A-Za-z0-9-]+)?(@[a-z]+)?|C|POSIX|C\.UTF-8)$/
const defaultParam = nameParam(anyLocale, "a locale such as 'en_US.UTF-8' or 'C.UTF-8'")

/**
 * Locales can be used on the host, or cannot, and one of them is the default.
 *
 * @example dates as ISO 8601 has them, all else in English
 * ```ts
 * task('locale', locale({
 *   name: ['en_US.UTF-8', 'en_DK.UTF-8'],
 *   default: { LANG: 'en_US.UTF-8', LC_TIME: 'en_DK.UTF-8' },
 * }))
 * ```
 *
 * @example nothing but plain UTF-8
 * ```ts
 * task('locale', locale({ default: 'C.UTF-8' }))
 * ```
 */
export const locale = defineModule<LocaleParams, Found>({
  name: 'locale',
  params: z
    .strictObject({
      name: nameOrNames(localeName, "the name of a locale, such as 'en_US.UTF-8'").optional(),
      state: z.enum(['present', 'absent']).optional(),
      default: z
        .union(
          [
            defaultParam,
            z.record(
              z.string().regex(/^(LANG|LANGUAGE|LC_[A-Z]+)$/, { error: 'is LANG, LANGUAGE or LC_…' }),
              defaultParam.nullable(),
            ),
          ],
          { error: "is a locale such as 'en_US.UTF-8', or an object { LANG: …, LC_TIME: … } of them" },
        )
        .optional(),
    })
    .refine((params) => params.name !== undefined || params.default !== undefined, {
      error: 'give name, default or both',
    })
    .refine(({ name, state }) => state === undefined || name !== undefined, {
      error: 'is about name',
      path: ['state'],
    }),
  subject: (params) => namesOf(params.name ?? []).join(', ') || 'default',
  probe: (params) =>
    map(
      all({
        installed: params.name === undefined ? always({ stdout: '' }) : installed,
        list: params.name === undefined ? always(null) : configFile(listFile),
        debian: target('/etc/debian_version'),
        ofDebian: params.default === undefined ? always(null) : configFile(debianDefaults),
        ofOthers: params.default === undefined ? always(null) : configFile(otherDefaults),
      }),
      (found) => {
        const defaultsFile = found.debian ? found.ofDebian : found.ofOthers
        const [tool = '', ...has] = found.installed.stdout.trim().split('\n')
        return {
          tool,
          list: found.list,
          debian: found.debian !== null,
          defaultsFile,
          locales: Object.fromEntries(
            namesOf(params.name ?? []).map((name) => [name, has.some((each) => sameLocale(each, name))]),
          ),
          defaults: variablesIn(defaultsFile),
        }
      },
    ),
  desired(params, actual) {
    const present = params.state !== 'absent'
    const names = namesOf(params.name ?? [])
    if (names.some((name) => actual.locales[name] !== present) && actual.tool === 'none')
      throw new TaskFailure(
        'the host has neither locale-gen nor localedef',
        "install the package 'locales' (Debian) or 'glibc-locale-source' (Red Hat)",
      )
    const list = actual.list && names.length > 0 ? generatedLines(actual.list, names, present) : undefined
    return {
      locales: Object.fromEntries(names.map((name) => [name, present])),
      ...(list && { list }),
      defaults: wishedDefaults(params),
    }
  },
  apply(params, change) {
    const { from, to } = change
    const differing = Object.entries(to?.locales ?? {}).filter(([name, present]) => from.locales[name] !== present)
    return sh.join([
      to?.list && change.has('list') && writeConfigFile(listFile, to.list),
      (differing.length > 0 || change.has('list')) &&
        generate(
          from,
          differing.map(([name, present]) => ({ name, present: present === true })),
        ),
      change.has('defaults') && writeConfigFile(fileOf(from), setVariables(from.defaultsFile, wishedDefaults(params))),
    ])
  },
  touches: () => [listFile, debianDefaults, otherDefaults, '/usr/lib/locale'].map(fileResource),
  predict: (params, change) => [
    ...(change.to?.list ? [will.be(listFile, { type: 'file', content: change.to.list })] : []),
    ...(change.has('defaults')
      ? [
          will.be(fileOf(change.from), {
            type: 'file',
            follows: true,
            content: setVariables(change.from.defaultsFile, wishedDefaults(params)),
          }),
        ]
      : []),
    ...(params.name === undefined ? [] : [predictInstalled(change)]),
  ],
})

const debianDefaults = '/etc/default/locale'
const otherDefaults = '/etc/locale.conf'

const fileOf = ({ debian }: Found): string => (debian ? debianDefaults : otherDefaults)

const wishedDefaults = ({ default: wish = {} }: LocaleParams): Readonly<Record<string, string | null>> =>
  typeof wish === 'string' ? { LANG: wish } : wish

const installed = script(
  sh`if command -v locale-gen >/dev/null 2>&1; then echo locale-gen; elif command -v localedef >/dev/null 2>&1; then echo localedef; else echo none; fi
locale -a 2>/dev/null || :`,
  { reads: [fileResource('/usr/lib/locale')] },
)

/** Other tasks may ask of other locales: the answer is the one of before, with these lines more or fewer. */
function predictInstalled({ to }: Change<Found>) {
  const wished = Object.entries(to?.locales ?? {})
  const id = installed.questions[0]!.id
  return {
    answer: (question: { id: string }, before: unknown) => {
      if (question.id !== id) return before
      const answer = before as { code: number; stdout: string }
      const [tool = '', ...has] = answer.stdout.trim().split('\n')
      const kept = has.filter((each) => !wished.some(([name]) => sameLocale(each, name)))
      const added = wished.flatMap(([name, present]) => (present ? [name] : []))
      return { ...answer, stdout: [tool, ...kept, ...added].map((line) => `${line}\n`).join('') }
    },
  }
}

/** Debian's program makes all that the list names, and nothing else. Without a list each is made or removed by itself. */
function generate({ list, tool }: Found, locales: readonly { name: string; present: boolean }[]): Script {
  const one = ({ name, present }: { name: string; present: boolean }): Script => {
    const [, base = name, charset = 'UTF-8', variant = ''] = /^([^.@]+)(?:\.([^@]+))?(@.+)?$/.exec(name) ?? []
    return present
      ? sh`localedef -i ${`${base}${variant}`} -f ${charset} ${name} >&2 || exit 1`
      : sh`localedef --delete-from-archive ${`${base}.${charset.toLowerCase().replaceAll('-', '')}${variant}`} >&2 || exit 1`
  }
  return list !== null && tool === 'locale-gen' ? sh`locale-gen >&2 || exit 1` : sh.join(locales.map(one))
}
