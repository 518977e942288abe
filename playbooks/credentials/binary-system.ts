// How systems that are set up file by file differ in their certificates and kubeconfigs, as data. Makes nothing of it.
import type { MemberFiles } from '../roles/etcd/certificates.ts'
import type { CertificateSubject, Folder } from '../roles/pki/index.ts'
import type { ClusterView } from './cluster.ts'

/** The words of one system for what all of them have. Paths are absolute, files are named without their ending. */
export interface BinarySystem {
  /** What the subjects of all certificates have in common. */
  readonly subject: CertificateSubject
  /** Who runs the control plane and etcd. Default: root. */
  readonly owner?: string
  /** Masters run kubelets and kube-proxy, too. */
  readonly mastersRunPods: boolean
  readonly dirs: {
    /** Certificates of Kubernetes. */
    readonly pki: string
    /** Kubeconfigs, `token.csv` and `encryption-config.yaml`. */
    readonly config: string
  }
  /** The API server's pair, with which it is a client of kubelets as well. */
  readonly apiServer: string
  readonly etcd: { readonly folder: Folder; readonly files: MemberFiles }
  /** flannel as a service of every host that runs pods, and its etcd client certificate. */
  readonly flanneld?: {
    /** Default: with the certificates of Kubernetes. */
    readonly dir?: string
    /** Its copy of the certificate of etcd's authority. */
    readonly authority: string
  }
  /** calico keeps its data in etcd: a certificate in the store, for the secret of its manifest. */
  readonly calico?: true
  /** The certificate with which the API server passes requests on to extensions such as metrics-server. */
  readonly aggregator?: { readonly file: string; readonly cn: string; readonly ou?: string }
  readonly components: Readonly<Record<Component, ComponentFiles>>
  /** Kubelets' first kubeconfig. */
  readonly bootstrapFile: string
  /** What contexts are called. */
  readonly contexts: Readonly<Record<'bootstrap' | 'kube-proxy' | 'admin' | Component, string>>
  readonly token: {
    /** `static`: in a file of the API servers. `kubeadm`: an object of the cluster. */
    readonly form: 'static' | 'kubeadm'
    /** Every host that runs pods has a token of its own. */
    readonly each?: true
  }
}

export type Component = 'controller-manager' | 'scheduler'

export interface ComponentFiles {
  /** Its kubeconfig, and its pair where it has one. */
  readonly file: string
  /** Its certificate is good for the server that it is, on any master, and not only for a client. */
  readonly serves: boolean
  /** The pair lies on the masters, and not in the kubeconfig alone. */
  readonly installed: boolean
}

/** What a host is in a cluster of such a system. */
export interface Place {
  readonly system: BinarySystem
  readonly cluster: ClusterView
  /** Name of the host. */
  readonly host: string
  readonly isMaster: boolean
  /** A kubelet and kube-proxy run there. */
  readonly runsPods: boolean
}
