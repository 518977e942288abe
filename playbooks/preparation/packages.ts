// Steps that say where packages come from and which every host has.
import { basePackages as install } from '../roles/base-packages/index.ts'
import { distributionRepositories } from '../roles/repos/distribution.ts'
import { repos as bring, type Repository } from '../roles/repos/index.ts'
import { dockerRepository, epelRepository, kubernetesRepository } from '../roles/repos/others.ts'
import type { Step } from './step.ts'
import { familyOf, systemOf } from './system.ts'

export const repos: Step = (context) => {
  const { repositories: wanted, kubernetes } = context.vars
  if (Object.keys(wanted).length === 0) return false
  const system = systemOf(context)
  const at = (place: true | string): string | undefined => (place === true ? undefined : place)
  const { distribution, epel, docker, kubernetes: packages } = wanted
  const repositories: (Repository | false)[] = [
    ...(distribution === undefined ? [] : distributionRepositories(system, distribution)),
    epel !== undefined && system.family === 'redhat' && epelRepository(system, at(epel)),
    docker !== undefined && dockerRepository(system, at(docker)),
    packages !== undefined &&
      kubernetesRepository(system, { version: kubernetes.version.split('.', 2).join('.'), ...packages }),
  ]
  return bring({ repositories: repositories.filter((each) => each !== false) })
}

export const basePackages: Step = (context) => {
  const family = familyOf(context)
  const { basePackages, upgradePackages: upgrade } = context.vars
  return install({ family, names: basePackages[family], upgrade })
}

export const nodePackages: Step = (context) => {
  const family = familyOf(context)
  return install({ family, names: context.vars.nodePackages[family], what: 'packages of masters and nodes' })
}
