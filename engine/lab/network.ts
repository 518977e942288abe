// The lab's network on this machine: a bridge with the gateway's address, and what lets hosts out. Knows nothing of hosts' insides.
import { access, readFile, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { TsplayError } from '../error.ts'
import { attempt, run } from './command.ts'
import { disableMasquerade, enableMasquerade } from './masquerade.ts'
import { bridgeName, cableName, namespaceName } from './names.ts'
import type { LabSpec } from './spec.ts'
import { overlap, parseSubnet } from './subnet.ts'

/** Brings up the bridge of a lab and the way out, where they are not up yet. */
export async function networkUp(spec: LabSpec): Promise<void> {
  const bridge = bridgeName(spec.name)
  const network = parseSubnet(spec.subnet)!
  refuseOverlap(spec)
  if (!(await exists(bridge))) await run(['ip', 'link', 'add', bridge, 'type', 'bridge'])
  await run(['ip', 'address', 'replace', `${network.gateway}/${network.prefix}`, 'dev', bridge])
  await run(['ip', 'link', 'set', bridge, 'up'])
  await raise('/proc/sys/net/ipv4/ip_forward', 1)
  // systemd takes about six a host of what the kernel counts for all of root together, and hangs in boot without a word
  await raise('/proc/sys/fs/inotify/max_user_instances', 8192)
  await enableMasquerade(spec.name, network.cidr)
}

/** Removes the bridge and the way out. Other labs' stay, and so does forwarding itself: others may rely on it by now. */
export async function networkDown(spec: LabSpec): Promise<void> {
  await disableMasquerade(spec.name, parseSubnet(spec.subnet)!.cidr)
  if (await exists(bridgeName(spec.name))) await run(['ip', 'link', 'delete', bridgeName(spec.name)])
}

/** Removes a host's cable and network namespace, where they are. */
export async function unplug(lab: string, host: string): Promise<void> {
  const [cable, namespace] = [cableName(lab, host), namespaceName(lab, host)]
  // the cable first: with the namespace it would vanish too, but only some time later
  if (await exists(cable)) await attempt(['ip', 'link', 'delete', cable])
  const left = await access(`/run/netns/${namespace}`).then(
    () => true,
    () => false,
  )
  if (left) await run(['ip', 'netns', 'delete', namespace])
}

function refuseOverlap(spec: LabSpec): void {
  const network = parseSubnet(spec.subnet)!
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (name === bridgeName(spec.name)) continue
    const taken = addresses?.find(({ cidr }) => {
      const other = cidr ? parseSubnet(cidr) : undefined
      return other && overlap(network, other)
    })
    if (taken)
      throw new TsplayError(`lab '${spec.name}': ${name} (${taken.cidr}) already uses addresses of ${spec.subnet}`, {
        hint: 'give the lab another subnet, or take down the lab that uses it',
      })
  }
}

const exists = (link: string) =>
  access(`/sys/class/net/${link}`).then(
    () => true,
    () => false,
  )

/** Sets a kernel setting that is lower; never lowers one. */
async function raise(file: string, value: number): Promise<void> {
  if (Number(await readFile(file, 'utf8')) < value) await writeFile(file, String(value))
}
