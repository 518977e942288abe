// network-static: the address of a host in the files of whatever brings its network up. Takes effect at the next boot, or at once where asked.
import { isIPv4 } from 'node:net'
import { handler, role, TsplayError, task } from 'tsplay'
import { command, copy, systemd } from 'tsplay/modules'
import { aloneWith } from './alone-with.ts'
import { type Manager, managerOf, managers } from './managers.ts'

export interface NetworkStaticParams {
  /** What the host runs: facts.os, or the same by hand. It decides who brings the network up, unless `manager` says so. */
  system: { readonly id: string; readonly family: string; readonly majorVersion: string }
  /** Who brings the network up. Default: the one that the system comes with. */
  manager?: Manager
  /** Name of the interface. Default `eth0`. */
  interface?: string
  /** The host's IPv4 address. */
  address: string
  /** Bits of the network. */
  prefix: number
  /** Router, inside of the network. Default: none. */
  gateway?: string
  /** Name servers. Default: none, which leaves those that are there. */
  dns?: readonly string[]
  /** Bring the address up at once. Cuts the connection where the host had another. Default false: at the next boot. */
  activate?: boolean
  /**
   * RHEL 7 only: `off` hands the network to the service `network`, which is enabled first, and then disables NetworkManager, where
   * a host has it; with `activate` it is stopped at once. Default `keep`.
   */
  networkManager?: 'keep' | 'off'
}

/**
 * The host keeps its address.
 * @throws TsplayError for an address, prefix or gateway that cannot be, and for a manager that the system does not have.
 */
export const networkStatic = role<NetworkStaticParams>({
  name: 'network-static',
  tasks(params) {
    check(params)
    const { system, interface: device = 'eth0', activate = false, networkManager = 'keep' } = params
    const { path, mode, text, apply, others } = managers[params.manager ?? managerOf(system)]
    const up = handler(
      `bring ${device} up`,
      apply(device, networkManager).map((cmd, index) => task(`bring ${device} up ${index + 1}`, command({ cmd }))),
    )
    return [
      aloneWith(device, { ...others(device), own: path(device) }),
      task(
        `address of ${device}`,
        copy({ dest: path(device), content: text({ ...params, device, dns: params.dns ?? [] }), mode }),
        activate ? { notify: up } : {},
      ),
      networkManager === 'off' && [
        // in this order: without any of the two a host comes back from a boot without its network
        task('network is enabled', systemd({ name: 'network', enabled: true })),
        task(
          'NetworkManager is disabled',
          // it keeps the addresses that it gave until it ends, and takes care of them
          systemd({ name: 'NetworkManager', enabled: false, ...(activate && { state: 'stopped' }) }),
          activate ? { notify: up } : {},
        ),
      ],
    ]
  },
})

function check({ system, address, prefix, gateway, dns = [], networkManager }: NetworkStaticParams): void {
  const wrong = [address, ...(gateway ? [gateway] : []), ...dns].find((each) => !isIPv4(each))
  if (wrong !== undefined) throw new TsplayError(`network-static: '${wrong}' is no IPv4 address`)
  if (!Number.isInteger(prefix) || prefix < 1 || prefix > 32)
    throw new TsplayError(`network-static: the prefix is ${prefix}, and should be a whole number from 1 to 32`)
  if (gateway !== undefined && networkOf(gateway, prefix) !== networkOf(address, prefix))
    throw new TsplayError(`network-static: the gateway ${gateway} is not in the network of ${address}/${prefix}`, {
      hint: 'a host reaches its router directly: is the prefix right?',
    })
  if (networkManager === 'off' && !(system.family === 'redhat' && system.majorVersion === '7'))
    throw new TsplayError(`network-static: ${system.id} ${system.majorVersion} has no service 'network' to take over`, {
      hint: "networkManager: 'keep' leaves the network to whoever has it",
    })
}

const networkOf = (address: string, prefix: number): number =>
  Math.floor(address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) / 2 ** (32 - prefix))
