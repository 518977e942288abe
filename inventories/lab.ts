// Six throw-away hosts on this machine: `tsplay lab up -i lab` boots them.
import { inventory, labConnection } from 'tsplay'
import { cluster } from '../playbooks/cluster.ts'
import { usualLimits } from '../playbooks/variables/usual-limits.ts'

export default inventory(cluster, {
  vars: {
    ...labConnection('lab'),
    api: { name: 'api.lab.test' },
    // whichever release the machine has
    os: { id: 'debian' },
    basePackages: { debian: ['curl', 'jq', 'psmisc'] },
    nodePackages: { debian: ['conntrack', 'ipset', 'iptables'] },
    timezone: 'Asia/Shanghai',
    limits: usualLimits,
    // hosts share the machine's board, clock and kernel, with its modules and its swap
    preflight: { distinct: ['hostname', 'machineId', 'macs'] },
    kernelModules: { required: false },
    liveSwapOff: false,
  },
  groups: {
    masters: {
      hosts: {
        m1: { address: '10.77.0.11' },
        m2: { address: '10.77.0.12' },
        m3: { address: '10.77.0.13' },
      },
    },
    nodes: {
      hosts: {
        n1: { address: '10.77.0.21' },
        n2: { address: '10.77.0.22' },
      },
    },
    lb: { hosts: { lb1: { address: '10.77.0.31' } } },
  },
  lab: { subnet: '10.77.0.0/24' },
})
