// The whole site: from bare hosts to an etcd cluster, the cluster's certificates and a load balancer; S2 with image registries
// and a volume server besides.
import { playbook } from 'tsplay'
import { cluster } from './cluster.ts'
import { clusterRules } from './rules/cluster-rules.ts'
import { s2 } from './systems/s2.ts'

export default playbook(cluster, s2({ containers: ['masters', 'nodes', 'harbor'] }), {
  rules: clusterRules('binaries'),
})
