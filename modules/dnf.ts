// dnf: packages of Fedora, RHEL and their kin.
import { defineModule, TaskFailure } from '../engine/module.ts'
import { dnfDesired } from './common/dnf-desired.ts'
import { liftedLocks, whileLifted } from './common/dnf-locks.ts'
import { type DnfInput, dnfParams, type RpmPackageParams } from './common/dnf-params.ts'
import { dnfPredictions } from './common/dnf-predictions.ts'
import { isOlder, readingOf } from './common/dnf-reading.ts'
import { dnfScript } from './common/dnf-script.ts'
import { advisoryOptions, type DnfFound, dnfProbe, repositoryOptions } from './common/dnf-state.ts'
import { rpmIdentity } from './common/rpm-header.ts'
import { rpmSpecs } from './common/rpm-spec.ts'

/** Parameters of `dnf`. */
export interface DnfParams extends RpmPackageParams {}

/**
 * Packages of the RHEL family are installed, or not, by dnf, or by yum where the host has no dnf. Never upgrades what was
 * not named.
 *
 * @example a package in a certain version, from a repository that is not enabled
 * ```ts
 * task('kernel', dnf({ name: 'kernel-ml=5.4.278', disablerepo: '*', enablerepo: 'elrepo-kernel' }))
 * ```
 * @example an rpm file of ours
 * ```ts
 * task('cri-dockerd', dnf({ src: 'files/cri-dockerd-0.2.5-3.el8.x86_64.rpm', disableGpgCheck: true }))
 * ```
 */
export const dnf = defineModule<DnfParams, DnfFound, object, DnfInput>({
  name: 'dnf',
  params: dnfParams,
  subject: ({ name = [], src = [] }) => [name, src].flat().join(', '),
  async prepare(params, control) {
    if (params.src === undefined) return params
    const { path, content } = await control.file(params.src)
    try {
      return { ...params, rpm: { ...(await rpmIdentity(content)), content } }
    } catch (error) {
      throw new TaskFailure(`${path}: ${(error as Error).message}`)
    }
  },
  probe: dnfProbe,
  desired: dnfDesired,
  apply(input, { from, to, has }) {
    const wanted = to?.packages ?? {}
    const specs = rpmSpecs(input.name ?? []).filter(({ text }) => wanted[text] !== from.packages[text])
    const lists = {
      install: [] as string[],
      upgrade: [] as string[],
      downgrade: [] as string[],
      remove: [] as string[],
    }
    const { manager, patterns } = from.found
    for (const spec of specs) {
      const argument = spec.kind === 'package' ? spec.argument : spec.text
      const [installed, version] = [from.packages[spec.text] ?? null, wanted[spec.text]]
      if (input.state === 'absent') lists.remove.push(argument)
      else if (spec.kind === 'glob') {
        lists.install.push(argument)
        if (input.state === 'latest' && patterns.installed.length > 0) lists.upgrade.push(argument)
      } else if (spec.kind === 'package' && readingOf(spec, from.found.answers).version === undefined)
        lists[installed === null ? 'install' : 'upgrade'].push(argument)
      // dnf's install goes back by itself, together with what must go with it
      else if (installed !== null && version && isOlder(version, installed) && manager === 'yum')
        lists.downgrade.push(argument)
      else lists.install.push(argument)
    }
    const script = dnfScript({
      tool: manager === 'yum' ? 'yum' : 'dnf',
      options: [
        ...repositoryOptions(input),
        input.disableGpgCheck ? '--nogpgcheck' : '--setopt=localpkg_gpgcheck=1',
        ...(input.installWeakDeps === undefined || manager === 'yum'
          ? []
          : [`--setopt=install_weak_deps=${input.installWeakDeps ? 1 : 0}`]),
      ],
      advisories: advisoryOptions(input),
      refresh: has('metadata'),
      ...lists,
      files: input.rpm && wanted[input.src!] !== from.packages[input.src!] ? [input.rpm.content] : [],
      autoremove: input.autoremove,
      lockTimeout: input.lockTimeout ?? 60,
    })
    const lifted = liftedLocks(input, from, wanted)
    return lifted ? whileLifted(lifted, script) : script
  },
  predict: (input, { from, to }) => dnfPredictions(input, from, to?.packages ?? {}),
})
