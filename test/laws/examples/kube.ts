// Examples of the modules for secrets, etcd and Kubernetes.
import type { Action } from '../../../engine/module.ts'
import { secret } from '../../../engine/secret.ts'
import { etcdHealth, etcdKey, kubeconfig, randomSecret, rsaKeypair } from '../../../modules/index.ts'

const server = 'https://127.0.0.1:6443'

const etcd = {
  endpoints: ['https://127.0.0.1:2379', 'https://127.0.0.2:2379'],
  ca: '/etc/hostname',
  cert: '/etc/hostname',
  key: '/etc/hosts',
  etcdctl: '/usr/bin/true',
}

export default [
  randomSecret({ name: 'bootstrap-token', encoding: 'kubeadm' }),
  randomSecret({
    name: 'vrrp',
    bytes: 8,
    encoding: 'alphanumeric',
    dest: '/tmp/password',
    mode: '0600',
    owner: 'root',
    group: 'root',
  }),
  rsaKeypair({ name: 'sa', public: '/tmp/sa.pub' }),
  rsaKeypair({
    name: 'sa',
    private: '/tmp/sa.key',
    public: '/tmp/sa.pub',
    bits: 2048,
    mode: '0600',
    publicMode: '0644',
    owner: 'root',
    group: 'root',
  }),
  kubeconfig({ dest: '/tmp/config', server, ca: '/etc/hostname', user: 'boot', token: secret('abc'), merge: false }),
  kubeconfig({
    dest: '/tmp/config',
    cluster: 'kubernetes',
    server,
    ca: '/etc/hostname',
    user: 'admin',
    clientCert: '/etc/hostname',
    clientKey: '/etc/hosts',
    context: 'default',
    namespace: 'kube-system',
    current: false,
    embed: true,
    mode: '0600',
    owner: 'root',
    group: 'root',
  }),
  etcdKey({ endpoints: 'http://127.0.0.1:2379', path: '/coreos.com/network/config', value: secret('a'), api: 3 }),
  etcdKey({
    ...etcd,
    api: 2,
    path: '/coreos.com/network/config',
    value: { Network: '172.30.0.0/16', Backend: { Type: 'vxlan' } },
  }),
  etcdKey({ ...etcd, path: '/old', state: 'absent' }),
  etcdHealth({ endpoints: 'http://127.0.0.1:2379', timeout: 0 }),
  etcdHealth({ ...etcd, minHealthy: 1, timeout: 0, interval: 1 }),
] satisfies readonly Action[]
