// The site: which groups of hosts there are and which variables they have, each with its default. Knows no host.
import { type inventory, type PlayContext, site, z } from 'tsplay'
import { etcdVars } from './roles/etcd/vars.ts'
import { endpointVars } from './variables/endpoint.ts'
import { hostVars } from './variables/hosts.ts'
import { kernelVars } from './variables/kernel.ts'
import { kubernetesVars } from './variables/kubernetes.ts'
import { repositoryVars } from './variables/packages.ts'
import { runtimeVars } from './variables/runtime.ts'

const vars = z.object({
  ...endpointVars,
  ...hostVars,
  ...repositoryVars,
  ...kernelVars,
  ...runtimeVars,
  ...kubernetesVars,
  etcd: etcdVars.prefault({}).describe('the etcd cluster on the masters'),
})

const vipPriority = z
  .int()
  .min(1)
  .max(254)
  .optional()
  .describe('who bears the virtual address of the API: the highest that is well; default: this host never')

/** Clusters of masters, nodes, load balancers, image registries and a volume server. */
export const cluster = site({
  vars,
  groups: {
    masters: z.object({
      etcdName: z
        .string()
        .regex(/^[\w.-]+$/)
        .optional()
        .describe("name of the host's etcd member; default: the host's name"),
      vipPriority,
    }),
    nodes: z.object({
      labels: z.record(z.string(), z.string()).default({}).describe('labels of the Kubernetes node'),
    }),
    lb: z.object({ vipPriority }),
    harbor: z.object({}),
    volume: z.object({}),
  },
})

export type Cluster = typeof cluster

/** What the tasks of a host may depend on. */
export type ClusterContext = PlayContext<Cluster>

/** What an inventory of this site says. */
export type ClusterInventory = Parameters<typeof inventory<Cluster>>[1]
