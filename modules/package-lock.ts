// packageLock: packages stay at the version they have.
import { z } from 'zod'
import { type Content, contentOf } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { type Prediction, will } from '../engine/prediction.ts'
import { all, installedPackage, map, type PackageAnswer } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import { configFile, linesOf } from './common/config-file.ts'
import { nameOrNames, namesOf } from './common/names.ts'
import { anyVersion } from './common/package-spec.ts'
import { replaceFile } from './common/replace-file.ts'
import { isLocked, type LockFlavour, lock, unlock, unlocked, versionLockFiles } from './common/version-lock.ts'

/** Parameters of `packageLock`. */
export interface PackageLockParams {
  /** One package or several, by the names that their managers list. */
  name: string | string[]
  /** `present`: no upgrade touches them. `absent`: upgrades do again. Default `present`. */
  state?: 'present' | 'absent'
}

/** Which packages are kept. */
export interface PackageLockState {
  /** By name: whether it is kept at the version it has. */
  readonly locked: Readonly<Record<string, boolean>>
}

interface Found {
  readonly answers: Readonly<Record<string, PackageAnswer>>
  /** The plugin's own package, for each tool. */
  readonly plugins: Readonly<Record<string, PackageAnswer>>
  /** What versionlock's files hold. */
  readonly files: Readonly<Record<string, Content | null>>
}

/**
 * Installed packages stay at the version they have, whatever is upgraded: on hold for apt, in the list of the plugin
 * versionlock for dnf and yum.
 *
 * @example what must not be upgraded in passing
 * ```ts
 * task('pinned', packageLock({ name: ['kubelet', 'kubeadm', 'kubectl'] }))
 * ```
 * @example free again, for an upgrade that is wanted
 * ```ts
 * task('not pinned', packageLock({ name: 'docker-ce', state: 'absent' }))
 * ```
 */
export const packageLock = defineModule<PackageLockParams, PackageLockState & { readonly found: Found }>({
  name: 'packageLock',
  params: z.strictObject({
    name: nameOrNames(/^[A-Za-z0-9][A-Za-z0-9+._-]*(:[a-z0-9-]+)?$/, 'the name of a package, without a version'),
    state: z.enum(['present', 'absent']).optional(),
  }),
  subject: ({ name }) => namesOf(name).join(', '),
  probe: ({ name, state }) =>
    map(
      all({
        answers: all(Object.fromEntries(namesOf(name).map((each) => [each, installedPackage(each)]))),
        plugins: all(Object.fromEntries(Object.values(plugins).map((each) => [each, installedPackage(each)]))),
        files: all(Object.fromEntries(filesOfLists.map((path) => [path, configFile(path)]))),
      }),
      (found) => ({
        found,
        locked: Object.fromEntries(namesOf(name).map((each) => [each, isKept(each, found, state === 'absent')])),
      }),
    ),
  desired({ name, state }, { found, locked }) {
    const wanted = state !== 'absent'
    const manager = managerOf(found)
    const idle = namesOf(name).every((each) => locked[each] === wanted)
    if (manager !== 'apt' && !flavourOf(manager))
      throw new TaskFailure(
        manager === 'none' ? 'the host has no package manager that is known' : `packages of ${manager} cannot be kept`,
        'apt, dnf and yum can',
      )
    const flavour = flavourOf(manager)
    if (flavour && !idle && !hasPlugin(found, flavour))
      throw new TaskFailure(
        `${flavour}'s plugin versionlock is not installed`,
        `package({ name: '${plugins[flavour]}' }) before this task`,
      )
    const absent = wanted && namesOf(name).find((each) => versionsOf(found.answers[each]!).length === 0)
    if (absent) throw new TaskFailure(`${absent} is not installed: there is no version to keep it at`)
    return { locked: Object.fromEntries(namesOf(name).map((each) => [each, wanted])) }
  },
  apply({ state }, { from, to }) {
    const names = differing(from.locked, to?.locked)
    const flavour = flavourOf(managerOf(from.found))
    if (!flavour) return sh`apt-mark ${state === 'absent' ? 'unhold' : 'hold'} -- ${names} >/dev/null`
    return writeList(from.found, names, state === 'absent')
  },
  touches: ({ name }) => [
    ...[...namesOf(name), ...Object.values(plugins)].map((each) => `package:${each}`),
    ...filesOfLists.map(fileResource),
  ],
  predict({ state }, { from, to }) {
    const names = differing(from.locked, to?.locked)
    const flavour = flavourOf(managerOf(from.found))
    if (flavour) {
      const { list } = versionLockFiles[flavour]
      return [will.be(list, { type: 'file', content: newList(from.found, names, state === 'absent') })]
    }
    return names.map((name) => heldAs(name, state !== 'absent'))
  },
})

const filesOfLists = Object.values(versionLockFiles).flatMap(({ list, conf }) => [list, conf])

const plugins = { dnf: 'python3-dnf-plugin-versionlock', yum: 'yum-plugin-versionlock' } as const

/** Its own file is there, or a dry run has planned its package, whose files nobody foretells. */
const hasPlugin = (found: Found, flavour: LockFlavour): boolean =>
  !!found.files[versionLockFiles[flavour].conf] || found.plugins[plugins[flavour]]?.version === anyVersion

const managerOf = ({ answers }: Found): PackageAnswer['manager'] => Object.values(answers)[0]?.manager ?? 'none'

const flavourOf = (manager: PackageAnswer['manager']) => (manager === 'dnf' || manager === 'yum' ? manager : undefined)

/** Of a package that is really called so. */
const versionsOf = ({ version, others = [], provider }: PackageAnswer): string[] =>
  version === null || provider !== undefined ? [] : [version, ...others]

/** `anyVersion`: whether it is kept at any version at all, which is what has to go. */
function isKept(name: string, found: Found, anyVersion: boolean): boolean {
  const flavour = flavourOf(managerOf(found))
  const answer = found.answers[name]!
  if (!flavour) return answer.held
  const lines = linesOf(found.files[versionLockFiles[flavour].list] ?? null)
  if (anyVersion) return isLocked(lines, name, flavour)
  const versions = versionsOf(answer)
  return versions.length > 0 && unlocked(lines, name, versions, flavour).length === 0
}

const differing = (from: PackageLockState['locked'], to: PackageLockState['locked'] | undefined): string[] =>
  Object.keys(from).filter((name) => to?.[name] !== from[name])

function newList(found: Found, names: readonly string[], remove: boolean): Content {
  const flavour = flavourOf(managerOf(found))!
  const lines = names.reduce<string[]>(
    (list, name) =>
      remove ? unlock(list, name, flavour) : lock(list, name, versionsOf(found.answers[name]!), flavour),
    linesOf(found.files[versionLockFiles[flavour].list] ?? null),
  )
  // a version that a dry run has planned is not the whole of it
  const provisional =
    !remove && names.some((name) => versionsOf(found.answers[name]!).some((each) => !/^[^*]+-[^*]+$/.test(each)))
  return contentOf(lines.map((line) => `${line}\n`).join(''), { provisional })
}

function writeList(found: Found, names: readonly string[], remove: boolean): Script {
  const { list } = versionLockFiles[flavourOf(managerOf(found))!]
  const before = found.files[list]
  return replaceFile(list, {
    content: newList(found, names, remove),
    ...{ mode: '0644', owner: null, group: null },
    ...(before && { replaces: before.sha256 }),
  })
}

const heldAs = (name: string, held: boolean): Prediction => ({
  answer: ({ kind, key }, before) =>
    kind.name === 'package' && key === name ? { ...(before as PackageAnswer), held } : before,
})
