// kernel-upgrade: a newer kernel, or a certain one, installed, booted and seen to run. Knows nothing of other hosts.
//
// Hosts that serve together are done one after the other, and none is begun behind one that did not come back: the play
// says `serial: 1` and `maxFailPercentage: 0`.
import { role, type TaskList, task } from 'tsplay'
import { grub, type RebootParams, reboot } from 'tsplay/modules'
import { installation, type KernelFile } from './install.ts'
import { isBrought, isWanted, type WantedKernel } from './kernel-version.ts'
import { kernels } from './kernels.ts'
import { type KernelOs, type KernelRepository, wantedKernel } from './sources.ts'

/** Parameters of `kernel-upgrade`. At least one of `minimum`, `package` with a telling version, and `release`. */
export interface KernelUpgradeParams {
  /** The host's distribution: `facts.os`. */
  os: KernelOs
  /** The host's processor: `facts.arch`. Default `x86_64`. */
  arch?: string
  /** The oldest kernel that will do, by what `uname -r` says: `5.4`, `6.1.0-50`. A host that runs it or a newer one is left alone. */
  minimum?: string
  /**
   * The package to be installed. Default: the distribution's own (`linux-image-amd64`, `linux-image-generic`, `kernel`), and
   * elrepo's `kernel-ml` on RHEL 7.
   */
  package?: string
  /** Its version: `6.1.176-1`, `4.19.12-1.el7.elrepo`. Default: the newest. */
  version?: string
  /** What `uname -r` is to print. Default: what `package` and `version` tell of it; then `minimum` decides alone. */
  release?: string
  /**
   * Where the package is taken from: a release of apt (`bookworm-backports`), a yum repository by its id. Default: what is
   * enabled. Backports that the host has no source of are brought to it.
   */
  from?: string
  /**
   * Where `from` is to be had, of Debian's family only: the address below which `dists/` lies. The source is then brought
   * whatever it is. Default: where the host has its release from.
   */
  mirror?: string
  /** A yum repository of kernels, which is only used here. Default: elrepo's on RHEL 7 where `from` is not given, else none. */
  repository?: KernelRepository
  /** Files of rpm packages instead of a repository. Their signatures are checked as well, with the key of `repository`. Default: none. */
  files?: KernelFile[]
  /** Packages that are installed together with it, such as `kernel-ml-devel`. Default: none. */
  also?: string[]
  /** Rpm packages that are removed before, such as `kernel-tools`, which those of `kernel-ml` conflict with. Default: none. */
  replaces?: string[]
  /**
   * Arguments of the kernel that is brought here: `user_namespace.enable=1`. It gets them before its first boot, and where
   * they change later on, with a reboot; so does one that runs already and is known for one that was brought: by `release`,
   * by a package and version that tell it, or because it is elrepo's or from backports. A host whose own kernel is new
   * enough keeps that with its arguments, and is not rebooted for others. Default: none.
   */
  args?: string[]
  /** Seconds after which a host that reboots must be back. Default 600. */
  rebootTimeout?: number
  /** Units that must run again before the host counts as back, as far as they ran before: `etcd`, `kubelet`. Default: none. */
  units?: readonly string[]
}

/**
 * The wanted kernel runs. Where it does already, nothing is installed and nothing rebooted, and unless `version` is given
 * nothing is even asked of the package manager: newer kernels do not come in passing.
 *
 * @throws TsplayError where the parameters do not tell which kernel is to run in the end, or a file has no digest
 */
export const kernelUpgrade = role<KernelUpgradeParams>({
  name: 'kernel-upgrade',
  dir: import.meta.dirname,
  tasks: (params) => {
    const { os, arch = 'x86_64', files = [], also = [], replaces = [], args = [] } = params
    const wanted = wantedKernel(params, os, arch)
    const boot = { timeout: params.rebootTimeout ?? 600, units: [...(params.units ?? [])] }
    const { before, install } = installation({ ...params, arch, files, also, replaces })
    return [
      task('kernel that runs', kernels({ wanted })).register(({ running = '' }) => {
        const isOld = !isWanted(running, wanted)
        const own = wanted.release !== undefined || isBrought(running) ? args : []
        if (!isOld && params.version === undefined) return argumentsOnly(own, boot)
        return [
          before,
          // a package may also bring the running kernel anew, with the same name: an update of Debian's
          task('kernel is installed', install).register(({ changed }) =>
            isOld || changed ? booted(wanted, args, boot) : argumentsOnly(own, boot),
          ),
        ]
      }),
    ]
  },
})

/** How a host is rebooted. */
type Boot = Pick<RebootParams, 'timeout' | 'units'>

/** Another kernel, from the boot loader to the proof that it runs. */
const booted = (wanted: WantedKernel, args: readonly string[], boot: Boot): TaskList => [
  task('kernel to be booted', kernels({ wanted, must: 'installed' })).register(({ boots, target }) => [
    target !== undefined &&
      target !== boots &&
      task('it is what the boot loader takes', grub({ defaultKernel: target })),
  ]),
  args.length > 0 && task('arguments of the kernel', grub({ args: [...args] })),
  task('reboot into the new kernel', reboot({ ...boot, message: 'Rebooted into another kernel' })),
  task('the new kernel runs', kernels({ wanted, must: 'running', args: [...args] })),
]

/** Arguments alone, with a reboot where the running kernel has not got them. */
const argumentsOnly = (args: readonly string[], boot: Boot): TaskList => [
  args.length > 0 &&
    task('arguments of the kernel', grub({ args: [...args] })).register(({ rebootRequired }) => [
      rebootRequired && [
        task('reboot for the arguments', reboot({ ...boot, message: 'Rebooted for arguments of the kernel' })),
        // else the next run would reboot the host again, and so would each
        task('the kernel has its arguments', kernels({ must: 'running', args: [...args] })),
      ],
    ]),
]
