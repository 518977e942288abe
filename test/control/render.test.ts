// Templates as the control side renders them: what passes untouched, and what never does.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TsplayError } from '../../engine/error.ts'
import { secret } from '../../engine/secret.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'

/** Renders a template whose folder may hold others. */
async function render(source: string | Buffer, vars = {}, others: Readonly<Record<string, string>> = {}) {
  const dir = folderHere()
  mkdirSync(join(dir, 'templates/sub'), { recursive: true })
  writeFileSync(join(dir, 'templates/t.ejs'), source)
  for (const [name, text] of Object.entries(others)) writeFileSync(join(dir, 'templates', name), text)
  return controlIn(dir).render('t.ejs', vars)
}

const failure = async (rendered: Promise<unknown>): Promise<TsplayError> => {
  const error = await rendered.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TsplayError)
  return error as TsplayError
}

describe('render', () => {
  it.each([
    'PATH=$PATH:${HOME} $(id) `id`\n',
    'a \\ b \\n c \\\n  d\n',
    '%s %d 100%% % >\n',
    `<a href="x">&amp; ' " </a>\n`,
    '* ? [a] ~ # !\n',
    'no newline at the end',
    'three\n\n\n',
    'dos\r\nlines\r\n',
    'ünïcode ☃ 日本\n',
    '',
  ])('leaves %j as it is (B05, B23, M02)', async (source) => {
    expect((await render(source)).text).toBe(source)
  })

  it('escapes nothing in values, with <%= and with <%- (M02)', async () => {
    const value = `<&>"'$x\\n%s`
    expect((await render('<%= v %>|<%- v %>', { v: value })).text).toBe(`${value}|${value}`)
  })

  it('trims lines of tags where -%> and _%> ask for it, and makes <%% a tag of the file itself (M02)', async () => {
    const source =
      '<% for (const x of xs) { -%>\n- <%= x %>\n<% } -%>\n  <%_ if (true) { _%>\nyes\n  <%_ } _%>\n<%% kept %>\n'
    expect((await render(source, { xs: [1, 2] })).text).toBe('- 1\n- 2\nyes\n<% kept %>\n')
  })

  it.each([
    ['undefined', undefined, 'the value is undefined'],
    ['null', null, 'the value is null'],
    ['NaN', Number.NaN, 'the value is NaN'],
    ['an object', { a: 1 }, 'an object has no text'],
    ['a list', [1, 2], 'a list has no text'],
    ['a function', () => 1, 'has no text'],
  ])('refuses %s where a text is needed, and tells the line (A060)', async (_name, value, message) => {
    for (const tag of ['<%=', '<%-']) {
      const error = await failure(render(`one\ntwo <%= ok %>\n${tag} v %>\n`, { v: value, ok: true }))
      expect(error.message).toContain(message)
      expect(error.place).toMatchObject({ line: 3, file: expect.stringMatching(/templates\/t\.ejs$/) })
    }
  })

  it('names a variable that is not defined, its line, and the nearest that is (A060)', async () => {
    const error = await failure(render('\n<%= dataDri %>', { dataDir: '/x', name: 'y' }))
    expect(error.message).toBe("template: variable 'dataDri' is not defined")
    expect(error.place?.line).toBe(2)
    expect(error.hint).toBe("did you mean 'dataDir'?")
  })

  it('names the line of what throws in the template', async () => {
    const error = await failure(render('\n\n<%= a.b.c %>', { a: {} }))
    expect(error.message).toContain('undefined')
    expect(error.place?.line).toBe(3)
  })

  it('tells which file does not compile, and why', async () => {
    const error = await failure(render('<% if (x { %>'))
    expect(error.message).toMatch(/^template: .*(Unexpected|missing)/)
    expect(error.message).not.toContain('EJS-Lint')
    expect(error.place?.file).toMatch(/t\.ejs$/)
    expect((await failure(render('<% if (true) {'))).message).toContain('close tag')
  })

  it('says that a template is no text', async () => {
    expect((await failure(render(Buffer.from([0xff, 0xfe, 0])))).message).toContain('not a text in UTF-8')
  })

  it('knows nothing of what a prototype or the options of EJS could be made to say', async () => {
    const vars = JSON.parse('{"settings":{"view options":{"escapeFunction":"1"}},"client":true,"delimiter":"?"}')
    expect((await render('<%= delimiter %><%= client %>', vars)).text).toBe('?true')
    await failure(render('<%= toString %>', {}))
  })

  describe('include', () => {
    it('takes parts of the same folder, with variables of their own', async () => {
      const { text } = await render(
        "<%- include('part', { who: 'you' }) %>;<%= include('sub/b.ejs') %>",
        { who: 'me' },
        {
          'part.ejs': 'hello <%= who %>',
          'sub/b.ejs': "<%- include('../part') %>!",
        },
      )
      expect(text).toBe('hello you;hello me!')
    })

    it('tells the line in the part, not the one that includes it', async () => {
      const error = await failure(render("1\n2\n<%- include('part') %>", {}, { 'part.ejs': 'x\n<%= missing %>' }))
      expect(error.place).toMatchObject({ line: 2, file: expect.stringMatching(/part\.ejs$/) })
      expect(error.message).toBe("template: variable 'missing' is not defined")
    })

    it('is as strict in parts: <%- lets nothing undefined pass', async () => {
      const error = await failure(render("<%- include('part') %>", { v: undefined }, { 'part.ejs': '<%- v %>' }))
      expect(error.message).toContain('the value is undefined')
    })

    it('names a part that is not there', async () => {
      expect((await failure(render("<%- include('nope') %>"))).message).toContain("include('nope')")
    })

    it.each(['../../outside', '/etc/hostname'])(
      'does not leave the folders of the role and the playbook: %s',
      async (name) => {
        const dir = folderHere()
        mkdirSync(join(dir, 'role/templates'), { recursive: true })
        writeFileSync(join(dir, 'outside.ejs'), 'secret')
        writeFileSync(join(dir, 'role/templates/t.ejs'), `<%- include('${name}') %>`)
        await failure(controlIn(join(dir, 'role')).render('t.ejs', {}))
      },
    )

    it('does not leave them through a link either', async () => {
      const dir = folderHere()
      mkdirSync(join(dir, 'role/templates'), { recursive: true })
      writeFileSync(join(dir, 'outside.ejs'), 'secret')
      symlinkSync(join(dir, 'outside.ejs'), join(dir, 'role/templates/link.ejs'))
      writeFileSync(join(dir, 'role/templates/t.ejs'), "<%- include('link') %>")
      expect((await failure(controlIn(join(dir, 'role')).render('t.ejs', {}))).message).toContain('leads out of')
    })
  })

  describe('secrets', () => {
    it('render as their value, and the text is known to be secret', async () => {
      expect(await render('p=<%= p %>', { p: secret('hunter2') })).toMatchObject({ text: 'p=hunter2', secret: true })
      const nested = { users: [{ password: secret('hunter2') }] }
      expect(await render('<%= users[0].password %>', nested)).toMatchObject({ text: 'hunter2', secret: true })
    })

    it('do not make a text secret that does not use them', async () => {
      expect(await render('<%= a %>', { a: 'x', p: secret('hunter2') })).toMatchObject({ text: 'x', secret: false })
    })

    it('of one render are not remembered by the next', async () => {
      const dir = folderHere()
      writeFileSync(join(dir, 't.ejs'), '<%= p %>')
      const control = controlIn(dir)
      expect((await control.render('t.ejs', { p: secret('hunter2') })).secret).toBe(true)
      expect(await control.render('t.ejs', { p: 'open' })).toMatchObject({ text: 'open', secret: false })
    })

    it.each([
      "<%= 'x' + p %>",
      '<%= `${p}` %>',
      '<%= JSON.stringify({ p }) %>',
      '<%= [p].join() %>',
      '<%= String(p) %>',
    ])('cannot be glued into other texts, where they would stand as ***: %s', async (source) => {
      const error = await failure(render(source, { p: secret('hunter2', 'the password') }))
      expect(error.message).toContain("secret 'the password'")
      expect(error.message).not.toContain('hunter2')
    })
  })
})
