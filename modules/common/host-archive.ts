// An archive that is on the host: what of it is there, what should be, and what follows. Unpacks nothing.
import path from 'node:path'
import { pathPicker, plainName } from '../../engine/archive-paths.ts'
import { contentOnHost } from '../../engine/content.ts'
import { type Change, type Desired, TaskFailure } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { all, always, map, type Probe, stat, target } from '../../engine/probe.ts'
import { resolveMode } from './file-attributes.ts'
import { type HostArchive, hostArchiveListing } from './host-archive-listing.ts'
import { willAnswer } from './will-answer.ts'

/** What of an archive is there. */
export interface HostArchiveState {
  readonly done: boolean
  /** The archive's own paths of what is meant. */
  readonly names: readonly string[]
  /** The same, below the folder. */
  readonly files: readonly string[]
  /** Of `files`, what is missing or has another content. */
  readonly unpacked: readonly string[]
  /** Of `files`, what has another mode, owner or group than given. */
  readonly attributes: readonly string[]
  /** Why it cannot be unpacked. */
  readonly problem?: string
}

export const hostArchiveProbe = (archive: HostArchive): Probe<HostArchiveState> =>
  map(
    all({
      source: target(archive.src),
      created: archive.creates === undefined ? always(null) : stat(archive.creates),
      listed: hostArchiveListing(archive),
    }),
    ({ source, created, listed }) => {
      const nothing = { names: [], files: [], unpacked: [], attributes: [] }
      if (created !== null) return { ...nothing, done: true }
      // an archive that is only planned cannot be looked into
      if (listed.code === 3 && source?.type === 'file' && listed.stdout.startsWith('there is no'))
        return { ...nothing, done: false, unpacked: [`all of ${archive.src}`] }
      if (listed.code !== 0) return { ...nothing, done: false, problem: listed.stdout.trim() }
      return { done: false, ...stateOf(archive, listed.stdout) }
    },
  )

function stateOf(archive: HostArchive, output: string): Omit<HostArchiveState, 'done'> {
  const [list = '', missing = '', differing = '', stats = ''] = output.split('\0')
  try {
    const pathOf = pathPicker(archive.src, archive)
    const names = lines(list).filter((name) => pathOf(name) !== undefined)
    const gone = new Set(lines(missing))
    const other = new Set(lines(differing).map(plainName))
    const paths = (some: readonly string[]): string[] => some.map((name) => pathOf(name)!).sort()
    const meant = new Set(paths(names))
    const wrong = lines(stats).flatMap((line) => wrongAttributes(archive, line))
    return {
      names,
      files: [...meant].sort(),
      unpacked: paths(names.filter((name) => gone.has(name) || other.has(pathOf(name)!))),
      attributes: wrong.filter((each) => meant.has(each)),
    }
  } catch (error) {
    return { names: [], files: [], unpacked: [], attributes: [], problem: (error as Error).message }
  }
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/** The path, where a line of stat shows another mode, owner or group than given. */
function wrongAttributes({ dest, mode, directoryMode, owner, group }: HostArchive, line: string): string[] {
  const [, bits = '', uid, gid, user, team, kind, at = ''] =
    /^(\d+) (\d+) (\d+) (\S+) (\S+) (.+?) (\/.*)$/.exec(line) ?? []
  const type = kind === 'directory' ? 'directory' : 'file'
  const wanted = type === 'directory' ? directoryMode : mode
  const present = bits.padStart(4, '0')
  const right =
    (wanted === undefined || resolveMode(wanted, present, type) === present) &&
    (owner === undefined || owner === user || owner === uid) &&
    (group === undefined || group === team || group === gid)
  return right ? [] : [path.posix.relative(dest, at)]
}

/** @throws TaskFailure where the archive cannot be read, or leads out of the folder. */
export function desiredHostArchive(
  { src }: HostArchive,
  { done, problem }: HostArchiveState,
): Desired<HostArchiveState> {
  if (done) return {}
  if (problem !== undefined)
    throw new TaskFailure(
      problem.startsWith('archive ') ? problem : `${src}: ${problem || 'it cannot be read'}`,
      'without remoteSrc it is unpacked by the control side, and the host needs nothing for it',
    )
  return { unpacked: [], attributes: [] }
}

/** That a later task finds nothing of a content but that it is there is no failure of the check. */
export function predictHostArchive(archive: HostArchive, { from }: Change<HostArchiveState>): readonly Prediction[] {
  const folders = new Set(from.names.filter((name) => name.endsWith('/')))
  const pathOf = pathPicker(archive.src, archive)
  const wanted = new Set(from.unpacked)
  return [
    { ...will.be(archive.dest, { type: 'directory', follows: true }), opaque: true },
    ...from.names
      .filter((name) => wanted.has(pathOf(name)!))
      .map((name) => {
        const at = path.posix.join(archive.dest, pathOf(name)!)
        return folders.has(name)
          ? will.be(at, { type: 'directory', follows: true })
          : will.be(at, { type: 'file', content: contentOnHost({ sha256: 'not known yet' }) })
      }),
    willAnswer(hostArchiveListing(archive), { code: 0, stdout: `${from.names.join('\n')}\0\0\0` }),
  ]
}
