// S4B: Kubernetes 1.16.2 file by file, a virtual address straight onto the API servers, masters that run no pods, calico.
import { playbook } from 'tsplay'
import { cluster } from '../cluster.ts'
import { preparation } from '../preparation/index.ts'
import { clusterRules } from '../rules/cluster-rules.ts'

export default playbook(cluster, preparation({ containers: ['nodes'] }), { rules: clusterRules('binaries') })
