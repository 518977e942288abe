// firewall-off: no firewall of the distribution stands between the hosts. Touches no rule of iptables.
import { role, task } from 'tsplay'
import { systemd } from 'tsplay/modules'

/** Firewall services are stopped and disabled, where a host has them. Rules of others (kube-proxy, flannel) stay. */
export const firewallOff = role({
  name: 'firewall-off',
  tasks: () =>
    ['firewalld', 'ufw'].map((name) => task(`no ${name}`, systemd({ name, state: 'stopped', enabled: false }))),
})
