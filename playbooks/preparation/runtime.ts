// Steps that say what runs containers, and what stands between it and the kubelet.
import { criDockerd as installCri } from '../roles/cri-dockerd/index.ts'
import { docker as fromPackage } from '../roles/docker/index.ts'
import { dockerStatic } from '../roles/docker-static/index.ts'
import { forwardAccept as acceptForward } from '../roles/forward-accept/index.ts'
import type { Step } from './step.ts'
import { familyOf } from './system.ts'

export const docker: Step = (context) => {
  const { docker: wanted } = context.vars
  if (!wanted) return false
  if (wanted.from === 'package') return fromPackage({ ...wanted, family: familyOf(context) })
  const { url, sha256, ...options } = wanted
  return dockerStatic({ ...options, source: { url, sha256 } })
}

/** docker closes the way of packets from host to host whenever it starts. */
export const forwardAccept: Step = ({ vars }) => !!vars.docker && acceptForward()

export const criDockerd: Step = (context) => {
  const { criDockerd: wanted } = context.vars
  return !!wanted && installCri({ ...wanted, family: familyOf(context) })
}
