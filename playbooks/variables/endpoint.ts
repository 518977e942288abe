// Variables of where the API is found, and by which addresses hosts, pods and services are known.
import { z } from 'tsplay'
import { cidr, cidrs, ipAddress, port } from './shapes.ts'

export const endpointVars = {
  api: z
    .strictObject({
      name: z
        .string()
        .min(1)
        .optional()
        .describe(
          'DNS name under which every host reaches the API servers; default: none, they go to the virtual address',
        ),
      vip: ipAddress.optional().describe('virtual address of the load balancers, where they share one'),
      port: port.default(6443).describe('port of the load balancer'),
      serverPort: port.optional().describe('port of each API server; default: that of the load balancer'),
      balancer: z.enum(['nginx', 'haproxy']).default('nginx').describe('what the hosts of the group lb run'),
      ownOnMasters: z
        .boolean()
        .default(false)
        .describe(
          'masters reach the API at their own server, for balancers that send no connection back to its origin',
        ),
      certificateHosts: z
        .array(z.string().min(1))
        .optional()
        .describe('names and addresses in the certificate of the API servers; default: all that they are reached by'),
    })
    .refine(({ name, vip }) => name !== undefined || vip !== undefined, {
      error: 'the API has neither a name nor a virtual address',
      path: ['name'],
    })
    .describe('the API endpoint: the load balancer in front of the masters'),
  keepalived: z
    .strictObject({
      interface: z.string().min(1).describe('interface that bears the virtual address'),
      weight: z.int().default(-30).describe("what a failing check takes off a host's `vipPriority`"),
    })
    .optional()
    .describe('how hosts share the virtual address of the API; default: nobody does'),
  extraHosts: z
    .array(z.strictObject({ address: ipAddress, names: z.array(z.string().min(1)).min(1) }))
    .default([])
    .describe('lines of /etc/hosts beyond the hosts of the inventory'),
  network: z
    .strictObject({
      hosts: cidr('172.31.0.0/21').optional().describe('network of the hosts, where all of them share one'),
      serviceCidr: cidrs('10.96.0.0/12')
        .default('10.96.0.0/12')
        .describe('network of the services, or one of each family; its first address is that of the API'),
      podCidr: cidrs('10.244.0.0/16')
        .default('10.244.0.0/16')
        .describe('network of the pods, or one of each family: 10.244.0.0/16,fd01::/48'),
      dns: ipAddress.optional().describe("address of the cluster's DNS service; default: the tenth of the services'"),
      nodePorts: z
        .string()
        .regex(/^\d+-\d+$/, { error: "expected a range of ports, such as '30000-32767'" })
        .default('30000-32767')
        .describe('ports of every node that services may have'),
      clusterDomain: z.string().min(1).default('cluster.local').describe('domain of the services'),
    })
    .prefault({})
    .describe('networks of the hosts and inside of the cluster'),
}
