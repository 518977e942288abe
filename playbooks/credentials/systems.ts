// The documented systems: what each calls its certificates, keys and kubeconfigs, and where it has them. Data only.
import { binary } from './binary.ts'
import type { BinarySystem } from './binary-system.ts'
import { kubeadm } from './kubeadm.ts'

const opt = { pki: '/opt/kubernetes/ssl', config: '/opt/kubernetes/cfg' }
const etc = '/etc/kubernetes'

/** Components that are clients only: their ports are served with certificates that they make themselves. */
const clientsOnly: BinarySystem['components'] = {
  'controller-manager': { file: 'kube-controller-manager', serves: false, installed: false },
  scheduler: { file: 'kube-scheduler', serves: false, installed: false },
}

/** Three hosts that are masters and nodes, Kubernetes 1.18.2, a balancer of the cloud, calico with its data in etcd. */
const s0: BinarySystem = {
  subject: { o: 'k8s', ou: 'System', c: 'CN', st: 'Beijing', l: 'Beijing' },
  mastersRunPods: true,
  dirs: opt,
  apiServer: 'server',
  etcd: {
    folder: { path: opt.pki, mode: '0750' },
    files: memberFiles(opt.pki, { authority: 'etcd-ca', pair: 'etcd' }),
  },
  calico: true,
  aggregator: { file: 'metrics-server', cn: 'system:metrics-server', ou: 'system' },
  components: clientsOnly,
  bootstrapFile: 'bootstrap',
  contexts: {
    ...{ bootstrap: 'default', 'kube-proxy': 'default', admin: 'default' },
    ...{ 'controller-manager': 'default', scheduler: 'default' },
  },
  token: { form: 'static' },
}

/** Three hosts that are masters and nodes, Kubernetes 1.10.4, keepalived and haproxy, flannel, all run as the user k8s. */
const s1: BinarySystem = {
  subject: { o: 'k8s', ou: '4Paradigm', c: 'CN', st: 'BeiJing', l: 'BeiJing' },
  owner: 'k8s',
  mastersRunPods: true,
  dirs: { pki: `${etc}/cert`, config: etc },
  apiServer: 'kubernetes',
  etcd: {
    folder: { path: '/etc/etcd/cert', mode: '0700', owner: 'k8s' },
    files: memberFiles('/etc/etcd/cert', { authority: 'ca', pair: 'etcd' }),
  },
  flanneld: { dir: '/etc/flanneld/cert', authority: 'ca' },
  components: {
    'controller-manager': { file: 'kube-controller-manager', serves: true, installed: true },
    scheduler: { file: 'kube-scheduler', serves: true, installed: false },
  },
  bootstrapFile: 'kubelet-bootstrap',
  contexts: {
    ...{ bootstrap: 'default', 'kube-proxy': 'default', admin: 'kubernetes' },
    ...{ 'controller-manager': 'system:kube-controller-manager', scheduler: 'system:kube-scheduler' },
  },
  token: { form: 'kubeadm', each: true },
}

/** Three masters and two nodes, Kubernetes 1.18.3, nginx as the balancer, flannel as a service. */
const s2: BinarySystem = {
  ...s0,
  etcd: {
    folder: { path: '/opt/etcd/ssl', mode: '0700' },
    files: memberFiles('/opt/etcd/ssl', { authority: 'ca', pair: 'server', client: 'client' }),
  },
  flanneld: { authority: 'etcd-ca' },
  calico: undefined,
}

/** Three masters that run no pods and four nodes, Kubernetes 1.16.2, a virtual address straight onto API servers, calico. */
const s4b: BinarySystem = {
  subject: { o: 'k8s', ou: 'seven', c: 'CN', st: 'BeiJing', l: 'BeiJing' },
  mastersRunPods: false,
  dirs: { pki: `${etc}/pki`, config: etc },
  apiServer: 'kubernetes',
  etcd: {
    folder: { path: `${etc}/pki`, mode: '0750' },
    files: memberFiles(`${etc}/pki`, { authority: 'etcd-ca', pair: 'etcd' }),
  },
  aggregator: { file: 'proxy-client', cn: 'aggregator' },
  components: {
    'controller-manager': { file: 'controller-manager', serves: true, installed: true },
    scheduler: { file: 'kube-scheduler', serves: true, installed: true },
  },
  bootstrapFile: 'kubelet-bootstrap',
  contexts: {
    ...{ bootstrap: 'kubelet@kubernetes', 'kube-proxy': 'kube-proxy@kubernetes', admin: 'admin@kubernetes' },
    'controller-manager': 'system:kube-controller-manager@kubernetes',
    scheduler: 'system:kube-scheduler@kubernetes',
  },
  token: { form: 'kubeadm' },
}

/** The words of the systems that are set up file by file. A site may take one with a subject or folders of its own. */
export const binarySystems = { s0, s1, s2, s4b }

/** What hosts of each system get: a function of the cluster and the host. */
export const systems = {
  s0: binary(s0),
  s1: binary(s1),
  s2: binary(s2),
  s3: kubeadm({ certificatesDir: `${etc}/pki` }),
  s4k: kubeadm({ certificatesDir: `${etc}/pki` }),
  s4b: binary(s4b),
}

function memberFiles(dir: string, names: { authority: string; pair: string; client?: string }) {
  const { authority, pair, client } = names
  return {
    ...{ authority: `${dir}/${authority}.pem`, certificate: `${dir}/${pair}.pem`, key: `${dir}/${pair}-key.pem` },
    ...(client !== undefined && {
      clientCertificate: `${dir}/${client}.pem`,
      clientKey: `${dir}/${client}-key.pem`,
    }),
  }
}
