// S2: Kubernetes 1.18.3 file by file, three masters and two nodes behind one nginx, docker, flannel as a service of each host.
import { type Play, play, playbook } from 'tsplay'
import { type Cluster, cluster } from '../cluster.ts'
import { binary, memberOf } from '../credentials/binary.ts'
import { credentials } from '../credentials/host-credentials.ts'
import { binarySystems } from '../credentials/systems.ts'
import { viewOf } from '../credentials/view.ts'
import { type PreparationOptions, preparation } from '../preparation/index.ts'
import { familyOf } from '../preparation/system.ts'
import { etcd } from '../roles/etcd/index.ts'
import { nginxLb } from '../roles/nginx-lb/index.ts'
import { clusterRules } from '../rules/cluster-rules.ts'

/** Its plays, for a site that has more hosts to prepare. */
export const s2 = (options?: PreparationOptions): Play<Cluster>[] => [
  ...preparation({ etcdctl: true, ...options }),

  play({
    name: 'certificates, tokens and kubeconfigs',
    hosts: ['masters', 'nodes'],
    tasks: (context) => {
      const { certificates: subject, kubernetes } = context.vars
      const dirs = { pki: kubernetes.pkiDir, config: kubernetes.cfgDir }
      const credentialsOf = binary({ ...binarySystems.s2, subject, dirs })
      return credentials(credentialsOf(viewOf(context), context.host.name))
    },
  }),

  play({
    name: 'etcd',
    hosts: 'masters',
    tasks: (context) => [
      etcd({
        ...context.vars.etcd,
        self: memberOf(context.host),
        members: context.groups.masters.map(memberOf),
        family: familyOf(context),
        subject: context.vars.certificates,
      }),
    ],
  }),

  play({
    name: 'load balancer',
    hosts: 'lb',
    serial: 1,
    tasks: (context) => {
      const { api } = context.vars
      const port = api.serverPort ?? api.port
      return [
        nginxLb({
          family: familyOf(context),
          port: api.port,
          upstreams: context.groups.masters.map(({ name, address }) => ({ name, address, port })),
        }),
      ]
    },
  }),
]

export default playbook(cluster, s2(), { rules: clusterRules('binaries') })
