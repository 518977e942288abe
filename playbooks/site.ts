// The whole site: from bare hosts to an etcd cluster, the cluster's certificates, and a load balancer.
import { type Host, play, playbook } from 'tsplay'
import { cluster } from './cluster.ts'
import { binary, memberOf } from './credentials/binary.ts'
import { credentials } from './credentials/host-credentials.ts'
import { binarySystems } from './credentials/systems.ts'
import { basePackages } from './roles/base-packages/index.ts'
import { clientFlags, etcd } from './roles/etcd/index.ts'
import { etcdPaths } from './roles/etcd/paths.ts'
import { firewallOff } from './roles/firewall-off/index.ts'
import { hostname } from './roles/hostname/index.ts'
import { hostsFile } from './roles/hosts-file/index.ts'
import { kernelModules } from './roles/kernel-modules/index.ts'
import { kernelUpgrade } from './roles/kernel-upgrade/index.ts'
import { layout } from './roles/layout/index.ts'
import { limits } from './roles/limits/index.ts'
import { nginxLb } from './roles/nginx-lb/index.ts'
import { pathEnv } from './roles/path-env/index.ts'
import { reboot } from './roles/reboot/index.ts'
import { selinuxOff } from './roles/selinux-off/index.ts'
import { swapOff } from './roles/swap-off/index.ts'
import { sysctl } from './roles/sysctl/index.ts'
import { timezone } from './roles/timezone/index.ts'
import { clusterRules } from './rules/cluster-rules.ts'

export default playbook(
  cluster,
  [
    play({
      name: 'prepare every host',
      hosts: 'all',
      tasks: ({ vars, host, hosts, groups }) => [
        hostname({ name: host.name }),
        hostsFile({ hosts, aliases: [...aliasesOfApi(groups.lb, vars.api), ...vars.extraHosts] }),
        firewallOff(),
        selinuxOff(),
        swapOff({ live: vars.liveSwapOff }),
        basePackages({ names: vars.basePackages[vars.family], family: vars.family }),
        timezone({ name: vars.timezone }),
        limits({ limits: vars.limits }),
      ],
    }),

    // one after the other, and none behind one that does not come back
    play({
      name: 'kernels',
      hosts: ['masters', 'nodes'],
      serial: 1,
      maxFailPercentage: 0,
      tasks: ({ vars, facts }) => [
        vars.kernel && kernelUpgrade({ ...vars.kernel, os: facts.os, arch: facts.arch }),
        vars.rebootWhenRequired && reboot(),
      ],
    }),

    play({
      name: 'prepare masters and nodes',
      hosts: ['masters', 'nodes'],
      tasks: ({ vars, host, groups }) => {
        const isMaster = host.groups.includes('masters')
        const members = groups.masters.map(memberOf)
        return [
          kernelModules(vars.kernelModules),
          sysctl({ values: vars.sysctl }),
          layout({
            ...vars.kubernetes,
            components: isMaster ? [...nodeComponents, ...masterComponents] : nodeComponents,
          }),
          pathEnv({
            binDirs: [vars.kubernetes.binDir, ...(isMaster ? [etcdPaths(vars.etcd).binDir] : [])],
            ...(isMaster && {
              etcdctl: {
                path: `${etcdPaths(vars.etcd).binDir}/etcdctl`,
                flags: clientFlags({ ...vars.etcd, members }),
              },
            }),
          }),
        ]
      },
    }),

    play({
      name: 'certificates, tokens and kubeconfigs',
      hosts: ['masters', 'nodes'],
      tasks: ({ vars, host, groups }) => {
        const { certificates: subject, kubernetes } = vars
        const credentialsOf = binary({
          ...binarySystems.s2,
          subject,
          dirs: { pki: kubernetes.pkiDir, config: kubernetes.cfgDir },
        })
        const { masters, nodes, lb: balancers } = groups
        const view = {
          ...vars.network,
          api: vars.api,
          kubernetesVersion: kubernetes.version,
          masters,
          nodes,
          balancers,
        }
        return credentials(credentialsOf(view, host.name))
      },
    }),

    play({
      name: 'etcd',
      hosts: 'masters',
      tasks: ({ vars, host, groups }) => [
        etcd({
          ...vars.etcd,
          self: memberOf(host),
          members: groups.masters.map(memberOf),
          family: vars.family,
          subject: vars.certificates,
        }),
      ],
    }),

    play({
      name: 'load balancer',
      hosts: 'lb',
      serial: 1,
      tasks: ({ vars, groups }) => [
        nginxLb({
          family: vars.family,
          port: vars.api.port,
          upstreams: groups.masters.map(({ name, address }) => ({ name, address, port: vars.api.port })),
        }),
      ],
    }),
  ],
  { rules: clusterRules },
)

const nodeComponents = ['kubelet', 'kube-proxy']
const masterComponents = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

/** The API's name belongs to the load balancer; without one, whoever runs another says where it is in `extraHosts`. */
const aliasesOfApi = ([balancer]: readonly Host[], { name, vip }: { name: string; vip?: string | undefined }) => {
  const address = vip ?? balancer?.address
  return address === undefined ? [] : [{ address, names: [name] }]
}
