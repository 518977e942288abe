// The documented site: three masters and two nodes on CentOS 7 behind one nginx, two image registries, a volume server.
import { inventory } from 'tsplay'
import { cluster } from '../playbooks/cluster.ts'
import { usualLimits } from '../playbooks/variables/usual-limits.ts'
import * as s2 from './s2/hosts.ts'

export default inventory(cluster, {
  vars: {
    ...s2.vars,
    // CentOS 7 brings 3.10, and gets kernel-ml from an archive of ELRepo's, which has none for it any more itself; `repository`
    // names another place
    kernel: { minimum: '4.19' },
    timezone: 'Asia/Shanghai',
    limits: usualLimits,
  },
  groups: {
    ...s2.groups,
    harbor: {
      hosts: {
        'k8s-harbor01.example.local': { address: '172.31.3.106' },
        'k8s-harbor02.example.local': { address: '172.31.3.107' },
      },
    },
    volume: { hosts: { volume: { address: '192.168.208.195' } } },
  },
})
