// firewall-off: no firewall of the distribution stands between the hosts. Touches no rule of iptables.
import { role, task } from 'tsplay'
import { systemd } from 'tsplay/modules'

export interface FirewallOffParams {
  /** Services besides that are in the way: `dnsmasq`, whose 127.0.0.1 in /etc/resolv.conf no container can reach. Default: none. */
  also?: readonly string[]
}

/** Firewall services are stopped and disabled, where a host has them. Rules of others (kube-proxy, flannel) stay. */
export const firewallOff = role<FirewallOffParams | undefined>({
  name: 'firewall-off',
  tasks: ({ also = [] } = {}) =>
    ['firewalld', 'ufw', ...also].map((name) =>
      task(`no ${name}`, systemd({ name, state: 'stopped', enabled: false })),
    ),
})
