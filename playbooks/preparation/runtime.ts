// Steps that say what runs containers, and what stands between it and the kubelet.
import { task } from 'tsplay'
import { fail } from 'tsplay/modules'
import type { ClusterContext } from '../cluster.ts'
import { containerd as runContainerd } from '../roles/containerd/index.ts'
import { criDockerd as installCri } from '../roles/cri-dockerd/index.ts'
import { docker as fromPackage } from '../roles/docker/index.ts'
import { dockerStatic } from '../roles/docker-static/index.ts'
import { forwardAccept as acceptForward } from '../roles/forward-accept/index.ts'
import { criDockerdPackage } from './cri-dockerd.ts'
import { cluster, isInAny } from './groups.ts'
import type { Step } from './step.ts'
import { familyOf, systemOf } from './system.ts'

/** Hosts without a kubelet, such as image registries, run docker whatever kubelets speak to. */
export const containerRuntime: Step = (context) =>
  hasContainerd(context) ? containerd(context) : hasDocker(context) && docker(context)

/** docker closes the way of packets from host to host whenever it starts. */
export const forwardAccept: Step = (context) => hasDocker(context) && acceptForward()

export const criDockerd: Step = (context) => {
  const found = packageOf(context)
  if (!found || 'problem' in found) return false
  const { pauseImage } = context.vars.criDockerd!
  return installCri({ pauseImage, source: found.source, family: familyOf(context) })
}

/** Belongs before anything is changed: ends the run where nobody vouches for what a host would install. */
export const criDockerdKnown: Step = (context) => {
  const found = packageOf(context)
  return (
    !!found &&
    'problem' in found &&
    task('package of cri-dockerd is known', fail({ message: found.problem, hint: found.hint }))
  )
}

const packageOf = (context: ClusterContext) => {
  const { criDockerd: wanted } = context.vars
  return !!wanted && !hasContainerd(context) && criDockerdPackage(wanted.source, () => systemOf(context))
}

const hasContainerd = ({ vars, host }: ClusterContext): boolean =>
  vars.containerRuntime === 'containerd' && isInAny(cluster, host)

const hasDocker = (context: ClusterContext): boolean => context.vars.docker !== undefined && !hasContainerd(context)

const docker: Step = (context) => {
  const { docker: wanted } = context.vars
  if (!wanted) return false
  if (wanted.from === 'archive') {
    const { url, sha256, ...options } = wanted
    return dockerStatic({ ...options, source: { url, sha256 } })
  }
  return fromPackage({
    ...wanted,
    ...packaged(context, wanted.version),
    // other distributions' kernels count it as they come
    swapAccounting: wanted.swapAccounting && systemOf(context).id === 'ubuntu',
  })
}

const containerd: Step = (context) =>
  runContainerd({ ...context.vars.containerd, ...packaged(context, context.vars.containerd.version) })

/** Only what keeps versions depends on the release. */
const packaged = (context: ClusterContext, version: string | undefined) => {
  const family = familyOf(context)
  const locked = version !== undefined && family === 'redhat'
  return { family, ...(locked && { majorVersion: systemOf(context).majorVersion }) }
}
