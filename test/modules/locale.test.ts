import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contentOf, contentText } from '../../engine/content.ts'
import { generatedLines, sameLocale, setVariables, variablesIn } from '../../modules/common/locale-files.ts'
import { type LocaleParams, locale } from '../../modules/locale.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { shells } from '../support/fake-commands.ts'
import { rootWith } from '../support/root-with.ts'

const list = '# This file lists locales\n# de_DE.UTF-8 UTF-8\nen_US.UTF-8 UTF-8\n#  de_AT ISO-8859-1\n'
const localeGen =
  '#!/bin/sh\nroot=${0%/bin/*}; [ ! -e "$root/broken" ] || exit 1\necho made >> "$root/log"; grep -v "^#" "$root/etc/locale.gen" | while read -r n c; do echo "$n"; done > "$root/made"\n'
const localedef = `#!/bin/sh
root=\${0%/bin/*}
if [ "$1" = --delete-from-archive ]; then grep -vx "$2" "$root/made" > "$root/less"; mv "$root/less" "$root/made"
else echo "$1 $2 $3 $4" >> "$root/log"; printf '%s\\n' "$5" | sed 's/UTF-8/utf8/' >> "$root/made"; fi
`

function host(kind: 'debian' | 'rocky' | 'bare') {
  const root = rootWith({
    ...(kind === 'debian' && {
      'etc/locale.gen': list,
      'etc/debian_version': '12',
      'etc/default/locale': '#  x\nLANG=C\n',
    }),
    'bin/locale-gen': localeGen,
    'bin/localedef': localedef,
    'bin/locale': 'cat "${0%/bin/*}/made"',
    'etc/': '',
    made: 'C\nen_US.utf8\n',
  })
  const moved = {
    'command -v locale-gen': `command -v ${kind === 'debian' ? 'sh' : 'no-such'}`,
    'command -v localedef': `command -v ${kind === 'bare' ? 'no-such' : 'sh'}`,
    'locale-gen >&2': `sh ${root}/bin/locale-gen >&2`,
    'localedef -': `sh ${root}/bin/localedef -`,
    'locale -a': `sh ${root}/bin/locale`,
    '/etc/': `${root}/etc/`,
  }
  const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8')
  const run = (params: LocaleParams, shell?: readonly string[]) =>
    passElsewhere(locale(params), moved, shell && { shell })
  return { read, run }
}

describe('the files of locales', () => {
  it('count a comment that names the locale for its place', () => {
    const text = (names: string[], present: boolean) => {
      const content = generatedLines(contentOf(list), names, present)
      return content && contentText(content)
    }
    expect(text(['de_DE.utf8'], true)).toBe(list.replace('# de_DE', 'de_DE'))
    expect(text(['en_US.UTF-8'], true)).toBeUndefined()
    expect(text(['fr_FR.UTF-8', 'fr_FR'], true)).toBe(`${list}fr_FR.UTF-8 UTF-8\nfr_FR ISO-8859-1\n`)
    expect(text(['en_US.UTF-8'], false)).toBe(list.replace('en_US', '# en_US'))
    expect(text(['de_DE.UTF-8'], false)).toBeUndefined()
  })

  it('name the same locale in two spellings', () => {
    expect(sameLocale('en_US.UTF-8', 'en_US.utf8')).toBe(true)
    expect(sameLocale('en_US.UTF-8', 'en_GB.utf8')).toBe(false)
    expect(sameLocale('de_DE@euro', 'de_DE.iso885915@euro')).toBe(false)
  })

  it('set variables where they stand, and keep other lines', () => {
    const file = contentOf('# x\nexport LANG="C"\nLC_TIME=C\nLANG=de_DE.UTF-8\nX=1\n')
    expect(variablesIn(file)).toEqual({ LANG: 'de_DE.UTF-8', LC_TIME: 'C', X: '1' })
    expect(contentText(setVariables(file, { LANG: 'C', LC_TIME: null, LC_ALL: 'C' }))).toBe(
      '# x\nexport LANG="C"\nX=1\nLC_ALL=C\n',
    )
    expect(contentText(setVariables(null, { LANG: 'C' }))).toBe('LANG=C\n')
  })
})

describe('locale, whose tools are scripts that keep files', () => {
  it.each(shells)('has the list’s locales made on a Debian, and the default set (%s)', async (...shell) => {
    const { run, read } = host('debian')
    const params: LocaleParams = {
      name: ['en_US.UTF-8', 'de_DE.UTF-8'],
      default: { LANG: 'en_US.UTF-8', LC_TIME: 'de_DE.UTF-8' },
    }
    const first = await run(params, shell)
    expect(first).toMatchObject({ output: { code: 0 }, left: [] })
    expect(first.differences).toEqual(['locales.de_DE.UTF-8', 'list', 'defaults.LANG', 'defaults.LC_TIME'])
    expect(read('etc/default/locale')).toBe('#  x\nLANG=en_US.UTF-8\nLC_TIME=de_DE.UTF-8\n')
    expect(read('etc/locale.gen')).toBe(list.replace('# de_DE', 'de_DE'))
    expect((await run(params, shell)).differences).toEqual([])
    expect(read('log')).toBe('made\n')
    expect(await run({ name: 'de_DE.UTF-8', state: 'absent' }, shell)).toMatchObject({ output: { code: 0 }, left: [] })
    expect((await run({ name: 'de_DE.UTF-8', state: 'absent' }, shell)).differences).toEqual([])
    expect(await run({ default: { LC_TIME: null } }, shell)).toMatchObject({
      differences: ['defaults.LC_TIME'],
      left: [],
    })
    expect(read('etc/default/locale')).toBe('#  x\nLANG=en_US.UTF-8\n')
  })

  it.each(shells)('makes each by itself where there is no list (%s)', async (...shell) => {
    const { run, read } = host('rocky')
    const params: LocaleParams = { name: ['de_DE.UTF-8', 'sr_RS.UTF-8@latin'], default: 'de_DE.UTF-8' }
    expect(await run(params, shell)).toMatchObject({ output: { code: 0 }, left: [] })
    expect(read('log')).toBe('-i de_DE -f UTF-8\n-i sr_RS@latin -f UTF-8\n')
    expect(read('etc/locale.conf')).toBe('LANG=de_DE.UTF-8\n')
    expect((await run(params, shell)).differences).toEqual([])
    expect(await run({ name: 'de_DE.UTF-8', state: 'absent' }, shell)).toMatchObject({ output: { code: 0 }, left: [] })
    expect((await run({ name: 'de_DE.UTF-8', state: 'absent' }, shell)).differences).toEqual([])
  })

  it('says what a host without tools lacks, unless it needs none', async () => {
    const { run } = host('bare')
    await expect(run({ name: 'de_DE.UTF-8' })).rejects.toThrow('neither locale-gen nor localedef')
    expect((await run({ name: 'en_US.UTF-8' })).differences).toEqual([])
  })

  it.each([
    [{}, /give name, default or both/],
    [{ name: 'German' }, /name of a locale/],
    [{ name: 'de_DE.UTF-8\n' }, /name of a locale/],
    [{ default: { PATH: 'C' } }, /LC_TIME/],
    [{ default: '$(id)' }, /is a locale|locale such as/],
    [{ default: 'C', state: 'absent' }, /is about name/],
  ] as [LocaleParams, RegExp][])('refuses %j', (params, message) => {
    expect(() => locale(params)).toThrow(message)
  })
})
