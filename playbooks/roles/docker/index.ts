// docker: the engine from a package, in the version that is wanted, with its configuration before its first start.
import { handler, role, task } from 'tsplay'
import { apt, command, copy, directory, dnf, grub, systemd } from 'tsplay/modules'
import { keptPackages } from '../../kept-packages.ts'
import { type DaemonOptions, daemonJson } from './daemon-json.ts'
import { type DockerFamily, type DockerPackage, legacyPackages, packagesOf } from './packages.ts'

export interface DockerParams extends DaemonOptions {
  /** Family of the host's distribution. */
  family: DockerFamily
  /** Major version of the distribution, which the RHEL family's package that keeps versions is called by: `7`. Default: a later one. */
  majorVersion?: string
  /** Docker's own packages, whose repository the host must know, or Debian's. Default `docker-ce`. */
  package?: DockerPackage
  /**
   * Version as docker counts, such as `19.03.11`: it is then kept at it, until another one is given, which must not be older.
   * Default: any that is there, else the newest.
   */
  version?: string
  /**
   * Limits of containers count swap, which kernels of Ubuntu only do when they are told so at boot: the role `reboot` then
   * finds that one is needed. Default false.
   */
  swapAccounting?: boolean
}

/** Restarts docker where it is, on one host after the other, since containers may stop. `docker-static` has the same. */
export const restartDocker = handler(
  'restart docker',
  systemd({ name: 'docker', state: 'restarted', daemonReload: true, missingOk: true }),
  { throttle: 1 },
)

/** docker runs, now and after each boot, as its configuration says. */
export const docker = role<DockerParams>({
  name: 'docker',
  tasks({ family, majorVersion = '', package: from = 'docker-ce', version, swapAccounting = false, ...options }) {
    const { specs, names } = packagesOf(family, from, version)
    return [
      // only what cannot stand beside the package: `docker*` would take docker itself, in every run
      task(
        'no packages of before',
        family === 'debian'
          ? apt({ name: legacyPackages.debian[from], state: 'absent' })
          : dnf({ name: legacyPackages.redhat, state: 'absent' }),
      ),
      task('folder of the configuration', directory({ path: '/etc/docker', mode: '0755' })),
      task('configuration', copy({ dest: '/etc/docker/daemon.json', content: daemonJson(options), mode: '0644' }), {
        notify: restartDocker,
      }),
      keptPackages('docker', {
        family,
        majorVersion,
        specs,
        names,
        keep: version !== undefined,
        notify: restartDocker,
      }),
      task('docker runs', systemd({ name: 'docker', enabled: true, state: 'started' }), { absorbs: restartDocker }),
      swapAccounting &&
        task('swap is counted', grub({ args: ['swapaccount=1'] })).register(({ rebootRequired }) => [
          rebootRequired &&
            task('a boot is needed', copy({ dest: '/run/reboot-required', content: 'docker\n', force: false })),
        ]),
      task('docker answers', command({ cmd: ['docker', 'version', '--format', '{{.Server.Version}}'] }), {
        changedWhen: false,
        retries: 10,
        delay: 2,
      }),
    ]
  },
})
