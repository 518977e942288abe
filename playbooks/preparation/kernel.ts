// Steps that say which kernel runs, with which modules and parameters.
import { kernelModules as loadModules } from '../roles/kernel-modules/index.ts'
import { kernelUpgrade as upgrade } from '../roles/kernel-upgrade/index.ts'
import { reboot as bootAgain } from '../roles/reboot/index.ts'
import { sysctl as setParameters } from '../roles/sysctl/index.ts'
import { serving } from './serving.ts'
import type { Step } from './step.ts'
import { systemOf } from './system.ts'

export const kernelUpgrade: Step = (context) => {
  const { kernel } = context.vars
  if (!kernel) return false
  const os = systemOf(context)
  return upgrade({ ...kernel, os, arch: os.arch, units: serving })
}

export const reboot: Step = ({ vars }) => vars.rebootWhenRequired && bootAgain({ units: serving })

export const kernelModules: Step = ({ vars }) => loadModules(vars.kernelModules)

export const sysctl: Step = ({ vars }) => setParameters({ values: vars.sysctl, file: vars.sysctlFile })

export const balancerSysctl: Step = ({ vars: { balancerSysctl: values } }) =>
  Object.keys(values).length > 0 &&
  setParameters({ values, file: '/etc/sysctl.d/haproxy.conf', what: 'kernel parameters of balancers' })
