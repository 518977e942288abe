// Examples of modules that belong to no group: certificates, facts and what runs in the background.
import type { Action } from '../../../engine/module.ts'
import {
  background,
  ca,
  cert,
  certRequest,
  command,
  endJob,
  facts,
  hostFact,
  jobStatus,
  setFact,
} from '../../../modules/index.ts'

/** Of a key that nobody has any more. */
const request = `-----BEGIN CERTIFICATE REQUEST-----
MIGMMEACAQAwDTELMAkGA1UEAwwCbjEwKjAFBgMrZXADIQArhejpK9WtNTFYRu/w
B2uF8fcrQM/5BSbFXiXHt4G3U6AAMAUGAytlcANBAJqqmmuBeAKe0HHpgbnE4bmp
5FaJanMNZU8Vdfq9c0nfnLsNLbg6fm45jmy1TUbxZdxQycpTIUhuZDE0jZW6NA8=
-----END CERTIFICATE REQUEST-----
`

export default [
  ca({ name: 'kubernetes', subject: { cn: 'kubernetes', o: 'k8s' }, dest: '/etc/kubernetes/pki/ca.pem' }),
  ca({
    name: 'etcd',
    subject: { cn: 'etcd', ou: 'System', c: 'CN', st: 'BeiJing', l: 'BeiJing' },
    expiry: '3650d',
    pathLength: 1,
    key: { algo: 'ecdsa', size: 256 },
    keyFormat: 'pkcs8',
    bundle: false,
    dest: '/tmp/ca.pem',
    keyDest: '/tmp/ca-key.pem',
    owner: 'root',
    group: 'root',
    mode: '0644',
    keyMode: '0600',
    replace: true,
  }),
  cert({
    name: 'server',
    ca: 'kubernetes',
    subject: { cn: 'kube-apiserver' },
    dest: '/tmp/server.pem',
    keyDest: '/tmp/server-key.pem',
  }),
  cert({
    name: 'member',
    ca: 'kubernetes',
    subject: { cn: 'etcd' },
    hosts: ['127.0.0.1', 'etcd.example'],
    usages: ['server', 'key agreement'],
    expiry: '365d',
    key: { algo: 'ed25519' },
    keyFormat: 'traditional',
    renewBefore: '30d',
    bundle: false,
    dest: '/tmp/member.pem',
    keyDest: '/tmp/member-key.pem',
    owner: 'root',
    group: 'root',
    mode: '0644',
    keyMode: '0600',
  }),
  ca({ csr: 'ca-csr.json', dest: '/tmp/ca-of-cfssl.pem' }),
  ca({ name: 'below', issuer: 'kubernetes', subject: { cn: 'below' }, dest: '/tmp/below.pem' }),
  cert({
    ca: 'kubernetes',
    csr: 'server-csr.json',
    config: 'ca-config.json',
    profile: 'kubernetes',
    dest: '/tmp/s.pem',
  }),
  cert({ name: 'n1', ca: 'kubernetes', request, dest: '/tmp/n1.pem' }),
  certRequest({
    dest: '/tmp/n1.csr',
    keyDest: '/tmp/n1-key.pem',
    subject: { cn: 'system:node:n1', o: ['system:nodes', 'k8s'], ou: 'System', c: 'CN', st: 'BeiJing', l: 'BeiJing' },
    hosts: ['n1', '10.0.0.4'],
    key: { algo: 'ed25519' },
    owner: 'root',
    group: 'root',
    mode: '0644',
    keyMode: '0600',
  }),
  certRequest({ dest: '/tmp/server.csr', keyDest: '/tmp/server-key.pem', csr: 'server-csr.json' }),
  facts({}),
  facts({ gather: ['os', 'local'], factPath: '/etc/facts' }),
  setFact(hostFact<string>('join command'), 'kubeadm join'),
  setFact(hostFact<string>('token'), 'abcdef'),
  background({ run: command({ cmd: 'true' }), seconds: 10 }),
  background({ run: command({ cmd: ['sleep', '1'], chdir: '/tmp' }), seconds: 2 }),
  jobStatus({ job: { id: 'A1' } }),
  jobStatus({ job: { id: '20261121' } }),
  endJob({ job: { id: 'A1' } }),
  endJob({ job: { id: '20261121' } }),
] satisfies readonly Action[]
