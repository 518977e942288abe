// containerdToml: containerd's configuration as text. Knows nothing of hosts; what is not said is containerd's own default.

/** Options of /etc/containerd/config.toml. */
export interface ContainerdOptions {
  /** Who makes control groups. kubelet must be told the same. Default `systemd`. */
  cgroupDriver?: 'systemd' | 'cgroupfs'
  /** Image of the container that holds a pod's network, where hosts can pull it. Default: containerd's own, of a registry far away. */
  pauseImage?: string
}

/**
 * The file's text; the same options give the same text. The file that docker's package brings turns off what kubelets speak to;
 * this one turns nothing off. Registries are each a folder below /etc/containerd/certs.d.
 *
 * @param options what the inventory says of it; each has a default.
 */
export function containerdToml({ cgroupDriver = 'systemd', pauseImage }: ContainerdOptions): string {
  return `# Managed by tsplay: changes made here are lost.
version = 2

[plugins.${cri}]
${pauseImage === undefined ? '' : `  sandbox_image = ${JSON.stringify(pauseImage)}\n`}
  [plugins.${cri}.registry]
    config_path = "/etc/containerd/certs.d"

  [plugins.${cri}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins.${cri}.containerd.runtimes.runc.options]
      SystemdCgroup = ${cgroupDriver === 'systemd'}
`
}

const cri = '"io.containerd.grpc.v1.cri"'
