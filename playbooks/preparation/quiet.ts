// Steps that take out of the way what Kubernetes cannot stand.
import { firewallOff as noFirewall } from '../roles/firewall-off/index.ts'
import { selinuxOff as noSelinux } from '../roles/selinux-off/index.ts'
import { swapOff as noSwap } from '../roles/swap-off/index.ts'
import type { Step } from './step.ts'

export const firewallOff: Step = ({ vars }) => noFirewall({ also: vars.servicesOff })

export const selinuxOff: Step = () => noSelinux()

export const swapOff: Step = ({ vars }) => noSwap({ live: vars.liveSwapOff })
