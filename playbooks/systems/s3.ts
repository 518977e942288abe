// S3: kubeadm's Kubernetes 1.25.0 with docker and cri-dockerd, two hosts of haproxy and keepalived, two image registries.
import { playbook } from 'tsplay'
import { cluster } from '../cluster.ts'
import { preparation } from '../preparation/index.ts'
import { clusterRules } from '../rules/cluster-rules.ts'

export default playbook(cluster, preparation({ containers: ['masters', 'nodes', 'harbor'] }), {
  rules: clusterRules('kubeadm'),
})
