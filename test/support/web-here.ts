// A web server on the loopback in a process of its own, for scripts that run while this one waits; it notes what it is asked.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'

export interface WebRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WebHere {
  /** Without a slash at its end. */
  readonly url: string
  /** What it was asked so far. */
  asked(): WebRequest[]
}

/**
 * `/files/x` is a file of `folder` (parts of it on request, `/whole/x` always all, `/broken/x` half of it); `/echo` says
 * what it was asked, `/status/404` answers so, `/redirect` leads to `/echo`, `/login` wants `me` with `pass "word"`,
 * `/silent` never answers.
 */
export async function webHere(folder: string, address = '127.0.0.1'): Promise<WebHere> {
  const log = path.join(folder, `.asked-${Math.random()}`)
  const server = spawn(process.execPath, ['-e', program, folder, log, address], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void server.kill())
  const [port] = (await once(server.stdout, 'data')) as [Buffer]
  return {
    url: `http://${address}:${String(port).trim()}`,
    asked: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as WebRequest),
  }
}

const program = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const [, folder, log, address] = process.argv
writeFileSync(log, '')
const file = (url) => readFileSync(join(folder, decodeURIComponent(url.replace(/[?].*/, '').replace(/^[/][a-z]+[/]/, ''))))
const pages = {
  files(request, response) {
    const bytes = file(request.url)
    const from = Number(/bytes=(\\d+)-/.exec(request.headers.range || '')?.[1] ?? 0)
    if (from === 0) return response.end(bytes)
    if (from >= bytes.length) return response.writeHead(416).end()
    response.writeHead(206, { 'content-range': 'bytes ' + from + '-' + (bytes.length - 1) + '/' + bytes.length })
    response.end(bytes.subarray(from))
  },
  whole: (request, response) => response.end(file(request.url)),
  broken(request, response) {
    const bytes = file(request.url)
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, bytes.length / 2))
    setTimeout(() => response.destroy(), 50)
  },
  echo: (request, response, body) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-twice': ['a', 'b'] })
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }))
  },
  status: (request, response) => response.writeHead(Number(request.url.slice(8)) || 500).end('the body of it'),
  redirect: (request, response) => response.writeHead(302, { location: '/echo' }).end(),
  login(request, response) {
    const right = 'Basic ' + Buffer.from('me:pass "word"').toString('base64')
    response.writeHead(request.headers.authorization === right ? 200 : 401).end('in')
  },
  silent() {},
}
const server = require('node:http').createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const { method, url, headers } = request
    appendFileSync(log, JSON.stringify({ method, url, headers, body }) + '\\n')
    try { pages[url.split(/[/?]/)[1]](request, response, body) } catch { response.writeHead(404).end('nothing here') }
  })
})
server.listen(0, address, () => console.log(server.address().port))
`
