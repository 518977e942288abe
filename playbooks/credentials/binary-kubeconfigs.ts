// Kubeconfigs of a host in a cluster that is set up file by file: masters' components and people, kubelets and kube-proxy.
import type { BootstrapToken } from '../roles/bootstrap-token/index.ts'
import type { KubeconfigFile, KubeconfigsParams } from '../roles/kubeconfigs/index.ts'
import { clusterAuthority } from './authorities.ts'
import type { BinarySystem, Place } from './binary-system.ts'
import { apiUrl } from './cluster.ts'
import { admin, componentsOf, kubeProxyOf } from './components.ts'

/** The kubeconfigs of a host, all of which go through the balancer. */
export function binaryKubeconfigs(place: Place): KubeconfigsParams {
  const { system, cluster, isMaster, runsPods } = place
  return {
    ...{ authority: clusterAuthority, subject: system.subject, server: apiUrl(cluster) },
    folders: [{ path: system.dirs.config, mode: '0755' }, ...(isMaster ? [{ path: '/root/.kube', mode: '0700' }] : [])],
    files: [...(isMaster ? filesOfMaster(place) : []), ...(runsPods ? filesOfNode(place) : [])],
  }
}

/** The token of a host's kubelet. */
export const tokenOf = ({ token: { form, each } }: BinarySystem, host: string): BootstrapToken => ({
  name: each ? `bootstrap-token-${host}` : 'bootstrap-token',
  form,
})

const filesOfMaster = (place: Place): KubeconfigFile[] => {
  const { contexts, dirs, owner } = place.system
  return [
    {
      ...{ dest: '/root/.kube/config', user: admin.cn, context: contexts.admin, shared: true },
      credential: { certificate: admin },
    },
    ...componentsOf(place).map(({ file, context, certificate }) => ({
      ...{ dest: `${dirs.config}/${file}.kubeconfig`, user: certificate.cn, context, owner },
      credential: { certificate },
    })),
  ]
}

const filesOfNode = ({ system, host }: Place): KubeconfigFile[] => {
  const { dirs, contexts, bootstrapFile } = system
  return [
    {
      ...{ dest: `${dirs.config}/${bootstrapFile}.kubeconfig`, user: 'kubelet-bootstrap' },
      ...{ context: contexts.bootstrap, credential: { token: tokenOf(system, host) } },
    },
    {
      ...{ dest: `${dirs.config}/kube-proxy.kubeconfig`, user: 'kube-proxy', context: contexts['kube-proxy'] },
      credential: { certificate: kubeProxyOf(host) },
    },
  ]
}
