// Ansible's names for modules, with how each is said in ours, or why it cannot be.
import { accounts } from './accounts.ts'
import { boot } from './boot.ts'
import { debian } from './debian.ts'
import { development } from './development.ts'
import { edits } from './edits.ts'
import { files } from './files.ts'
import { firewalls } from './firewalls.ts'
import { kube } from './kube.ts'
import { ofTheRun } from './of-the-run.ts'
import { packages } from './packages.ts'
import { rpm } from './rpm.ts'
import { running } from './running.ts'
import { services } from './services.ts'
import { system } from './system.ts'
import { transfers } from './transfers.ts'
import type { Translation } from './translation.ts'

export { refusedModules } from './refused.ts'
export { translate } from './translate.ts'
export type { Args, Refusal, Translation, Wish } from './translation.ts'
export { booleanOf } from './yes-no.ts'

/** Every translation. A name stands in one only. */
export const translations: readonly Translation[] = [
  ...running,
  ...files,
  ...edits,
  ...packages,
  ...debian,
  ...development,
  ...rpm,
  ...services,
  ...firewalls,
  ...system,
  ...accounts,
  ...boot,
  ...kube,
  ...transfers,
  ...ofTheRun,
]

/** Collections whose names are taken; which module lives in which is not asked. */
export const collections: readonly string[] = [
  'ansible.builtin',
  'ansible.legacy',
  'ansible.posix',
  'community.general',
  'kubernetes.core',
]
