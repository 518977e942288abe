// S0: Kubernetes 1.18.2 file by file on three hosts that are masters and nodes, a balancer of the cloud, docker, calico.
import { playbook } from 'tsplay'
import { cluster } from '../cluster.ts'
import { preparation } from '../preparation/index.ts'
import { clusterRules } from '../rules/cluster-rules.ts'

export default playbook(cluster, preparation(), { rules: clusterRules('binaries') })
