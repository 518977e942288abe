// Formats of archives: by which name they go, and which programs of a host make and read them. Runs none.
import { type Script, sh } from '../../engine/script.ts'

/** Of tar archives the name says how they are compressed. */
export type ArchiveFormat = 'tar' | 'gz' | 'xz' | 'bz2' | 'zst' | 'zip'

/** The one that was asked for, or the one that the name of the archive says; undefined where neither does. */
export const formatOf = (archive: { format?: ArchiveFormat; dest: string }): ArchiveFormat | undefined =>
  archive.format ?? endings.find(([ending]) => ending.test(archive.dest))?.[1]

/** By the ending of a name. */
const endings: readonly (readonly [RegExp, ArchiveFormat])[] = [
  [/\.zip$/, 'zip'],
  [/\.(tar\.gz|tgz)$/, 'gz'],
  [/\.(tar\.xz|txz)$/, 'xz'],
  [/\.(tar\.bz2|tbz2?)$/, 'bz2'],
  [/\.(tar\.zst|tzst)$/, 'zst'],
  [/\.tar$/, 'tar'],
]

/** What the host needs to make one. */
export const programs: Readonly<Record<ArchiveFormat, readonly string[]>> = {
  tar: ['tar'],
  gz: ['tar', 'gzip'],
  xz: ['tar', 'xz'],
  bz2: ['tar', 'bzip2'],
  zst: ['tar', 'zstd'],
  zip: ['zip'],
}

/** Filters that compress. */
export const packing: Readonly<Record<ArchiveFormat, Script>> = {
  tar: sh`cat`,
  gz: sh`gzip -nc`,
  xz: sh`xz -c`,
  bz2: sh`bzip2 -c`,
  zst: sh`zstd -qc`,
  zip: sh`cat`,
}

/** Filters that take the compression away. */
export const unpacking: Readonly<Record<ArchiveFormat, Script>> = {
  tar: sh`cat`,
  gz: sh`gzip -dc`,
  xz: sh`xz -dc`,
  bz2: sh`bzip2 -dc`,
  zst: sh`zstd -dqc`,
  zip: sh`cat`,
}
