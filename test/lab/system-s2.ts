// The preparation of S2 alone: what its playbook does behind it is shown on the lab's own inventory.
import { playbook } from 'tsplay'
import { cluster } from '../../playbooks/cluster.ts'
import { preparation } from '../../playbooks/preparation/index.ts'
import { clusterRules } from '../../playbooks/rules/cluster-rules.ts'

export default playbook(cluster, preparation(), { rules: clusterRules('binaries') })
