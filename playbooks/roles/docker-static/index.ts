// docker-static: docker from an archive of programs, as a unit of its own. Knows nothing of packages.
import { role, task } from 'tsplay'
import { command, copy, directory, systemd, template } from 'tsplay/modules'
import { type DaemonOptions, daemonJson } from '../docker/daemon-json.ts'
import { restartDocker } from '../docker/index.ts'
import { release } from '../etcd/release.ts'

export interface DockerStaticParams extends DaemonOptions {
  /** The archive, as docker publishes it, and its checksum. */
  source: { readonly url: string; readonly sha256: string }
  /** Folder of programs is `bin` in it, that of releases `releases`. Default `/opt/k8s`. */
  dir?: string
  /** Programs in the archive. Default: those of 18.03; later ones have `containerd` and `runc` without docker's name. */
  programs?: readonly string[]
  /** Files with options of the daemon, in this order; a missing one is passed over. Default: flannel's, which must be the last. */
  environmentFiles?: readonly string[]
  /** Default `error`. */
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'fatal'
}

/** docker of this release runs, now and after each boot; older releases stay on the host. */
export const dockerStatic = role<DockerStaticParams>({
  name: 'docker-static',
  dir: import.meta.dirname,
  tasks({
    source,
    dir = '/opt/k8s',
    programs = programsOf1803,
    environmentFiles = ['/run/flannel/docker'],
    logLevel = 'error',
    ...options
  }) {
    const notify = { notify: restartDocker }
    const vars = { binDir: `${dir}/bin`, environmentFiles, logLevel }
    return [
      task('folder of the configuration', directory({ path: '/etc/docker', mode: '0755' })),
      task(
        'configuration',
        copy({ dest: '/etc/docker/daemon.json', content: daemonJson(options), mode: '0644' }),
        notify,
      ),
      task('folder of the programs', directory({ path: dir, mode: '0755' })),
      task('programs', release({ ...source, dir, programs: [...programs] }), notify),
      task(
        'unit',
        template({ src: 'docker.service.ejs', dest: '/etc/systemd/system/docker.service', vars, mode: '0644' }),
        notify,
      ),
      task('docker runs', systemd({ name: 'docker', enabled: true, state: 'started', daemonReload: true }), {
        absorbs: restartDocker,
      }),
      task('docker answers', command({ cmd: [`${dir}/bin/docker`, 'version', '--format', '{{.Server.Version}}'] }), {
        changedWhen: false,
        retries: 10,
        delay: 2,
      }),
    ]
  },
})

const programsOf1803 = [
  ...['docker', 'dockerd', 'docker-init', 'docker-proxy', 'docker-runc'],
  ...['docker-containerd', 'docker-containerd-ctr', 'docker-containerd-shim'],
]
