// What must hold of where packages come from. Knows the cluster's variables, and no host.
import type { LintRule } from 'tsplay'
import type { Cluster } from '../cluster.ts'
import { saidSystem } from '../preparation/system.ts'
import { unknownDistribution } from '../roles/repos/distribution.ts'
import { error } from './error.ts'

/** Not every distribution has mirrors, and not of every release is it known how they are laid out. */
export const mirror: LintRule<Cluster> = ({ vars }) => {
  const system = saidSystem(vars)
  const unknown = vars.repositories.distribution !== undefined && system && unknownDistribution(system)
  return unknown ? [error('distribution-mirror', unknown.message, unknown.hint, 'repositories.distribution')] : []
}
