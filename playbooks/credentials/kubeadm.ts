// Credentials of a cluster that kubeadm sets up: the layout it expects, so that `kubeadm init` takes what it finds.
import { etcdAuthority } from '../roles/etcd/certificates.ts'
import type { Certificate, PkiParams } from '../roles/pki/index.ts'
import { clusterAuthority, frontProxyAuthority } from './authorities.ts'
import { apiServerHosts, type ClusterView } from './cluster.ts'
import type { CredentialsOf } from './host-credentials.ts'

/**
 * What each host gets. Masters have the keys of all three authorities: kubeadm signs with them when a master joins.
 * Workers get nothing here, since they join by a token and the pin of the cluster's authority (`publicKeyPin` of the
 * module `ca`); kubeconfigs are kubeadm's to write.
 */
export const kubeadm =
  ({ certificatesDir }: { certificatesDir: string }): CredentialsOf =>
  (cluster, host) => {
    const self = cluster.masters.find(({ name }) => name === host)
    if (!self) return {}
    return {
      pki: pkiOf(cluster, self, certificatesDir),
      saKeypair: { dir: certificatesDir, dirMode: '0755' },
      bootstrapToken: { tokens: [{ name: 'bootstrap-token', form: 'kubeadm' }] },
    }
  }

function pkiOf(
  cluster: ClusterView,
  { name: host, address }: { name: string; address: string },
  dir: string,
): PkiParams {
  const certificate = (ca: string, file: string, cn: string, rest: Pick<Certificate, 'usages' | 'hosts' | 'o'>) => ({
    ...{ name: `${file.replace('/', '-')}-${host}`, ca, cn, ...pairOf(dir, file) },
    ...rest,
  })
  const client = { usages: ['client'] as const }
  const member = {
    hosts: [host, 'localhost', address, '127.0.0.1', '::1'],
    usages: ['server', 'client'] as const,
  }
  return {
    folders: [
      { path: dir, mode: '0755' },
      { path: `${dir}/etcd`, mode: '0755' },
    ],
    authorities: [
      { name: clusterAuthority, ...pairOf(dir, 'ca') },
      { name: etcdAuthority, ...pairOf(dir, 'etcd/ca') },
      { name: frontProxyAuthority, ...pairOf(dir, 'front-proxy-ca') },
    ],
    certificates: [
      certificate(clusterAuthority, 'apiserver', 'kube-apiserver', {
        hosts: apiServerHosts(cluster),
        usages: ['server'],
      }),
      certificate(clusterAuthority, 'apiserver-kubelet-client', 'kube-apiserver-kubelet-client', {
        ...{ o: 'system:masters', ...client },
      }),
      certificate(etcdAuthority, 'apiserver-etcd-client', 'kube-apiserver-etcd-client', client),
      certificate(frontProxyAuthority, 'front-proxy-client', 'front-proxy-client', client),
      certificate(etcdAuthority, 'etcd/server', host, member),
      certificate(etcdAuthority, 'etcd/peer', host, member),
      certificate(etcdAuthority, 'etcd/healthcheck-client', 'kube-etcd-healthcheck-client', client),
    ],
  }
}

const pairOf = (dir: string, file: string) => ({ dest: `${dir}/${file}.crt`, keyDest: `${dir}/${file}.key` })
