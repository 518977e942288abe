// kernel-modules: what container networks, images and kube-proxy need of the kernel, now and at boot.
import { role, task } from 'tsplay'
import { kernelModule } from 'tsplay/modules'

export interface KernelModulesParams {
  /** For networks and images; listed in /etc/modules-load.d/k8s.conf. */
  k8s: string[]
  /** For kube-proxy in ipvs mode; listed in /etc/modules-load.d/ipvs.conf. */
  ipvs: string[]
  /** False: what the kernel does not have is left out. */
  required: boolean
}

/** Modules are loaded or built in. */
export const kernelModules = role<KernelModulesParams>({
  name: 'kernel-modules',
  tasks: ({ k8s, ipvs, required }) => [
    k8s.length > 0 && task('modules for containers', kernelModule({ name: k8s, persistent: 'k8s', required })),
    ipvs.length > 0 && task('modules for ipvs', kernelModule({ name: ipvs, persistent: 'ipvs', required })),
    // kernels before 4.19 track IPv4 in a module of its own; later ones do not have it
    ipvs.includes('nf_conntrack') &&
      task(
        'module for IPv4 tracking',
        kernelModule({ name: 'nf_conntrack_ipv4', persistent: 'ipvs', required: false }),
      ),
  ],
})
