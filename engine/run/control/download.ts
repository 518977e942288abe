// Downloads of the control side, kept by digest. Knows no hosts; whoever asks twice in a run is the business of control.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TsplayError } from '../../error.ts'
import type { SourceFile } from '../../module.ts'
import { nameInUrl } from '../../name-in-url.ts'
import { reveal } from '../../secret.ts'
import type { Download } from '../../transfer.ts'
import { cacheFolder, placeText } from './cache-folder.ts'
import { httpGet } from './http-get.ts'
import { readSource } from './sources.ts'

/** What an address gave last time. */
interface Known {
  readonly sha256: string
  readonly etag?: string
  readonly lastModified?: string
}

/** @throws TsplayError where no address gives it, or gives something else than the digest says. */
export async function downloadFile(download: Download): Promise<SourceFile> {
  const { urls, sha256 } = download
  const kept = sha256 && (await keptFile(sha256, urls[0]!))
  if (kept) return kept
  const failures: string[] = []
  for (const url of urls) {
    try {
      return await fromUrl(url, download)
    } catch (error) {
      failures.push(`${plainUrl(url)}: ${(error as Error).message}`)
    }
  }
  throw new TsplayError(`cannot download ${failures.join('; ')}`, {
    hint: 'the control side downloads it; where only the host can reach the address: via: "host"',
  })
}

async function fromUrl(url: string, download: Download): Promise<SourceFile> {
  // what needs a login is not kept under its address: the next one may have another
  const keeps = download.password === undefined && Object.keys(download.headers ?? {}).length === 0
  const note = path.join(cacheFolder(), 'downloads', 'urls', `${sumOf(url)}.json`)
  const known = keeps && download.sha256 === undefined ? await readNote(note) : undefined
  const present = known && (await keptFile(known.sha256, url))
  const response = await httpGet(url, {
    headers: { ...headersOf(download), ...(present && conditions(known)) },
    timeoutMs: download.timeout * 1000,
    validateCerts: download.validateCerts,
  })
  if (response.statusCode === 304 && present) {
    response.resume()
    return present
  }
  if (response.statusCode !== 200) {
    response.destroy()
    throw new Error(`status ${response.statusCode}${response.statusMessage ? ` ${response.statusMessage}` : ''}`)
  }
  const sha256 = await save(response, url, download)
  const { etag, 'last-modified': lastModified } = response.headers
  if (keeps) await placeText(note, JSON.stringify({ sha256, etag, lastModified }))
  const saved = await keptFile(sha256, url)
  if (!saved) throw new Error('what was downloaded is gone from the cache folder')
  return saved
}

/** The digest of what has arrived; it lies in the cache then. */
async function save(response: IncomingMessage, url: string, { sha256 }: Download): Promise<string> {
  const folder = path.join(cacheFolder(), 'downloads')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const arriving = await mkdtemp(path.join(folder, 'arriving-'))
  try {
    const file = path.join(arriving, 'file')
    const hash = createHash('sha256')
    let size = 0
    await pipeline(
      response,
      async function* (body: AsyncIterable<Buffer>) {
        for await (const chunk of body) {
          hash.update(chunk)
          size += chunk.length
          yield chunk
        }
      },
      createWriteStream(file, { mode: 0o600 }),
    )
    const announced = response.headers['content-length']
    if (announced !== undefined && Number(announced) !== size)
      throw new Error(`ends after ${size} of ${announced} bytes`)
    const digest = hash.digest('hex')
    if (sha256 !== undefined && digest !== sha256) throw new Error(`has sha256 ${digest}, not ${sha256}`)
    const place = keptPath(digest, url)
    await mkdir(path.dirname(place), { recursive: true, mode: 0o700 })
    await rename(file, place)
    return digest
  } finally {
    await rm(arriving, { recursive: true, force: true })
  }
}

/** What is in the cache by this digest; what is not what it should be is thrown away. */
async function keptFile(sha256: string, url: string): Promise<SourceFile | undefined> {
  const file = await readSource(keptPath(sha256, url)).catch(() => undefined)
  if (file === undefined || file.content.sha256 === sha256) return file
  await rm(file.path, { force: true })
  return undefined
}

const keptPath = (sha256: string, url: string): string =>
  path.join(cacheFolder(), 'downloads', sha256, nameInUrl(url) ?? 'download')

async function readNote(file: string): Promise<Known | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Known
  } catch {
    return undefined // written over from outside: asked for anew
  }
}

const conditions = ({ etag, lastModified }: Known): Record<string, string> => ({
  ...(etag !== undefined && { 'if-none-match': etag }),
  ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
})

const headersOf = ({ headers = {}, user, password }: Download): Record<string, string> => ({
  ...(user !== undefined && {
    authorization: `Basic ${Buffer.from(`${user}:${reveal(password ?? '')}`).toString('base64')}`,
  }),
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, reveal(value)])),
})

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Without what may be a token. */
const plainUrl = (url: string): string => url.replace(/\?.*$/s, '?…')
