// Where a lab keeps its files: state that `down` removes, and a cache that outlives labs. Touches no disk.
import { join } from 'node:path'

/** The files of one lab. */
export interface LabPaths {
  /** State of this lab: keys, consoles, disks of hosts. Removed by `down`. */
  readonly dir: string
  /** Private key that logs in as root on every host of the lab; the public one lies beside it. */
  readonly key: string
  /** Host keys that were accepted. */
  readonly knownHosts: string
  /** Base trees, shared by all labs and kept when they go. */
  readonly base: string
  /** Downloaded packages, shared by all labs and kept when they go. */
  readonly archives: string
}

/**
 * Paths of the lab `name`: state below `TSPLAY_LAB_DIR` (default `/var/lib/tsplay/labs`), cache in `TSPLAY_CACHE_DIR`
 * (default `/var/cache/tsplay`).
 */
export function labPaths(name: string, env: NodeJS.ProcessEnv = process.env): LabPaths {
  const dir = join(env.TSPLAY_LAB_DIR || '/var/lib/tsplay/labs', name)
  const cache = env.TSPLAY_CACHE_DIR || '/var/cache/tsplay'
  return {
    dir,
    key: join(dir, 'id_ed25519'),
    knownHosts: join(dir, 'known_hosts'),
    base: join(cache, 'base'),
    archives: join(cache, 'archives'),
  }
}

/** The files of one host of a lab. */
export interface HostPaths {
  readonly dir: string
  /** What the host wrote over the base tree: its disk. */
  readonly disk: string
  /** Working folder that the overlay needs beside the disk. */
  readonly work: string
  /** Where the host's tree is mounted, visible only in its own mount namespace. */
  readonly root: string
  /** Plain folders bound into the host where it will mount overlays itself. */
  readonly volumes: string
  readonly console: string
  /** What the disk was made for; written once it is complete. */
  readonly record: string
  /** The two scripts that keep the host alive and that bring it up. */
  readonly supervise: string
  readonly init: string
}

/** Paths of a host of the lab in `paths`. */
export function hostPaths(paths: LabPaths, host: string): HostPaths {
  const dir = join(paths.dir, 'hosts', host)
  const inside = (name: string) => join(dir, name)
  return {
    dir,
    disk: inside('disk'),
    work: inside('work'),
    root: inside('root'),
    volumes: inside('volumes'),
    console: inside('console.log'),
    record: inside('record.json'),
    supervise: inside('supervise.sh'),
    init: inside('init.sh'),
  }
}
