// The files of a certificate on a host: the certificate with what stands behind it, and its key. Diffs tell what it says.
import type { KeyObject } from 'node:crypto'
import { type Content, contentOf, contentText } from '../../engine/content.ts'
import { map, type Probe } from '../../engine/probe.ts'
import { readCertificates } from '../../engine/x509/certificate.ts'
import { type KeyFormat, keyPem } from '../../engine/x509/key.ts'
import { tell } from '../../engine/x509/tell.ts'
import { type PlacedState, placedFile, probePlaced } from './placed-files.ts'
import type { Writing } from './written-file.ts'

/** Where the files go, and whose they are. */
export interface Placing {
  readonly dest?: string | undefined
  readonly keyDest?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly mode?: string | undefined
  readonly keyMode?: string | undefined
  readonly keyFormat?: KeyFormat | undefined
}

/** What is to be written: everybody may read the certificate, only its owner the key. */
export function certificateFiles(
  { dest, keyDest, owner, group, mode = '0644', keyMode = '0600', keyFormat }: Placing,
  { pem, key, provisional }: { pem: string; key: KeyObject | undefined; provisional: boolean },
): Writing[] {
  const whose = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
  const files: Writing[] = []
  if (dest !== undefined) {
    // most are as wished for, and nobody asks what they say
    const content = contentOf(pem, { provisional, told: () => toldOf(pem, provisional) })
    files.push(placedFile(dest, content, { mode, ...whose }))
  }
  if (keyDest !== undefined && key)
    files.push(
      placedFile(keyDest, contentOf(keyPem(key, keyFormat), { secret: true, provisional }), {
        mode: keyMode,
        ...whose,
      }),
    )
  return files
}

/** What is on the host; what a certificate there says is told as well. */
export const probeCertificateFiles = (files: readonly Writing[]): Probe<PlacedState> =>
  map(probePlaced(files), (state) => ({
    files: Object.fromEntries(
      Object.entries(state.files).map(([dest, found]) => [dest, { ...found, content: withTold(found.content) }]),
    ),
  }))

const withTold = (content: Content | null): Content | null =>
  content && !content.secret && !content.told ? { ...content, told: () => toldOf(contentText(content) ?? '') } : content

/** Undefined where the text holds no certificate, or something else besides. */
function toldOf(text: string, provisional = false): string | undefined {
  try {
    const found = readCertificates(text)
    return found.length > 0 ? found.map((each) => tell(each, { provisional })).join('\n') : undefined
  } catch {
    return undefined
  }
}
