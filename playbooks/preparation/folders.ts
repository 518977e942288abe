// Steps that say where Kubernetes lies, on hosts that have it file by file.
import type { ClusterContext } from '../cluster.ts'
import { memberOf } from '../credentials/binary.ts'
import { clientFlags, clientFlagsOfV2 } from '../roles/etcd/index.ts'
import { etcdPaths } from '../roles/etcd/paths.ts'
import { layout as makeFolders } from '../roles/layout/index.ts'
import { pathEnv as setPath } from '../roles/path-env/index.ts'
import type { Step } from './step.ts'

export const layout: Step = ({ vars: { kubernetes }, host }) => {
  const { user, folders, logFolders } = kubernetes
  return (
    kubernetes.install === 'binaries' &&
    makeFolders({
      ...kubernetes,
      ...(user !== 'root' && { owner: user }),
      components: logFolders ? [...nodeComponents, ...(isMaster(host) ? masterComponents : [])] : [],
      also: folders,
    })
  )
}

/** @param etcdctl whether masters have an alias for it, with the certificates that the role etcd brings */
export const pathEnv =
  (etcdctl: boolean): Step =>
  ({ vars: { kubernetes, etcd }, host, groups }) => {
    if (kubernetes.install !== 'binaries') return false
    const { binDir } = etcdPaths(etcd)
    const members = groups.masters.map(memberOf)
    // what packages bring is found as it is
    const own = isMaster(host) && etcd.source.type === 'url'
    const client = { ...etcd, members }
    return setPath({
      binDirs: [...new Set([kubernetes.binDir, ...(own ? [binDir] : [])])],
      formerDirs: [`${etcd.dir}/bin`],
      ...(etcdctl &&
        isMaster(host) && {
          etcdctl: {
            ...{ path: `${binDir}/etcdctl`, flags: clientFlags(client) },
            ...(etcd.enableV2 && { flags2: clientFlagsOfV2(client) }),
          },
        }),
    })
  }

const isMaster = ({ groups }: ClusterContext['host']): boolean => groups.includes('masters')

const nodeComponents = ['kubelet', 'kube-proxy']
const masterComponents = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
