// The parameters of dnf and yum.
import { z } from 'zod'
import type { Content } from '../../engine/content.ts'
import { nameOrNames } from './names.ts'
import type { RpmIdentity } from './rpm-header.ts'
import { rpmNameParam } from './rpm-spec.ts'

/** Parameters that `dnf` and `yum` share. */
export interface RpmPackageParams {
  /**
   * One or several: `nginx`, `nginx=1.22*` or, as dnf has it, `nginx-1.22.1`; what a package provides (`vim`,
   * `/usr/bin/vim`); names with `*` for all that fit; `@development` for a group; an rpm file by its path on the host or its
   * address (`https://…/x.rpm`), which asks for its version or a newer one. Default: none, where there is `src`.
   */
  name?: string | string[]
  /** An rpm file of the control side, which is brought to the host where its version, or a newer one, is not installed. Default: none. */
  src?: string
  /** `latest`: at the newest version that the host's cached metadata have; `updateCache` refreshes them. Default `present`. */
  state?: 'present' | 'absent' | 'latest'
  /** Repositories to be taken besides those that are enabled. Default: none. */
  enablerepo?: string | string[]
  /** Repositories not to be taken; `*` for all but those of `enablerepo`. Default: none. */
  disablerepo?: string | string[]
  /** Packages not to be taken, by names that may hold `*`. Default: none. */
  exclude?: string | string[]
  /** Refresh the metadata where they are older than `cacheValidTime` or than a repository's file, which is a change of its own. Default: dnf fetches what has expired when it installs. */
  updateCache?: boolean
  /** Seconds. Default 3600. */
  cacheValidTime?: number
  /** With `latest`: only what an advisory calls a security fix. Default false. */
  security?: boolean
  /** With `latest`: only what an advisory calls a bug fix. Default false. */
  bugfix?: boolean
  /** Take packages that nobody has signed. Default false: signatures are checked as the repositories say, and those of files always. */
  disableGpgCheck?: boolean
  /** Let the version asked for be older than the installed one. Default false: that is a failure, or fine for a file. */
  allowDowngrade?: boolean
  /**
   * Change packages that `packageLock` keeps at a version, too, which ends that; where they cannot be changed, they are kept
   * on. Default false: a repository's other versions are as if they were not there.
   */
  allowChangeLocked?: boolean
  /** With `absent`: remove what only the removed packages needed as well, or keep it. Default: what the host is set to (for dnf: yes). */
  autoremove?: boolean
  /** Install what packages recommend. Default: what the host is set to (for dnf: yes; yum knows none). */
  installWeakDeps?: boolean
  /** Seconds to wait for another dnf or yum to end. Default 60. */
  lockTimeout?: number
}

/** The parameters, and what the control side has found of the file. */
export interface DnfInput extends RpmPackageParams {
  readonly rpm?: RpmIdentity & { readonly content: Content }
}

const repositories = nameOrNames(/^[A-Za-z0-9*?[][A-Za-z0-9._:*?[\]-]*$/, 'the id of a repository')

export const dnfParams = z
  .strictObject({
    name: rpmNameParam.optional(),
    src: z
      .string()
      .regex(/\.rpm$/, { error: "expected the path of an rpm file; a package's name goes into 'name'" })
      .optional(),
    state: z.enum(['present', 'absent', 'latest']).optional(),
    enablerepo: repositories.optional(),
    disablerepo: repositories.optional(),
    exclude: nameOrNames(/^[A-Za-z0-9*?[][A-Za-z0-9._+:*?[\]-]*$/, 'the name of a package').optional(),
    updateCache: z.boolean().optional(),
    cacheValidTime: z.int().min(0).optional(),
    security: z.boolean().optional(),
    bugfix: z.boolean().optional(),
    disableGpgCheck: z.boolean().optional(),
    allowDowngrade: z.boolean().optional(),
    allowChangeLocked: z.boolean().optional(),
    autoremove: z.boolean().optional(),
    installWeakDeps: z.boolean().optional(),
    lockTimeout: z.int().min(0).optional(),
  })
  .refine(({ name, src }) => (name ?? src) !== undefined, { error: 'is needed, or src', path: ['name'] })
  .refine(
    ({ state, name, src }) =>
      state !== 'absent' || ![name ?? [], src ?? []].flat().some((text) => /\.rpm([?#]|$)/.test(text)),
    {
      error: 'a file is installed and not removed: name its package',
      path: ['state'],
    },
  )
  .refine(({ state, security, bugfix }) => state === 'latest' || !(security || bugfix), {
    error: "security and bugfix choose among updates: they need state 'latest'",
  })
  .refine(({ state, allowChangeLocked }) => !allowChangeLocked || (state ?? 'present') === 'present', {
    error: 'goes with versions that are named: of packages that are kept no update is known',
    path: ['allowChangeLocked'],
  })
  .refine(({ state, autoremove }) => state === 'absent' || autoremove === undefined, {
    error: "goes with state 'absent'",
    path: ['autoremove'],
  })
