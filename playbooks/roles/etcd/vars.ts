// Variables of the etcd role, for the site's schema.
import { z } from 'tsplay'
import { plainPath } from '../../plain-path.ts'

/** Where the programs `etcd` and `etcdctl` come from. */
const source = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('package').describe('packages of the distribution, which put the programs into /usr/bin'),
    names: z.array(z.string()).min(1).describe('Debian: etcd-server and etcd-client; CentOS 7: etcd'),
  }),
  z.strictObject({
    type: z.literal('url').describe('a release archive, downloaded by the hosts'),
    url: z.url().describe('a .tar.gz with the programs in its top folder'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, { error: 'expected a sha256 of 64 hex digits, as the release lists it in SHA256SUMS' })
      .describe('checksum of the archive'),
  }),
])

/** Variables of the etcd role; each has a default. */
export const etcdVars = z.strictObject({
  source: source
    .default({ type: 'package', names: ['etcd-server', 'etcd-client'] })
    .describe('where the programs come from'),
  dir: plainPath.default('/opt/etcd').describe('folder of programs, configuration and certificates'),
  dataDir: plainPath.default('/opt/etcd/data').describe('data of the member; never emptied'),
  token: z.string().min(1).default('etcd-cluster').describe('name of the cluster, which keeps members of another out'),
  enableV2: z.boolean().default(false).describe('serve API v2, too (flannel on the host needs it)'),
  startTimeout: z
    .int()
    .positive()
    .default(300)
    .describe('seconds that a starting member waits for a quorum of the others'),
})

export type EtcdVars = z.output<typeof etcdVars>
export type EtcdSource = EtcdVars['source']
