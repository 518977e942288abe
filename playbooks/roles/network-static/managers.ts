// managers: who brings a host's network up, where its file is and what it says. Pure text; validates nothing.

/** `ifcfg`: network-scripts of RHEL 7 and 8; `keyfile`: NetworkManager's own; `netplan`: Ubuntu; `ifupdown`: Debian. */
export type Manager = 'ifcfg' | 'keyfile' | 'netplan' | 'ifupdown'

/** What a file says. */
export interface Address {
  readonly device: string
  readonly address: string
  readonly prefix: number
  readonly gateway?: string
  readonly dns: readonly string[]
}

interface ManagerFiles {
  readonly path: (device: string) => string
  readonly mode: string
  readonly text: (address: Address) => string
  /** Commands that make it so at once, in order, once `networkManager` is kept or off. */
  readonly apply: (device: string, networkManager: 'keep' | 'off') => readonly string[][]
  /** Where else somebody could say something of the device, as shell patterns, and the lines that do, as an expression of grep. */
  readonly others: (device: string) => { readonly files: string; readonly lines: string }
}

/** The one that a system comes with. */
export function managerOf(system: {
  readonly id: string
  readonly family: string
  readonly majorVersion: string
}): Manager {
  if (system.family === 'redhat') return Number(system.majorVersion) >= 9 ? 'keyfile' : 'ifcfg'
  return system.id === 'ubuntu' ? 'netplan' : 'ifupdown'
}

const head = '# Managed by tsplay: changes made here are lost.'

const lines = (...all: (string | false | undefined | readonly string[])[]): string =>
  [head, ...all.flatMap((each) => each || []), ''].join('\n')

const networkScripts = '/etc/sysconfig/network-scripts/ifcfg-*'

/** A name in an expression of grep: VLANs have a dot in theirs. */
const escaped = (device: string): string => device.replace(/[^\w-]/g, '[$&]')

const eitherService = `if systemctl -q is-active NetworkManager
then nmcli connection reload && nmcli connection up "$1"
else systemctl restart network
fi`

export const managers: Readonly<Record<Manager, ManagerFiles>> = {
  ifcfg: {
    path: (device) => `/etc/sysconfig/network-scripts/ifcfg-${device}`,
    mode: '0644',
    text: ({ device, address, prefix, gateway, dns }) =>
      lines(
        ...[
          `DEVICE=${device}`,
          `NAME=${device}`,
          'BOOTPROTO=none',
          'ONBOOT=yes',
          `IPADDR=${address}`,
          `PREFIX=${prefix}`,
        ],
        gateway && `GATEWAY=${gateway}`,
        dns.map((server, index) => `DNS${index + 1}=${server}`),
      ),
    // without NetworkManager, the service of these files has the network
    apply: (device, networkManager) => [
      networkManager === 'off' ? ['systemctl', 'restart', 'network'] : ['sh', '-c', eitherService, 'sh', device],
    ],
    others: (device) => ({ files: networkScripts, lines: `^DEVICE=["']?${escaped(device)}["']?$` }),
  },
  keyfile: {
    path: (device) => `/etc/NetworkManager/system-connections/${device}.nmconnection`,
    // NetworkManager reads no file that others may read, too
    mode: '0600',
    text: ({ device, address, prefix, gateway, dns }) =>
      lines(
        ...['[connection]', `id=${device}`, 'type=ethernet', `interface-name=${device}`, 'autoconnect=true', ''],
        ...['[ipv4]', 'method=manual', `address1=${address}/${prefix}${gateway ? `,${gateway}` : ''}`],
        dns.length > 0 && `dns=${dns.join(';')};`,
      ),
    apply: (device) => [
      ['nmcli', 'connection', 'reload'],
      ['nmcli', 'connection', 'up', device],
    ],
    others: (device) => ({
      files: `/etc/NetworkManager/system-connections/* ${networkScripts}`,
      lines: `^(interface-name=|DEVICE=["']?)${escaped(device)}["']?$`,
    }),
  },
  netplan: {
    path: () => '/etc/netplan/01-netcfg.yaml',
    // netplan complains of files that others may read
    mode: '0600',
    text: ({ device, address, prefix, gateway, dns }) =>
      lines(
        ...['network:', '  version: 2', '  renderer: networkd', '  ethernets:', `    ${device}:`],
        '      dhcp4: false',
        `      addresses: [${address}/${prefix}]`,
        // `gateway4` is deprecated, and 18.04 does not know `default`
        gateway && ['      routes:', '        - to: 0.0.0.0/0', `          via: ${gateway}`],
        dns.length > 0 && ['      nameservers:', `        addresses: [${dns.join(', ')}]`],
      ),
    apply: () => [
      ['netplan', 'generate'],
      ['netplan', 'apply'],
    ],
    // files are merged: the last one has its way, and addresses of all are added up
    others: (device) => ({
      files: '/etc/netplan/*.yaml /run/netplan/*.yaml /lib/netplan/*.yaml',
      lines: `^[[:space:]]+["']?${escaped(device)}["']?:`,
    }),
  },
  ifupdown: {
    path: (device) => `/etc/network/interfaces.d/${device}`,
    mode: '0644',
    text: ({ device, address, prefix, gateway, dns }) =>
      lines(
        ...[`auto ${device}`, `iface ${device} inet static`, `    address ${address}/${prefix}`],
        gateway && `    gateway ${gateway}`,
        dns.length > 0 && `    dns-nameservers ${dns.join(' ')}`,
      ),
    apply: (device) => [['ifup', '--force', device]],
    others: (device) => ({
      files: '/etc/network/interfaces /etc/network/interfaces.d/*',
      lines: `^[[:space:]]*iface[[:space:]]+${escaped(device)}[[:space:]]+inet[[:space:]]`,
    }),
  },
}
