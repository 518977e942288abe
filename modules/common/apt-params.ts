// What the apt module can be asked for: the schema of its parameters, and what goes with what. Knows no host.
import { z } from 'zod'
import type { DebSource } from './apt-deb.ts'
import { packageParam } from './package-spec.ts'

/** Checks the parameters of `apt`. */
export const aptParams = z
  .strictObject({
    name: packageParam(/^[a-z0-9*?[][a-z0-9+.*?[\]!-]+(:[a-z0-9-]+)?$/).optional(),
    state: z.enum(['present', 'absent', 'latest', 'build-dep', 'fixed']).optional(),
    deb: z.string().min(1).optional(),
    upgrade: z.enum(['safe', 'full']).optional(),
    updateCache: z.boolean().optional(),
    cacheValidTime: z.int().min(0).optional(),
    purge: z.boolean().optional(),
    autoremove: z.boolean().optional(),
    autoclean: z.boolean().optional(),
    clean: z.boolean().optional(),
    defaultRelease: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/=,+-]*$/, { error: "is the name of a release, such as 'bookworm-backports'" })
      .optional(),
    installRecommends: z.boolean().optional(),
    onlyUpgrade: z.boolean().optional(),
    allowDowngrade: z.boolean().optional(),
    allowChangeHeld: z.boolean().optional(),
    dpkgOptions: z
      .array(
        z.string().regex(/^[a-z][a-z-]+$/, { error: "an option is written without dashes before it: 'force-confnew'" }),
      )
      .optional(),
    lockTimeout: z.int().min(0).optional(),
    startServices: z.boolean().optional(),
  })
  .refine(
    ({ name, deb, upgrade, autoremove, autoclean, clean, updateCache, state }) =>
      (name ?? deb ?? upgrade) !== undefined || autoremove || autoclean || clean || updateCache || state === 'fixed',
    { error: 'what is to be done? Give name, deb, upgrade, autoremove, autoclean, clean or updateCache' },
  )
  .refine(({ name, deb, upgrade }) => [name, deb, upgrade].filter((each) => each !== undefined).length <= 1, {
    error: 'name, deb and upgrade each want a task of their own',
  })
  .refine(({ state, name }) => state !== 'build-dep' || name !== undefined, { error: 'is needed', path: ['name'] })
  .refine(({ state, deb, upgrade }) => (deb ?? upgrade) === undefined || state === undefined || state === 'present', {
    error: "goes with name only: a deb or an upgrade is 'present'",
    path: ['state'],
  })

/** The parameters as they are checked, and the .deb that they name. */
export type AptInput = z.output<typeof aptParams> & { readonly source?: DebSource }
