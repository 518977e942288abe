// Which file of a host has a repository of apt's, and what is in it. Neither reads nor writes it.
import path from 'node:path'
import { type Content, contentOf } from '../../engine/content.ts'
import type { Control } from '../../engine/module.ts'
import { type Keyring, keyringOf } from './apt-keyring.ts'
import type { CheckedAptRepositoryParams } from './apt-repository-params.ts'
import { formatStanza, nameFromUri, parseSourceLine } from './apt-sources.ts'
import { namesOf } from './names.ts'

/** A repository, and the file of the host that has it: as lines, or as a stanza that has the file to itself. */
export type RepositoryFile =
  | {
      readonly kind: 'lines'
      readonly params: CheckedAptRepositoryParams
      readonly lines: readonly string[]
      readonly file: string
    }
  | {
      readonly kind: 'stanza'
      readonly params: CheckedAptRepositoryParams
      readonly path: string
      readonly content: Content
      readonly keyring: Keyring | undefined
    }

/** Reads the key where it is a file of the control side. */
export async function repositoryFile(params: CheckedAptRepositoryParams, control: Control): Promise<RepositoryFile> {
  const folder = '/etc/apt/sources.list.d'
  if (params.repo !== undefined) {
    const sources = namesOf(params.repo).map((line) => parseSourceLine(line)!)
    const name = params.name ?? nameFromUri(sources[0]!.uri)
    return {
      kind: 'lines',
      params,
      lines: [...new Set(sources.map(({ text }) => text))],
      file: `${folder}/${name}.list`,
    }
  }
  const at = `/etc/apt/keyrings/${params.name}.gpg`
  const owns = params.key !== undefined || (params.state === 'absent' && params.signedBy === undefined)
  const key = params.state === 'absent' ? undefined : params.key
  return {
    kind: 'stanza',
    params,
    path: path.posix.join(folder, `${params.name}.sources`),
    content: contentOf(stanzaOf(params, params.key === undefined ? params.signedBy : at)),
    keyring: owns ? await keyringOf(at, key, params.fingerprint, control) : undefined,
  }
}

const stanzaOf = (params: CheckedAptRepositoryParams, signedBy: string | undefined): string =>
  formatStanza({
    Enabled: params.enabled === false ? 'no' : undefined,
    Types: params.types ?? ['deb'],
    URIs: namesOf(params.uris ?? []),
    Suites: namesOf(params.suites ?? []),
    Components: namesOf(params.components ?? []),
    Architectures: namesOf(params.architectures ?? []),
    'Signed-By': signedBy,
    Trusted: params.trusted ? 'yes' : undefined,
  })
