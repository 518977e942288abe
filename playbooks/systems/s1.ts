// S1: Kubernetes 1.10.4 file by file on three hosts that are everything, haproxy and keepalived, docker from an archive, flannel.
import { playbook } from 'tsplay'
import { cluster } from '../cluster.ts'
import { preparation } from '../preparation/index.ts'
import { clusterRules } from '../rules/cluster-rules.ts'

export default playbook(cluster, preparation(), { rules: clusterRules('binaries') })
