// yum: the same as dnf, by the name that hosts of the time before it know.
import { defineModule } from '../engine/module.ts'
import type { DnfInput, RpmPackageParams } from './common/dnf-params.ts'
import type { DnfFound } from './common/dnf-state.ts'
import { dnf } from './dnf.ts'

/** Parameters of `yum`: those of `dnf`. */
export interface YumParams extends RpmPackageParams {}

/**
 * Packages of the RHEL family are installed, or not. The same as `dnf`: each takes dnf where the host has it, and else yum.
 *
 * @example the same release of what belongs together
 * ```ts
 * task('kubernetes', yum({ name: ['kubelet-1.13.4-0', 'kubeadm-1.13.4-0', 'kubectl-1.13.4-0'], disableGpgCheck: true }))
 * ```
 * @example what was there before is gone, and nothing else
 * ```ts
 * task('no docker of the distribution', yum({ name: ['docker', 'docker-common', 'docker-engine'], state: 'absent' }))
 * ```
 */
export const yum = defineModule<YumParams, DnfFound, object, DnfInput>({ ...dnf.module, name: 'yum' })
