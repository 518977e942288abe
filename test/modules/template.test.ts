import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { secret } from '../../engine/secret.ts'
import { type TemplateParams, template } from '../../modules/template.ts'
import { runLocally } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { shellsHere } from '../support/shells.ts'

/** A folder with one template. */
function withTemplate(source: string) {
  const dir = folderHere()
  mkdirSync(join(dir, 'templates'))
  writeFileSync(join(dir, 'templates/t.ejs'), source)
  return { dir, dest: join(dir, 'dest'), control: controlIn(dir) }
}

describe.each(shellsHere)('template in $name', ({ argv: shell }) => {
  it('writes what it renders, and nothing the second time (M02)', async () => {
    const { dest, control } = withTemplate(
      'name: <%= name %>\n<% for (const m of members) { -%>\n- <%= m %>\n<% } -%>\n',
    )
    const vars = { name: 'etcd1', members: ['a', 'b'] }
    await settleHere(template({ src: 't.ejs', dest, vars, mode: '0640' }), { shell, control })
    expect(readFileSync(dest, 'utf8')).toBe('name: etcd1\n- a\n- b\n')
    expect((statSync(dest).mode & 0o7777).toString(8)).toBe('640')
  })

  it('brings $VAR, backslashes, %s, *, quotes, < and & to the host as they are (B05, B23)', async () => {
    const source = 'ExecReload=/bin/kill -s HUP $MAINPID\nPATH=$PATH:${HOME}\nlog "%s \\n" `id` \\\n  * \'a\' <b> & c\n'
    const { dest, control } = withTemplate(source)
    await settleHere(template({ src: 't.ejs', dest }), { shell, control })
    expect(readFileSync(dest, 'utf8')).toBe(source)
  })
})

describe('template', () => {
  it('validates, backs up and obeys force as copy does (M02)', async () => {
    const { dir, dest, control } = withTemplate('bad <%= x %>\n')
    writeFileSync(dest, 'good\n')
    const params = { src: 't.ejs', dest, vars: { x: 1 } }
    const { output } = await runLocally(template({ ...params, validate: 'grep -q good %s' }), { control })
    expect(output).toMatchObject({ stderr: expect.stringContaining('validation failed') })
    expect(readFileSync(dest, 'utf8')).toBe('good\n')
    await expectSettled(template({ ...params, force: false }), { control })
    await settleHere(template({ ...params, backup: true }), { control })
    expect(existsSync(join(dir, 'dest'))).toBe(true)
  })

  it('hides the diff of a file that a secret has gone into, and of no other', async () => {
    const { dest, control } = withTemplate('password=<%= password %>\n')
    const hidden = template({ src: 't.ejs', dest, vars: { password: secret('hunter2') } })
    const { differences } = await runLocally(hidden, { control, check: true })
    expect(JSON.stringify(differences)).not.toContain('hunter2')
    expect(differences.find(({ property }) => property === 'content')).toMatchObject({ after: '***' })
    await runLocally(hidden, { control })
    expect(readFileSync(dest, 'utf8')).toBe('password=hunter2\n')
    const open = template({ src: 't.ejs', dest, vars: { password: 'public', unused: secret('hunter2') } })
    expect((await runLocally(open, { control, check: true })).differences[0]?.patch).toContain('+password=public')
  })

  it.each<[string, Partial<TemplateParams>, string, Buffer]>([
    ['newlines of another kind', { newlineSequence: '\r\n' }, 'a\nb\r\nc\n', Buffer.from('a\r\nb\r\nc\r\n')],
    ['newlines as they are', {}, 'a\nb\r\nc', Buffer.from('a\nb\r\nc')],
    ['one newline for \\r\\n', { newlineSequence: '\n' }, 'a\r\n\r\nb\r', Buffer.from('a\n\nb\n')],
    ['latin1', { outputEncoding: 'latin1' }, 'ü\n', Buffer.from([0xfc, 10])],
    ['utf-16le', { outputEncoding: 'utf-16le' }, 'ü\n', Buffer.from([0xfc, 0, 10, 0])],
  ])('writes %s (M02)', async (_name, params, source, wanted) => {
    const { dest, control } = withTemplate(source)
    await settleHere(template({ src: 't.ejs', dest, ...params }), { control })
    expect(readFileSync(dest).equals(wanted)).toBe(true)
  })

  it('refuses a character that the encoding lacks, and does not show it', async () => {
    const { dest, control } = withTemplate('a\n<%= x %>\n')
    const params = { src: 't.ejs', dest, vars: { x: secret('☃') } }
    for (const outputEncoding of ['latin1', 'ascii'] as const)
      await expect(runLocally(template({ ...params, outputEncoding }), { control })).rejects.toMatchObject({
        message: `template: line 2 of what it makes has a character that ${outputEncoding} lacks`,
      })
  })

  it('takes the end of a line and the blanks around a tag with it where the tag says so (M02)', async () => {
    const { dest, control } = withTemplate(
      'a:\n  <%_ for (const x of xs) { _%>\n  - <%= x %>\n  <%_ } _%>\n<% if (xs) { -%>\nend\n<% } -%>\n',
    )
    await settleHere(template({ src: 't.ejs', dest, vars: { xs: [1, 2] } }), { control })
    expect(readFileSync(dest, 'utf8')).toBe('a:\n  - 1\n  - 2\nend\n')
  })

  it('fails before any host is asked where a variable is missing, with the line', async () => {
    const { dest, control } = withTemplate('ok\n<%= membrs %>\n')
    await expect(runLocally(template({ src: 't.ejs', dest, vars: { members: 1 } }), { control })).rejects.toMatchObject(
      {
        message: expect.stringContaining("'membrs' is not defined"),
        place: { line: 2, file: expect.stringContaining('t.ejs') },
        hint: "did you mean 'members'?",
      },
    )
  })

  it.each([
    [{ src: 't', dest: '/x/' }, /name of the file/],
    [{ src: '', dest: '/x' }, /src/],
    [{ src: 't', dest: '/x', newlineSequence: 'n' }, /'newlineSequence': is '\\n'/],
    [{ src: 't', dest: '/x', outputEncoding: 'utf8' }, /'outputEncoding'/],
    [{ src: 't', dest: '/x', var: {} }, /unknown parameter 'var'/],
  ])('refuses %j', (params, message) => {
    expect(() => template(params as never)).toThrow(message)
  })
})
