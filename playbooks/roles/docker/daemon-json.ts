// daemonJson: docker's configuration as text. Knows nothing of hosts; what is not said is docker's own default.

/** Options of /etc/docker/daemon.json. */
export interface DaemonOptions {
  /** Addresses of mirrors of docker's registry. */
  registryMirrors?: readonly string[]
  /** Registries whose certificates are not checked, or that have none. */
  insecureRegistries?: readonly string[]
  /** Who makes control groups. kubelet must be told the same. */
  cgroupDriver?: 'systemd' | 'cgroupfs'
  /** Size of a container's log, such as `100m`, and how many of them are kept. */
  logs?: { readonly maxSize: string; readonly maxFiles: number }
  /** Containers run on while the daemon is restarted. */
  liveRestore?: boolean
  /** Layers that are pulled at the same time. */
  maxConcurrentDownloads?: number
  /** Layers that are pushed at the same time. */
  maxConcurrentUploads?: number
  /** Any other option, by docker's name for it. Those above win. */
  other?: Readonly<Record<string, unknown>>
}

/** The file's text; the same options give the same text. */
export function daemonJson(options: DaemonOptions): string {
  const { registryMirrors, insecureRegistries, cgroupDriver, logs, liveRestore, other = {} } = options
  const values: Readonly<Record<string, unknown>> = {
    'registry-mirrors': registryMirrors,
    'insecure-registries': insecureRegistries,
    'exec-opts': cgroupDriver && [`native.cgroupdriver=${cgroupDriver}`],
    'max-concurrent-downloads': options.maxConcurrentDownloads,
    'max-concurrent-uploads': options.maxConcurrentUploads,
    // docker wants texts here
    'log-opts': logs && { 'max-size': logs.maxSize, 'max-file': String(logs.maxFiles) },
    'live-restore': liveRestore,
  }
  const said = Object.entries(values).filter(([, value]) => value !== undefined)
  return `${JSON.stringify({ ...other, ...Object.fromEntries(said) }, null, 2)}\n`
}
