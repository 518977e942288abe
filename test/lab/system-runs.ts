// A documented system from bare hosts to prepared ones: runs that preflight ends, a check, the run, and both once more.
import path from 'node:path'
import { type Ran, tsplayOn } from './program.ts'
import { hostsOf, type System } from './system-hosts.ts'
import type { Made } from './system-inventories.ts'
import { inventoryFile, playbookOf, there } from './system-lab.ts'

/** What became of a system's hosts; runs in their order. */
export interface Prepared {
  /** Its playbook once more. */
  readonly run: (...args: string[]) => Promise<Ran>
  /** The private key that the first run has made. */
  readonly controlKey: string
  /** Runs that preflight ends, and files of each host that are younger than those. */
  readonly refused: readonly Ran[]
  readonly touched: readonly string[]
  readonly check: Ran
  readonly first: Ran
  readonly second: Ran
  readonly checkedAgain: Ran
}

/**
 * Prepares the hosts of a system.
 * @param folder of the control side: its inventory and keys.
 * @param made checksums of what the lab has made.
 */
export async function prepare(system: System, folder: string, made: Omit<Made, 'controlKey'>): Promise<Prepared> {
  const controlKey = path.join(folder, system, 'id_ed25519')
  const tsplay = tsplayOn(inventoryFile(folder, system, { ...made, controlKey }))
  const run = (...args: string[]): Promise<Ran> => tsplay('run', playbookOf(system), ...args)
  await onEach(system, `${leftByOthers}; ${ledElsewhere(system)}; touch /root/before`)
  const tooSmall = system === 's0' ? [await run('-e', '{"minimum": {"cpus": 999}}')] : []
  // somebody who has the port of etcd, on one of the hosts
  const first = hostsOf(system)[0]!.labName
  await on(first, 'systemd-run -q --unit squatter python3 -m http.server 2379; sleep 1')
  const taken = await run()
  await on(first, 'systemctl stop squatter')
  return {
    ...{ run, controlKey, refused: [...tooSmall, taken] },
    touched: await onEach(system, 'find /etc /usr /opt /home -newer /root/before -type f'),
    check: await run('--check'),
    first: await run(),
    second: await run(),
    checkedAgain: await run('--check'),
  }
}

/** `host role task` of what changed, sorted. */
export const changed = ({ tasks }: Ran): string[] =>
  tasks.flatMap(({ host, role, task, changed }) => (changed ? [`${host} ${role} ${task}`] : [])).sort()

/** `host task: message` of what failed; where there was no task, why not. */
export const failed = ({ tasks, stderr }: Ran): string[] => [
  ...tasks.flatMap(({ host, task, status, message }) =>
    ['failed', 'unreachable'].includes(status) ? [`${host} ${task}: ${message}`] : [],
  ),
  ...(tasks.length === 0 ? [stderr] : []),
]

/** What a command prints on a host of the lab. */
export const on = async (host: string, command: string): Promise<string> =>
  (await there(host, command)).toString().trim()

/** On each host of a system, the first of which is of the RHEL family. */
export const onEach = (system: System, command: string): Promise<string[]> =>
  Promise.all(hostsOf(system).map(({ labName }) => on(labName, command)))

/** Names of a system's hosts as they were before some move, in the first line of /etc/hosts. */
const ledElsewhere = (system: System): string =>
  `sed -i '1i 10.9.9.9 ${hostsOf(system)
    .map(({ name }) => name)
    .join(' ')} gone' /etc/hosts`

/** What tools that only append left on a host, services that stand in the way, and the name that all hosts of an image have. */
const leftByOthers = `set -e
hostname localhost.localdomain
echo localhost.localdomain > /etc/hostname
printf '/dev/vdb\tnone\tswap\tsw\t0 0\n# swap: /dev/vdc none swap sw 0 0\n' >> /etc/fstab
for i in 1 2 3; do
  echo 'export PATH=$PATH:/opt/kubernetes/bin' >> /etc/profile
  echo '/sbin/iptables -P FORWARD ACCEPT' >> /etc/profile
done
mkdir -p /etc/selinux /etc/sysconfig
printf 'SELINUX=enforcing\nSELINUXTYPE=targeted\n' > /etc/selinux/config
ln -s ../selinux/config /etc/sysconfig/selinux
echo 'net.ipv4.ip_forward = 0' > /etc/sysctl.conf
ln -sf ../sysctl.conf /etc/sysctl.d/99-sysctl.conf
for name in firewalld dnsmasq; do
  printf '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n' > /etc/systemd/system/$name.service
  systemctl -q enable --now $name
done`
