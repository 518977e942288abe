// Six throw-away hosts on this machine: `tsplay lab up -i lab` boots them.
import { inventory, labConnection } from 'tsplay'
import { cluster } from '../playbooks/cluster.ts'

export default inventory(cluster, {
  vars: {
    ...labConnection('lab'),
    api: { name: 'api.lab.test' },
    basePackages: { debian: ['conntrack', 'curl', 'ipset', 'iptables', 'jq', 'psmisc', 'tzdata'] },
    // the kernel, its modules and its swap are those of the machine
    kernelModules: { required: false },
    liveSwapOff: false,
    // one value for the whole machine, which a host can read but not set
    sysctl: { 'net.core.rmem_max': null, 'net.core.wmem_max': null, 'net.core.netdev_max_backlog': null },
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
