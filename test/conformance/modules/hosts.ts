// Two lab hosts that are alike: one for Ansible, one for tsplay. Knows nothing of scenarios.
import { type LabSpec, labConnection } from '../../../engine/lab/lab.ts'

/** A kind of host. */
export type Image = 'debian' | 'dnf'

/** What Ansible's modules need on a host, and what is managed there. */
const packages = ['cron', 'git', 'iptables', 'python3', 'python3-apt', 'python3-pexpect', 'unzip', 'xz-utils']

/**
 * The lab for hosts of an image, the first or a further one of them. Others can stand beside it: the network is given by
 * `CONFORMANCE_NET`, `10.88.0` by default.
 */
export function hostsFor(image: Image, pair = 0): { lab: LabSpec; theirs: string; ours: string } {
  const network = process.env.CONFORMANCE_NET ?? '10.88.0'
  const first = 16 * (2 * pair + (image === 'debian' ? 0 : 1))
  const [theirs, ours] = [`${network}.${first + 4}`, `${network}.${first + 5}`]
  return {
    theirs,
    ours,
    lab: {
      name: `alike-${image}${pair}-${network.split('.').join('')}`,
      subnet: `${network}.${first}/28`,
      hosts: [
        { name: 'theirs', address: theirs, ...(image !== 'debian' && { image }) },
        { name: 'ours', address: ours, ...(image !== 'debian' && { image }) },
      ],
      ...(image === 'debian' && { packages }),
    },
  }
}

/** How a host of the lab is connected to. */
export const loginTo = (lab: LabSpec, address: string) => ({ ...labConnection(lab.name), address, port: 22 })
