// Credentials of a cluster that is set up from programs, file by file. What systems differ in is data; knows no system.
import { type EtcdMember, memberPki } from '../roles/etcd/certificates.ts'
import { binaryKubeconfigs, tokenOf } from './binary-kubeconfigs.ts'
import { binaryPki } from './binary-pki.ts'
import type { BinarySystem, Place } from './binary-system.ts'
import type { ClusterView, Master } from './cluster.ts'
import type { CredentialsOf, HostCredentials } from './host-credentials.ts'

/** What each host gets of such a system; hosts outside of masters and nodes get nothing. */
export const binary =
  (system: BinarySystem): CredentialsOf =>
  (cluster, host) => {
    const isMaster = cluster.masters.some(({ name }) => name === host)
    const runsPods = kubeletHosts(system, cluster).includes(host)
    const place = { system, cluster, host, isMaster, runsPods }
    if (!isMaster && !runsPods) return {}
    return {
      pki: binaryPki(place),
      kubeconfigs: binaryKubeconfigs(place),
      ...(isMaster && ofMasters(place)),
    }
  }

const ofMasters = ({ system, cluster, host }: Place): HostCredentials => {
  const { subject, dirs, owner, etcd, token } = system
  return {
    etcd: memberPki({
      ...{ files: etcd.files, folders: [etcd.folder], subject, owner },
      ...{ self: { host }, members: cluster.masters.map(memberOf) },
    }),
    saKeypair: { dir: dirs.pki, owner },
    bootstrapToken: {
      tokens: token.each ? kubeletHosts(system, cluster).map((each) => tokenOf(system, each)) : [tokenOf(system, host)],
      ...(token.form === 'static' && { dest: `${dirs.config}/token.csv` }),
    },
    encryptionConfig: {
      dest: `${dirs.config}/encryption-config.yaml`,
      kubernetesVersion: cluster.kubernetesVersion,
      owner,
    },
  }
}

/** Hosts whose kubelets ask for a certificate. */
const kubeletHosts = ({ mastersRunPods }: BinarySystem, { masters, nodes }: ClusterView): string[] => [
  ...new Set([...(mastersRunPods ? masters : []), ...nodes].map(({ name }) => name)),
]

/** The member of etcd on a master. */
export const memberOf = ({ name, address, vars }: Master): EtcdMember => ({
  name: vars?.etcdName ?? name,
  host: name,
  address,
})
