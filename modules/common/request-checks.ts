// What keeps a host's key and request from being as wished for: why, and what to do about it.
import path from 'node:path'
import { TaskFailure } from '../../engine/module.ts'
import type { StatAnswer } from '../../engine/probe.ts'
import { formatKey, type KeySpec } from '../../engine/x509/key.ts'
import type { RequestState } from './request-state.ts'

/**
 * @param key the kind that the key has to be of; undefined: any
 * @throws TaskFailure where something is in the way, or the key is of no use
 */
export function checkRequestFiles(
  { dest, keyDest }: { readonly dest: string; readonly keyDest: string },
  key: KeySpec | undefined,
  { key: present, found }: RequestState,
): void {
  for (const [file, stat] of [
    [keyDest, found.keyStat],
    [dest, found.requestStat],
  ] as const) {
    checkFolder(file, found.folders[path.posix.dirname(file)] ?? null)
    if (stat && stat.type !== 'file') throw new TaskFailure(`${file} is not a regular file, but a ${stat.type}`)
  }
  if (!found.openssl)
    throw new TaskFailure('there is no openssl on the host', "install it first: package({ name: 'openssl' })")
  if (found.problem !== undefined)
    throw new TaskFailure(`${keyDest}: ${found.problem}`, 'it is never replaced: move it away to have a new one made')
  if (key && present !== null && found.publicKey && present !== formatKey(key))
    throw new TaskFailure(
      `the key at ${keyDest} is ${present}, not ${formatKey(key)}`,
      'it is never replaced: move it away to have a new one made, or leave out what kind it has to be',
    )
}

function checkFolder(file: string, folder: StatAnswer | null): void {
  if (folder?.type === 'directory') return
  const parent = path.posix.dirname(file)
  throw new TaskFailure(
    `${parent} is not a directory on the host, so nothing can be written to ${file}`,
    folder ? `it is a ${folder.type}` : `make it first: directory({ path: '${parent}' })`,
  )
}
