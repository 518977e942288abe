// What a master or a node does for the others: it is back from a reboot when this runs again. Knows no host.

/** Units of systemd, by the names that distributions and this site give them; a host has some of them. */
export const serving = [
  ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'],
  ...['flanneld', 'docker', 'containerd', 'cri-docker', 'haproxy', 'keepalived', 'nginx', 'chrony', 'chronyd'],
] as const
