// Certificates of a host in a cluster that is set up file by file: whom it trusts, and what it has keys of.
import { etcdAuthority } from '../roles/etcd/certificates.ts'
import type { Authority, Certificate, Folder, PkiParams } from '../roles/pki/index.ts'
import { clusterAuthority, frontProxyAuthority } from './authorities.ts'
import type { Place } from './binary-system.ts'
import { apiServerHosts } from './cluster.ts'
import { componentsOf } from './components.ts'

interface Files {
  readonly folders: readonly Folder[]
  readonly authorities: readonly Authority[]
  readonly certificates: readonly Certificate[]
}

/**
 * What a host has of Kubernetes' certificates. The key of the cluster's authority is on masters, whose controller managers
 * sign with it; the keys of the others are nowhere. Each host has keys of its own.
 */
export function binaryPki(place: Place): PkiParams {
  const { system, isMaster, runsPods } = place
  const { dirs, owner } = system
  const trust = isMaster ? pairOf(place, 'ca') : { dest: `${dirs.pki}/ca.pem`, owner }
  const parts: Files[] = [
    {
      folders: [{ path: dirs.pki, mode: '0750', owner }],
      authorities: [{ name: clusterAuthority, ...trust }],
      certificates: [],
    },
    ...(isMaster ? [ofMaster(place), ofAggregator(place)] : []),
    ...(runsPods ? [ofFlannel(place)] : []),
  ]
  return {
    subject: system.subject,
    folders: parts.flatMap(({ folders }) => folders),
    authorities: parts.flatMap(({ authorities }) => authorities),
    certificates: parts.flatMap(({ certificates }) => certificates),
  }
}

/** The API server as a server and as a client, and components that serve with a certificate of the cluster. */
function ofMaster(place: Place): Files {
  const { system, cluster, host } = place
  const { dirs, owner } = system
  return {
    folders: [],
    authorities: [{ name: etcdAuthority, dest: `${dirs.pki}/etcd-ca.pem`, owner }],
    certificates: [
      {
        ...{ name: `apiserver-${host}`, ca: clusterAuthority, cn: 'kubernetes', hosts: apiServerHosts(cluster) },
        ...{ usages: ['server', 'client'], ...pairOf(place, system.apiServer) },
      },
      {
        ...{ name: `apiserver-${host}`, ca: etcdAuthority, cn: 'kube-apiserver', usages: ['client'] },
        ...pairOf(place, 'etcd-client'),
      },
      ...componentsOf(place)
        .filter(({ installed }) => installed)
        .map(({ file, certificate }) => ({ ...certificate, ca: clusterAuthority, ...pairOf(place, file) })),
      ...(system.calico ? [calico] : []),
    ],
  }
}

const calico: Certificate = { name: 'calico', ca: etcdAuthority, cn: 'calico', usages: ['client'] }

function ofAggregator(place: Place): Files {
  const { dirs, owner, aggregator } = place.system
  if (!aggregator) return nothing
  const { file, cn, ou } = aggregator
  const trusted = `${dirs.pki}/${frontProxyAuthority}.pem`
  return {
    folders: [],
    authorities: [{ name: frontProxyAuthority, dest: trusted, owner }],
    certificates: [
      { name: `${file}-${place.host}`, ca: frontProxyAuthority, cn, ou, usages: ['client'], ...pairOf(place, file) },
    ],
  }
}

/** flannel runs as root, whoever runs the control plane. */
function ofFlannel({ system: { dirs, flanneld }, host, isMaster }: Place): Files {
  if (!flanneld) return nothing
  const { dir = dirs.pki, authority } = flanneld
  const isThere = dir === dirs.pki
  return {
    folders: isThere ? [] : [{ path: dir, mode: '0750' }],
    // a master's API server trusts it already
    authorities: isThere && isMaster ? [] : [{ name: etcdAuthority, dest: `${dir}/${authority}.pem` }],
    certificates: [
      {
        ...{ name: `flanneld-${host}`, ca: etcdAuthority, cn: 'flanneld', usages: ['client'] },
        ...{ dest: `${dir}/flanneld.pem`, keyDest: `${dir}/flanneld-key.pem` },
      },
    ],
  }
}

const nothing: Files = { folders: [], authorities: [], certificates: [] }

const pairOf = ({ system: { dirs, owner } }: Place, file: string) => ({
  dest: `${dirs.pki}/${file}.pem`,
  keyDest: `${dirs.pki}/${file}-key.pem`,
  owner,
})
