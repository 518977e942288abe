// S4K: kubeadm's Kubernetes 1.13.4, haproxy and keepalived on the masters, a volume server that runs containers, too.
import { playbook } from 'tsplay'
import { cluster } from '../cluster.ts'
import { preparation } from '../preparation/index.ts'
import { clusterRules } from '../rules/cluster-rules.ts'

export default playbook(cluster, preparation({ containers: ['masters', 'nodes', 'volume'] }), {
  rules: clusterRules('kubeadm'),
})
