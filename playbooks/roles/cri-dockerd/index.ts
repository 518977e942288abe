// cri-dockerd: what stands between kubelet and docker. Needs docker on the host, and knows nothing of kubelet.
import { handler, role, task } from 'tsplay'
import { apt, copy, directory, dnf, getUrl, systemd } from 'tsplay/modules'

export interface CriDockerdParams {
  /** Family of the host's distribution. */
  family: 'debian' | 'redhat'
  /** A package that the host's repositories have, or a file with its checksum; `unverified` takes whatever comes. */
  source:
    | { readonly name: string; readonly version?: string }
    | { readonly url: string; readonly sha256: string | 'unverified' }
  /** Image of the container that holds a pod's network, where hosts can pull it: `registry.example.org/pause:3.8`. */
  pauseImage: string
  /** Arguments besides. Default: `--network-plugin=cni`. */
  args?: readonly string[]
}

/** Where kubelet and kubeadm find it. */
export const criSocket = 'unix:///run/cri-dockerd.sock'

const restart = handler(
  'restart cri-dockerd',
  systemd({ name: 'cri-docker', state: 'restarted', daemonReload: true }),
  { throttle: 1 },
)

/** kubelet's requests reach docker, and pods begin with the image that is wanted. */
export const criDockerd = role<CriDockerdParams>({
  name: 'cri-dockerd',
  tasks({ family, source, pauseImage, args = ['--network-plugin=cni'] }) {
    const file = 'url' in source ? `${cache}/${source.url.slice(source.url.lastIndexOf('/') + 1)}` : undefined
    return [
      // before the package: its service begins with the right arguments, whoever starts it
      task('folder of the drop-in', directory({ path: dropIn, mode: '0755' })),
      task('arguments', copy({ dest: `${dropIn}/10-tsplay.conf`, content: text(pauseImage, args), mode: '0644' }), {
        notify: restart,
      }),
      'url' in source && [
        task('folder of packages', directory({ path: cache, mode: '0755' })),
        task(
          'package',
          getUrl({
            ...{ url: source.url, dest: file!, mode: '0644' },
            ...(source.sha256 !== 'unverified' && { sha256: source.sha256 }),
          }),
        ),
      ],
      task('cri-dockerd', family === 'debian' ? debian(source, file) : redhat(source, file), { notify: restart }),
      task('its socket', systemd({ name: 'cri-docker.socket', enabled: true, state: 'started', daemonReload: true })),
      task('cri-dockerd runs', systemd({ name: 'cri-docker', enabled: true, state: 'started' }), { absorbs: restart }),
    ]
  },
})

const cache = '/var/cache/tsplay'
const dropIn = '/etc/systemd/system/cri-docker.service.d'

type Source = CriDockerdParams['source']

const debian = (source: Source, file: string | undefined) =>
  'name' in source ? apt({ name: nameOf(source), startServices: false }) : apt({ deb: file!, startServices: false })

// the project signs no file: its checksum vouches for it, or nobody does
const redhat = (source: Source, file: string | undefined) =>
  'name' in source ? dnf({ name: nameOf(source) }) : dnf({ name: file!, disableGpgCheck: true })

const nameOf = ({ name, version }: Extract<Source, { name: string }>): string =>
  version === undefined ? name : `${name}=${version}`

// the first line empties the list of the package's own
const text = (pauseImage: string, args: readonly string[]): string => `# Managed by tsplay: changes made here are lost.
[Service]
ExecStart=
ExecStart=${['/usr/bin/cri-dockerd', '--container-runtime-endpoint', 'fd://', '--pod-infra-container-image', pauseImage, ...args].join(' ')}
`
