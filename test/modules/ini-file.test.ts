import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeOf, differences as found } from '../../engine/difference.ts'
import { overlay } from '../../engine/run/overlay.ts'
import { secret } from '../../engine/secret.ts'
import { editIni, type IniEdit } from '../../modules/common/edit-ini.ts'
import { type IniFileParams, iniFile } from '../../modules/ini-file.ts'
import { lineInFile } from '../../modules/line-in-file.ts'
import { answersLocally, runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nastyTexts, nothingRan, shellsHere } from '../support/shells.ts'

const edited = (text: string, edit: Partial<IniEdit>) => editIni(text, { values: [], ...edit })

describe('editIni', () => {
  it.each<[string, string, Partial<IniEdit>, string]>([
    ['makes section and option in an empty file', '', { section: 's', option: 'a', values: ['1'] }, '[s]\na = 1\n'],
    ['makes a section at the end', '[r]\nx=1', { section: 's', option: 'a', values: ['1'] }, '[r]\nx=1\n[s]\na = 1\n'],
    ['makes a section without an option', 'x=1\n', { section: 's' }, 'x=1\n[s]\n'],
    ['finds a section that is there', '[ s ] # c\n', { section: 's' }, '[ s ] # c\n'],
    [
      'adds an option behind the last one of its section, before blank lines and comments',
      '[s]\nb = 2\n\n# of r\n[r]\na = 1\n',
      { section: 's', option: 'a', values: ['1'] },
      '[s]\nb = 2\na = 1\n\n# of r\n[r]\na = 1\n',
    ],
    [
      'adds an option to an empty section',
      '[s]\n\n[r]\n',
      { section: 's', option: 'a', values: ['1'] },
      '[s]\na = 1\n\n[r]\n',
    ],
    [
      'changes a value where it stands',
      '[s]\na=1\nb=2\n',
      { section: 's', option: 'a', values: ['3'] },
      '[s]\na = 3\nb=2\n',
    ],
    [
      'writes no blanks where asked',
      '[s]\na = 1\n',
      { section: 's', option: 'a', values: ['2'], noExtraSpaces: true },
      '[s]\na=2\n',
    ],
    [
      'knows no option of another section',
      '[s]\n[r]\na = 1\n',
      { section: 's', option: 'a', values: ['2'] },
      '[s]\na = 2\n[r]\na = 1\n',
    ],
    [
      'takes no longer name for the option',
      '[s]\nab = 1\n',
      { section: 's', option: 'a', values: ['1'] },
      '[s]\nab = 1\na = 1\n',
    ],
    [
      'edits before the first section',
      'b = 1\n\n[s]\na = 1\n',
      { option: 'a', values: ['2'] },
      'b = 1\na = 2\n\n[s]\na = 1\n',
    ],
    [
      'uses a line that is commented out',
      '[s]\n#a = 1\nb = 2\n',
      { section: 's', option: 'a', values: ['3'] },
      '[s]\na = 3\nb = 2\n',
    ],
    [
      'prefers the option in force to one that is commented out',
      '[s]\n; a = 1\na = 2\n',
      { section: 's', option: 'a', values: ['1'] },
      '[s]\n; a = 1\na = 1\n',
    ],
    [
      'leaves comments alone where asked',
      '[s]\n#a = 1\nb = 2\n',
      { section: 's', option: 'a', values: ['3'], modifyInactiveOption: false },
      '[s]\n#a = 1\nb = 2\na = 3\n',
    ],
    ['keeps how a line is indented', '[s]\n\ta = 1\n', { section: 's', option: 'a', values: ['2'] }, '[s]\n\ta = 2\n'],
    ['puts blanks right', '[s]\na=1\n', { section: 's', option: 'a', values: ['1'] }, '[s]\na = 1\n'],
    [
      'or not, where asked',
      '[s]\na=1\n',
      { section: 's', option: 'a', values: ['1'], ignoreSpaces: true },
      '[s]\na=1\n',
    ],
    [
      'leaves one value of several',
      '[s]\na = 1\nb = 1\na = 2\n',
      { section: 's', option: 'a', values: ['2'] },
      '[s]\nb = 1\na = 2\n',
    ],
    [
      'has exactly these values, those that are there where they stand',
      '[s]\na = 1\na = 2\na = 3\n',
      { section: 's', option: 'a', values: ['4', '2'] },
      '[s]\na = 4\na = 2\n',
    ],
    [
      'adds values to the others without exclusive',
      '[s]\na = 1\nb = 1\n',
      { section: 's', option: 'a', values: ['2', '1', '3'], exclusive: false },
      '[s]\na = 1\nb = 1\na = 2\na = 3\n',
    ],
    ['writes an option without a value', '[s]\na = 1\n', { section: 's', option: 'a', values: [null] }, '[s]\na\n'],
    ['writes an empty value', '[s]\n', { section: 's', option: 'a', values: [''] }, '[s]\na =\n'],
    [
      'removes an option whatever its value',
      '[s]\na = 1\n#a = 2\na\n',
      { section: 's', option: 'a', state: 'absent' },
      '[s]\n#a = 2\n',
    ],
    [
      'removes a value of several',
      '[s]\na = 1\na = 2\n',
      { section: 's', option: 'a', values: ['1'], exclusive: false, state: 'absent' },
      '[s]\na = 2\n',
    ],
    ['removes a section with all in it', 'x\n[s]\na = 1\n# c\n[r]\n', { section: 's', state: 'absent' }, 'x\n[r]\n'],
    ['has nothing to remove', '[r]\na = 1\n', { section: 's', option: 'a', state: 'absent' }, '[r]\na = 1\n'],
    ['keeps endings', '[s]\r\na = 1\r\n', { section: 's', option: 'b', values: ['2'] }, '[s]\r\na = 1\r\nb = 2\r\n'],
    [
      'takes the first of two sections of a name',
      '[s]\n[s]\na = 1\n',
      { section: 's', option: 'a', values: ['1'] },
      '[s]\na = 1\n[s]\na = 1\n',
    ],
    [
      'takes names for no patterns',
      '[a.c]\n',
      { section: 'abc', option: 'x.y', values: ['$1'] },
      '[a.c]\n[abc]\nx.y = $1\n',
    ],
  ])('%s', (_name, text, edit, wanted) => {
    expect(edited(text, edit)).toBe(wanted)
    expect(edited(wanted, edit)).toBe(wanted)
  })

  const line = fc.constantFrom(
    '[s]',
    '[r]',
    'a = 1',
    '#a = 2',
    ';a=3',
    'a',
    'a =',
    ' b = a = 1',
    '',
    '# text',
    'aa = 1',
    '  a = 2',
  )
  const anyText = fc
    .tuple(fc.array(line, { maxLength: 9 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([lines, end, ended]) => lines.join(end) + (ended ? end : ''))
  const anyEdit: fc.Arbitrary<IniEdit> = fc.record(
    {
      section: fc.constantFrom('s', 'r', 't'),
      option: fc.constantFrom('a', 'b', 'c'),
      values: fc.uniqueArray(fc.constantFrom('1', '2', '3', ''), { minLength: 1, maxLength: 3 }),
      state: fc.constantFrom('present' as const, 'absent' as const),
      exclusive: fc.boolean(),
      noExtraSpaces: fc.boolean(),
      ignoreSpaces: fc.boolean(),
      modifyInactiveOption: fc.boolean(),
    },
    { requiredKeys: ['option', 'values'] },
  )

  it('edits once: a second run finds nothing to do', () => {
    fc.assert(
      fc.property(anyText, anyEdit, (text, edit) => {
        const once = editIni(text, edit)
        expect(editIni(once, edit)).toBe(once)
      }),
    )
  })

  it('leaves every line of other options and sections as it is', () => {
    const others = (text: string, { option }: IniEdit) =>
      text.split(/\r?\n/).filter((each) => each.trim() !== '' && !new RegExp(`^\\s*[#;]?\\s*${option}\\b`).test(each))
    fc.assert(
      fc.property(anyText, anyEdit, (text, edit) => {
        const after = others(editIni(text, edit), edit).filter((each) => each !== `[${edit.section}]`)
        expect(after).toEqual(others(text, edit).filter((each) => each !== `[${edit.section}]`))
      }),
    )
  })
})

describe.each(shellsHere)('iniFile in $name', ({ argv: shell }) => {
  it('makes the file, changes one line of it, and takes it back', async () => {
    const path = join(folderHere(), 'app.ini')
    const setting = { path, section: 'cache', option: 'size' }
    await settleHere(iniFile({ ...setting, value: 1, mode: '0640' }), { shell })
    expect(readFileSync(path, 'utf8')).toBe('[cache]\nsize = 1\n')
    expect(statSync(path).mode & 0o777).toBe(0o640)
    const { differences } = await settleHere(iniFile({ ...setting, value: 2 }), { shell })
    expect(differences.map(({ property }) => property)).toEqual(['content'])
    await settleHere(iniFile({ ...setting, state: 'absent' }), { shell })
    await settleHere(iniFile({ path, section: 'cache', state: 'absent' }), { shell })
    expect(readFileSync(path, 'utf8')).toBe('')
  })

  it('takes any text as a value, and any name', async () => {
    const dir = folderHere()
    for (const [index, name] of nastyNames.entries()) {
      const value = nastyTexts[index]!.split('\n')[0]!
      await settleHere(iniFile({ path: join(dir, name), section: 's', option: 'o', value, backup: true }), { shell })
      expect(readFileSync(join(dir, name), 'utf8')).toBe(`[s]\no = ${value.trim()}\n`)
    }
    expect(nothingRan()).toBe(true)
  })
})

describe('iniFile', () => {
  it('fails without the file where create is false, and has nothing to remove from it', async () => {
    const path = join(folderHere(), 'none')
    await expect(runLocally(iniFile({ path, section: 's', create: false }))).rejects.toThrow(/does not exist/)
    await expectSettled(iniFile({ path, section: 's', state: 'absent' }))
  })

  it('keeps the old file where validate fails', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, 'a = 1\n')
    chmodSync(path, 0o600)
    const { output } = await runLocally(iniFile({ path, option: 'a', value: 2, validate: 'grep -q 1 %s' }))
    expect(output?.stderr).toContain('validation failed')
    expect(readFileSync(path, 'utf8')).toBe('a = 1\n')
  })

  it('shows no diff of a file that a secret goes into, nor of what is done to it later in a dry run', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, '[db]\nuser = app\n')
    const action = iniFile({ path, section: 'db', option: 'password', value: secret('hunter2') })
    const { differences } = await runLocally(action, { check: true })
    expect(differences).toEqual([{ property: 'content', before: '***', after: '***' }])
    const input = await action.module.prepare!(action.params, {} as never)
    const answers = await answersLocally(action.module.probe(input))
    const actual = action.module.probe(input).read(answers)
    const planned = overlay()
    planned.add('it', action.module.predict!(input, changeOf(actual, action.module.desired(input, actual))))
    const next = lineInFile({ path, line: 'port = 1' })
    const later = next.module.probe(next.params).read((question) => planned.answer(question, answers(question)))
    expect(JSON.stringify(found(later, next.module.desired(next.params, later)))).not.toContain('hunter2')
    await settleHere(action)
    expect(readFileSync(path, 'utf8')).toContain('password = hunter2')
    await expect(runLocally(iniFile({ path, option: 'a', value: secret('two\nlines', 'key') }))).rejects.toThrow(
      "the secret 'key' is more than one line",
    )
  })

  it.each<[Partial<Record<keyof IniFileParams, unknown>>, RegExp]>([
    [{ path: '/x' }, /give option, or section/],
    [{ path: '/x', section: 's', option: 'a' }, /'value': is needed/],
    [{ path: '/x', section: 's', option: 'a', value: '1', values: ['1'] }, /either value or values/],
    [{ path: '/x', section: 's', option: 'a', values: ['1', 1] }, /'values': holds a value twice/],
    [{ path: '/x', section: 's', option: 'a', value: 'x\ny' }, /one line/],
    [{ path: '/x', section: 's', option: 'a', value: true }, /write 'true' as a text/],
    [{ path: '/x', section: 's', option: 'a=b', value: '1' }, /'option'/],
    [{ path: '/x', section: '[s]', option: 'a', value: '1' }, /without brackets/],
    [{ path: '/x', section: 's', value: '1' }, /needs an option/],
    [{ path: '/x', section: 's', option: 'a', value: '1', allowNoValue: true }, /leave out value/],
  ])('refuses %j', (params, message) => {
    expect(() => iniFile(params as never)).toThrow(message)
  })
})
