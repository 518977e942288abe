// Where a member's files lie. Knows nothing of what is in them.
import type { EtcdVars } from './vars.ts'

/** Files and folders of a member. */
export const etcdPaths = ({ dir, source }: Pick<EtcdVars, 'dir' | 'source'>) => ({
  binDir: source.type === 'package' ? '/usr/bin' : `${dir}/bin`,
  cfgDir: `${dir}/cfg`,
  config: `${dir}/cfg/etcd.yml`,
  pkiDir: `${dir}/ssl`,
  authority: `${dir}/ssl/ca.pem`,
  certificate: `${dir}/ssl/server.pem`,
  key: `${dir}/ssl/server-key.pem`,
  clientCertificate: `${dir}/ssl/client.pem`,
  clientKey: `${dir}/ssl/client-key.pem`,
  unit: '/etc/systemd/system/etcd.service',
})

export type EtcdPaths = ReturnType<typeof etcdPaths>
