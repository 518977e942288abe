import { spawnSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Output } from '../../engine/module.ts'
import { showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { readResponse } from '../../modules/common/response.ts'
import { type UriParams, type UriResult, uri } from '../../modules/uri.ts'
import { askLocally, runScript } from '../support/local-host.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'
import { nastyTexts, nothingRan, shellsHere } from '../support/shells.ts'
import { webHere } from '../support/web-here.ts'

let web: string
let asked: Awaited<ReturnType<typeof webHere>>['asked']
beforeEach(async () => {
  ;({ url: web, asked } = await webHere(folderHere()))
})

/** What becomes of a request: whether its probe was enough, what it registered, how its script ended. */
async function made(params: UriParams, shell?: readonly string[]) {
  const { module, params: checked } = uri(params)
  const input = await module.prepare!(checked, controlIn('/'))
  const actual = (await askLocally(module.probe(input), shell)) as { done: boolean }
  const output: Output | undefined = actual.done ? undefined : await runScript(module.apply(input, {} as never), shell)
  return { module, looked: actual.done, output, result: module.result!(input, actual, output) as UriResult }
}

describe.each(shellsHere.filter(({ name }) => name !== 'busybox alone'))('uri in $name', ({ argv: shell }) => {
  it('looks with a GET, in the probe already, and tells what came (M07)', async () => {
    const { looked, result } = await made({ url: `${web}/echo?x=[1-3]{a}` }, shell)
    expect(looked).toBe(true)
    expect(result).toMatchObject({
      ...{ status: 200, skipped: false, url: `${web}/echo?x=[1-3]{a}` },
      headers: { 'content-type': 'application/json', 'x-twice': 'a, b' },
      json: { method: 'GET', url: '/echo?x=[1-3]{a}', body: '' },
    })
    expect(JSON.parse(result.content!)).toEqual(result.json)
  })

  it('asks again where the status is not the expected one, and fails with it (M07)', async () => {
    const { looked, output } = await made({ url: `${web}/status/503` }, shell)
    expect(looked).toBe(false)
    expect(output).toMatchObject({ code: 22, stderr: 'status 503, not 200\n' })
    expect(asked()).toHaveLength(2)
    expect(await made({ url: `${web}/status/401`, statusCode: [200, 401] }, shell)).toMatchObject({
      looked: true,
      result: { status: 401, content: 'the body of it' },
    })
    const nobody = await made({ url: 'http://127.0.0.1:1/', timeout: 5 }, shell)
    expect(nobody.output).toMatchObject({ code: 7 })
    expect(nobody.output!.stderr).toMatch(/connect/)
    expect(nobody.result.status).toBe(0)
  })

  it('sends JSON, forms and texts as they are (M07)', async () => {
    const nasty = nastyTexts.join('|')
    const body = async (params: Partial<UriParams>) => {
      const { result, output } = await made({ url: `${web}/echo`, method: 'post', ...params }, shell)
      expect(output!.code, output!.stderr).toBe(0)
      return result.json as { method: string; headers: Record<string, string>; body: string }
    }
    const json = await body({ body: { text: nasty, list: [1, true, null], inner: { left: undefined } } })
    expect(json).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(json.body)).toEqual({ text: nasty, list: [1, true, null], inner: {} })
    const form = await body({ body: { a: nasty, b: ['1', '2'] }, bodyFormat: 'form' })
    expect(form.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect([...new URLSearchParams(form.body)]).toEqual([
      ['a', nasty],
      ['b', '1'],
      ['b', '2'],
    ])
    expect((await body({ body: `@${nasty}\n` })).body).toBe(`@${nasty}\n`)
    expect((await body({ body: nasty, headers: { 'content-type': 'text/x' } })).headers['content-type']).toBe('text/x')
    expect((await body({ body: '{"a":1}', bodyFormat: 'json' })).body).toBe('{"a":1}')
    expect(nothingRan()).toBe(true)
  })

  it('runs other methods once, and keeps their answer also where it fails (M07)', async () => {
    const { looked, output, result } = await made(
      { url: `${web}/status/409`, method: 'DELETE', statusCode: 204 },
      shell,
    )
    expect([looked, output!.code, result.status, result.content]).toEqual([false, 22, 409, 'the body of it'])
    expect(asked().map(({ method }) => method)).toEqual(['DELETE'])
  })

  it('follows redirects of what only looks, unless told otherwise (M07)', async () => {
    expect((await made({ url: `${web}/redirect` }, shell)).result).toMatchObject({ status: 200, url: `${web}/echo` })
    const none = await made({ url: `${web}/redirect`, followRedirects: 'none', statusCode: 302 }, shell)
    expect(none.result.headers.location).toBe('/echo')
    expect((await made({ url: `${web}/redirect`, method: 'POST', statusCode: 302 }, shell)).result.status).toBe(302)
    expect((await made({ url: `${web}/redirect`, method: 'POST', followRedirects: 'all' }, shell)).result.status).toBe(
      200,
    )
  })

  it('does nothing where creates is there or removes is not', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'there'), '')
    for (const params of [{ creates: join(dir, 'there') }, { removes: join(dir, 'none') }])
      for (const method of ['GET', 'PUT'])
        expect((await made({ url: `${web}/echo`, method, ...params }, shell)).result.skipped).toBe(true)
    expect(asked()).toEqual([])
    const both = { url: `${web}/echo`, creates: join(dir, 'none'), removes: join(dir, 'there') }
    expect((await made(both, shell)).result).toMatchObject({ skipped: false, status: 200 })
  })

  it('logs in, and no argument of a process holds a word of it', async () => {
    const params = {
      ...{ url: `${web}/login`, user: 'me', password: secret('pass "word"') },
      ...{ headers: { 'X-Token': secret('hush\\1') }, method: 'POST', body: { key: secret('key"2') } },
    }
    const bin = folderHere()
    const real = spawnSync('sh', ['-c', 'command -v curl']).stdout.toString().trim()
    writeFileSync(join(bin, 'curl'), `#!/bin/sh\nprintf '%s\\n' "$*" >> ${join(bin, 'args')}\nexec ${real} "$@"\n`, {
      mode: 0o755,
    })
    const watched = ['env', `PATH=${bin}:${process.env.PATH}`, ...shell]
    const { module, output, result } = await made(params, watched)
    expect(result, output?.stderr).toMatchObject({ status: 200, content: 'in' })
    expect(asked()[0]).toMatchObject({ headers: { 'x-token': 'hush\\1' }, body: '{"key":"key\\"2"}' })
    expect(spawnSync('cat', [join(bin, 'args')]).stdout.toString()).toBe('-K -\n')
    const input = await module.prepare!(params, controlIn('/'))
    expect(showScript(module.apply(input, {} as never))).not.toMatch(/pass|hush|key"2/)
  })
})

