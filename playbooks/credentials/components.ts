// Who the components of a control plane are to the API server, by their certificates. Knows no paths.
import type { ClientCertificate } from '../roles/kubeconfigs/index.ts'
import type { Component, ComponentFiles, Place } from './binary-system.ts'

/** A component of a master, with the words of its system. */
export interface PlacedComponent extends ComponentFiles {
  /** What it calls the context of its kubeconfig. */
  readonly context: string
  readonly certificate: ClientCertificate
}

/** Controller manager and scheduler of a master. What serves with its certificate is a server on any master. */
export const componentsOf = ({ system, cluster, host }: Place): PlacedComponent[] =>
  (['controller-manager', 'scheduler'] as const).map((component: Component) => {
    const own = system.components[component]
    const user = `system:kube-${component}`
    const certificate: ClientCertificate = own.serves
      ? {
          ...{ name: `kube-${component}-${host}`, cn: user, o: user, usages: ['server', 'client'] },
          hosts: ['127.0.0.1', ...cluster.masters.map(({ address }) => address)],
        }
      : { name: `kube-${component}-${host}`, cn: user, o: user, usages: ['client'] }
    return { ...own, context: system.contexts[component], certificate }
  })

/** Who administers the cluster: the same person, whichever master it is from. */
export const admin: ClientCertificate = { name: 'admin', cn: 'admin', o: 'system:masters', usages: ['client'] }

/** kube-proxy of a host: the same user on all, with a key of its own on each. */
export const kubeProxyOf = (host: string): ClientCertificate => ({
  ...{ name: `kube-proxy-${host}`, cn: 'system:kube-proxy', usages: ['client'] },
})
