// A file that the host downloads: what is there, what it should be, and the script that puts it in place.
import path from 'node:path'
import { type Content, contentOnHost } from '../../engine/content.ts'
import { type Change, type Desired, TaskFailure } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import {
  type Algorithm,
  all,
  always,
  digest,
  map,
  type Probe,
  type StatAnswer,
  script,
  target,
} from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type Checksum, digestIn } from './digests.ts'
import { desiredAttributes, type FileAttributes } from './file-attributes.ts'
import { downloadToFile, downloadToOutput, type HostDownload, resumedDownload } from './host-fetch.ts'
import { replaceFile } from './replace-file.ts'
import { willAnswer } from './will-answer.ts'

/** The file. */
export interface HostFile {
  readonly dest: string
  /** Its name where `dest` is a folder. */
  readonly name: string | undefined
  readonly digest: Checksum | undefined
  /** Without a digest: replace what differs from the address. */
  readonly force: boolean
  readonly resume: boolean
  readonly backup: boolean
  readonly attributes: FileAttributes
  /** Tells the questions of this file from those of others that differ in their secrets only. */
  readonly nonce: string
  readonly download: Omit<HostDownload, 'digest'>
}

/** What is there. */
export interface HostFileState {
  readonly path: string
  readonly type: StatAnswer['type'] | null
  /** By the algorithm that it is wanted by. */
  readonly digest: string | null
  readonly mode: string | null
  readonly owner: string | null
  readonly group: string | null
  readonly stat: StatAnswer | null
  readonly parent: boolean
  /** The digest it should have; null where none is known, and why, where it should be. */
  readonly wanted: string | null
  readonly problem?: string
}

const algorithmOf = ({ digest }: HostFile): Algorithm => digest?.algorithm ?? 'sha256'

/** A digest is asked of the host only where there is one to compare it with. */
export function hostFileProbe(file: HostFile): Probe<HostFileState> {
  const { dest, name } = file
  const within = name === undefined ? undefined : path.posix.join(dest, name)
  const at = dest.endsWith('/') ? within! : dest
  return map(
    all({
      found: spot(file, at),
      inside: within === undefined || within === at ? always(undefined) : spot(file, within),
      wanted: wantedProbe(file),
    }),
    ({ found, inside, wanted }) => ({
      ...(found.type === 'directory' && inside ? inside : found),
      ...wanted,
    }),
  )
}

const spot = (file: HostFile, at: string): Probe<Omit<HostFileState, 'wanted' | 'problem'>> =>
  map(
    all({
      found: target(at),
      sum: file.digest || file.force ? digest(at, algorithmOf(file)) : always(null),
      parent: target(path.posix.dirname(at)),
    }),
    ({ found, sum, parent }) => ({
      path: at,
      type: found?.type ?? null,
      digest: found?.type === 'file' ? sum : null,
      mode: found?.mode ?? null,
      owner: found?.owner ?? null,
      group: found?.group ?? null,
      stat: found,
      parent: parent?.type === 'directory',
    }),
  )

type Wanted = Pick<HostFileState, 'wanted' | 'problem'>

/** A digest that stands at an address, and what an address gives now, are looked up by the host without writing anything. */
function wantedProbe(file: HostFile): Probe<Wanted> {
  const { digest, force, download, name, dest, nonce } = file
  if (digest && 'hex' in digest) return always({ wanted: digest.hex })
  if (digest) {
    // secrets in it print alike: the nonce tells questions apart
    const sums = script(sh`: ${nonce}; exec 2>&1; ${downloadToOutput(download, digest.url)}`, { reads: [] })
    return map(sums, ({ code, stdout }): Wanted => {
      if (code !== 0) return { wanted: null, problem: stdout.trim() || `${digest.url} cannot be downloaded` }
      const wanted = digestIn(stdout, name ?? path.posix.basename(dest), digest.algorithm)
      return wanted === undefined
        ? { wanted: null, problem: `${digest.url} has no ${digest.algorithm} of '${name}'` }
        : { wanted }
    })
  }
  if (!force) return always({ wanted: null })
  const url = download.urls[0]!
  const now = sh`: ${nonce}; exec 2>&1; {
{ ${downloadToOutput(download, url)}
printf 'code %s\n' "$?" >&4; } | sha256sum; } 4>&1`
  return map(script(now, { reads: [] }), ({ stdout }): Wanted => {
    const sum = /^([0-9a-f]{64}) /m.exec(stdout)?.[1]
    if (sum !== undefined && /^code 0$/m.test(stdout)) return { wanted: sum }
    const problem = stdout.replace(/^(code \d+|[0-9a-f]{64} .*)$/gm, '').trim()
    return { wanted: null, problem: problem || `${url} cannot be downloaded` }
  })
}

/** @throws TaskFailure where something else is in the way, the folder is missing, or the digest cannot be learnt. */
export function desiredHostFile(file: HostFile, actual: HostFileState): Desired<HostFileState> {
  const { path: at, type, parent, wanted, problem } = actual
  if (type === 'directory') throw new TaskFailure(`${at} is a directory`, 'dest needs the name of the file as well')
  if (type !== null && type !== 'file') throw new TaskFailure(`${at} is not a regular file`)
  if (!parent) {
    const folder = path.posix.dirname(at)
    throw new TaskFailure(`${folder} is not a directory on the host`, `make it first: directory({ path: '${folder}' })`)
  }
  if (problem !== undefined && (file.digest || file.force)) throw new TaskFailure(problem)
  return {
    type: 'file',
    ...(wanted !== null && { digest: wanted }),
    ...desiredAttributes(file.attributes, actual.stat, 'file'),
  }
}

export function applyHostFile(file: HostFile, change: Change<HostFileState>): Script {
  const { from, to } = change
  const kept = from.type === 'file' ? from : undefined
  const hex = to?.digest
  const download: HostDownload = {
    ...file.download,
    // what is forced is whatever the address gives by then
    ...(file.digest && hex != null && { digest: { algorithm: file.digest.algorithm, hex } }),
  }
  const brings = change.has('type') || change.has('digest')
  return replaceFile(from.path, {
    content: undefined,
    ...(brings && { made: sh`{ ${file.resume ? resumedDownload(download) : downloadToFile(download)}; }` }),
    mode: to?.mode ?? kept?.mode ?? '0644',
    owner: to?.owner ?? kept?.owner ?? null,
    group: to?.group ?? kept?.group ?? null,
    ...(file.backup && kept && { backup: true }),
  })
}

/** A later task finds the file, and of its content as much as is known. */
export function predictHostFile(file: HostFile, { from, to, has }: Change<HostFileState>): readonly Prediction[] {
  const brings = has('type') || has('digest')
  const algorithm = algorithmOf(file)
  const content = to?.digest != null && algorithm === 'sha256' ? to.digest : 'not known yet'
  const planned = will.be(from.path, {
    type: 'file',
    follows: true,
    ...(brings && { content: onlyDigest(content) }),
    ...(to?.mode != null && { mode: to.mode }),
    ...(to?.owner != null && { owner: to.owner }),
    ...(to?.group != null && { group: to.group }),
  })
  return [
    // that a later task finds no more of it than its digest is no failure of the check
    brings ? { ...planned, opaque: true } : planned,
    ...(brings && to?.digest != null ? [willAnswer(digest(from.path, algorithm), to.digest)] : []),
  ]
}

const onlyDigest = (sha256: string): Content => contentOnHost({ sha256 })
