// containerd: what runs containers where kubelets speak to it themselves, from a package. Knows nothing of kubelet.
import { handler, role, task } from 'tsplay'
import { command, copy, directory, systemd } from 'tsplay/modules'
import { keptPackages } from '../../kept-packages.ts'
import { type ContainerdOptions, containerdToml } from './containerd-toml.ts'

export interface ContainerdParams extends ContainerdOptions {
  /** Family of the host's distribution. */
  family: 'debian' | 'redhat'
  /** Major version of the distribution, which the RHEL family's package that keeps versions is called by: `7`. Default: a later one. */
  majorVersion?: string
  /** Docker's package, whose repository the host must know, or Debian's. Default `containerd.io`. */
  package?: 'containerd.io' | 'containerd'
  /** Version as containerd counts, such as `1.6.8`: it is then kept at it, until another one is given. Default: any that is there, else the newest. */
  version?: string
}

/** Where kubelet and kubeadm find it. */
export const containerdSocket = 'unix:///run/containerd/containerd.sock'

// containers run on meanwhile, and nobody can begin one: so on one host after the other
const restart = handler(
  'restart containerd',
  systemd({ name: 'containerd', state: 'restarted', daemonReload: true, missingOk: true }),
  { throttle: 1 },
)

/** containerd runs, now and after each boot, and answers kubelets, which as it comes from docker it does not. */
export const containerd = role<ContainerdParams>({
  name: 'containerd',
  tasks({ family, majorVersion = '', package: name = 'containerd.io', version, ...options }) {
    const pinned = version !== undefined
    const spec = pinned ? `${name}=${version}${name === 'containerd' ? '~' : '-'}*` : name
    return [
      task('folder of the configuration', directory({ path: '/etc/containerd', mode: '0755' })),
      // before the package, which leaves a file alone that is there
      task(
        'configuration',
        copy({ dest: '/etc/containerd/config.toml', content: containerdToml(options), mode: '0644' }),
        {
          notify: restart,
        },
      ),
      keptPackages('containerd', { family, majorVersion, specs: spec, names: name, keep: pinned, notify: restart }),
      task('containerd runs', systemd({ name: 'containerd', enabled: true, state: 'started' }), { absorbs: restart }),
      task('containerd answers', command({ cmd: ['ctr', 'version'] }), { changedWhen: false, retries: 10, delay: 2 }),
    ]
  },
})
