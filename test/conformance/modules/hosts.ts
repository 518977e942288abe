// Two lab hosts that are alike: one for Ansible, one for tsplay. Knows nothing of scenarios.
import { type LabSpec, labConnection } from '../../../engine/lab/lab.ts'

/** A kind of host. */
export type Image = 'debian' | 'dnf'

/** What Ansible's modules need on a host, and what is managed there. */
const packages = ['cron', 'git', 'iptables', 'python3', 'python3-apt', 'python3-pexpect', 'unzip', 'xz-utils']

/** The lab for hosts of an image. Several can stand side by side: the network is given by `CONFORMANCE_NET`, `10.88.0` by default. */
export function hostsFor(image: Image): { lab: LabSpec; theirs: string; ours: string } {
  const network = process.env.CONFORMANCE_NET ?? '10.88.0'
  const place = image === 'debian' ? 10 : 20
  const [theirs, ours] = [`${network}.${place}`, `${network}.${place + 1}`]
  return {
    theirs,
    ours,
    lab: {
      name: `alike-${image}-${network.split('.').join('')}`,
      subnet: `${network}.${image === 'debian' ? '0/28' : '16/28'}`,
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