describe('uri', () => {
  it('keeps questions apart that differ in a secret only', async () => {
    const { module } = uri({ url: `${web}/echo` })
    const ids = await Promise.all(
      ['a', 'b'].map(async (token) => {
        const input = await module.prepare!({ url: `${web}/echo`, headers: { T: secret(token) } }, controlIn('/'))
        return module
          .probe(input)
          .questions.map(({ id }) => id)
          .join()
      }),
    )
    expect(new Set(ids).size).toBe(2)
  })

  it('keeps no content that is not wanted', async () => {
    expect((await made({ url: `${web}/echo`, returnContent: false })).result).toMatchObject({
      status: 200,
      content: '',
    })
    expect((await made({ url: `${web}/echo`, method: 'HEAD' })).result).toMatchObject({ status: 200, content: '' })
  })

  it('gives up after its time', async () => {
    const { output } = await made({ url: `${web}/silent`, timeout: 0.2 })
    expect(output).toMatchObject({ code: 28 })
  })

  it('says that the host has no curl', async () => {
    const bin = folderHere()
    symlinkSync('/bin/sh', join(bin, 'sh'))
    const shell = ['env', `PATH=${bin}`, '/bin/sh']
    await expect(made({ url: `${web}/echo` }, shell)).rejects.toThrow('the host has no curl')
    expect((await made({ url: `${web}/echo`, method: 'POST' }, shell)).output).toMatchObject({
      code: 127,
      stderr: 'the host has no curl\n',
    })
  })

  it('reads a response behind others, whatever its body looks like', () => {
    const headers = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n'
    const body = 'HTTP/1.1 500 no\r\n\r\nx\ny'
    expect(readResponse(`${headers}${body}\n200 ${headers.length} http://a/`)).toEqual({
      ...{ status: 200, url: 'http://a/', headers: { a: 'b' }, content: body },
    })
    expect(readResponse('')).toBeUndefined()
    expect(readResponse('\n000 0 http://a/')).toBeUndefined()
  })

  it.each<[string, object, string]>([
    ['ftp', { url: 'ftp://a/' }, "uri: parameter 'url': begins with http:// or https://"],
    ['a password in the address', { url: 'http://me:hush@a/' }, 'a password in an address is seen by all'],
    ['a method of two words', { method: 'GET /' }, "parameter 'method': is a word such as GET"],
    ['a status in words', { statusCode: 'ok' }, "parameter 'statusCode': is a number such as 200"],
    ['a format of nothing', { bodyFormat: 'json' }, "parameter 'bodyFormat': needs body"],
    ['an object as it is', { body: {}, bodyFormat: 'raw' }, "parameter 'body': is a text where bodyFormat is raw"],
    ['a function', { body: { a: () => 1 } }, "parameter 'body': is made of texts, numbers"],
    ['a key alone', { clientKey: '/k' }, "parameter 'clientKey': needs clientCert"],
  ])('%s is refused', (_what, params, message) => {
    expect(() => uri({ url: 'http://a/', ...params } as UriParams)).toThrow(message)
  })
})
