// Services, the host's name and the packet filter, by both. Units and chains are each scenario's own.
import { task } from '../../../../engine/index.ts'
import { copy, hostname, iptables, service, serviceFacts, systemd } from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

const unit = (name: string, more = ''): string =>
  `printf '[Service]\\nExecStart=/bin/sleep 100000\\n${more}[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/${name}.service
systemctl daemon-reload`
const undoUnit = (name: string): string =>
  `systemctl unmask ${name}; systemctl disable --now ${name}; rm -f /etc/systemd/system/${name}.service; systemctl daemon-reload`
const showUnit = (name: string): string[] => [`systemctl is-active ${name}`, `systemctl is-enabled ${name}`]

const chain = (name: string, tool = 'iptables') => ({
  given: `${tool} -N ${name}`,
  shows: [`${tool} -S ${name}`],
  undo: `${tool} -F ${name}; ${tool} -X ${name}`,
})

export const scenarios: readonly ModuleScenario[] = [
  {
    name: 'a unit is started and enabled once (M11)',
    given: unit('alike-on'),
    ansible: `
      - name: on
        systemd: { name: alike-on, state: started, enabled: true }
      - name: on already
        systemd: { name: alike-on.service, state: started, enabled: true }
    `,
    tsplay: () => [
      task('on', systemd({ name: 'alike-on', state: 'started', enabled: true })),
      task('on already', systemd({ name: 'alike-on.service', state: 'started', enabled: true })),
    ],
    shows: showUnit('alike-on'),
    undo: undoUnit('alike-on'),
  },
  {
    name: 'a unit is stopped and disabled once (M11)',
    given: `${unit('alike-off')}\nsystemctl enable --now alike-off`,
    ansible: `
      - name: off
        systemd: { name: alike-off, state: stopped }
      - name: not at boot
        systemd: { name: alike-off, enabled: false }
      - name: off already
        systemd: { name: alike-off, state: stopped, enabled: false }
    `,
    tsplay: () => [
      task('off', systemd({ name: 'alike-off', state: 'stopped' })),
      task('not at boot', systemd({ name: 'alike-off', enabled: false })),
      task('off already', systemd({ name: 'alike-off', state: 'stopped', enabled: false })),
    ],
    shows: showUnit('alike-off'),
    undo: undoUnit('alike-off'),
  },
  {
    name: 'to restart and to reload changes always; a stopped unit is started instead (M11)',
    given: unit('alike-again', 'ExecReload=/bin/true\\n'),
    ansible: `
      - name: reloaded though stopped
        systemd: { name: alike-again, state: reloaded }
      - name: reloaded
        systemd: { name: alike-again, state: reloaded }
      - name: restarted
        systemd: { name: alike-again, state: restarted }
    `,
    tsplay: () => [
      task('reloaded though stopped', systemd({ name: 'alike-again', state: 'reloaded' })),
      task('reloaded', systemd({ name: 'alike-again', state: 'reloaded' })),
      task('restarted', systemd({ name: 'alike-again', state: 'restarted' })),
    ],
    shows: showUnit('alike-again'),
    undo: undoUnit('alike-again'),
  },
  {
    name: 'a masked unit does not start until it is unmasked (M11)',
    given: `printf '[Service]\\nExecStart=/bin/sleep 100000\\n[Install]\\nWantedBy=multi-user.target\\n' > /usr/lib/systemd/system/alike-mask.service
systemctl daemon-reload`,
    ansible: `
      - name: masked
        systemd: { name: alike-mask, masked: true }
      - name: unmasked and started
        systemd: { name: alike-mask, masked: false, state: started }
      - name: stopped and masked
        systemd: { name: alike-mask, masked: true, state: stopped }
    `,
    tsplay: () => [
      task('masked', systemd({ name: 'alike-mask', masked: true })),
      task('unmasked and started', systemd({ name: 'alike-mask', masked: false, state: 'started' })),
      task('stopped and masked', systemd({ name: 'alike-mask', masked: true, state: 'stopped' })),
    ],
    shows: showUnit('alike-mask'),
    undo: 'systemctl unmask alike-mask; rm -f /usr/lib/systemd/system/alike-mask.service; systemctl daemon-reload',
  },
  {
    name: 'to start a masked unit fails (M11)',
    given: 'systemctl mask alike-never',
    ansible: `
      - name: never
        systemd: { name: alike-never, state: started }
    `,
    tsplay: () => [task('never', systemd({ name: 'alike-never', state: 'started' }))],
    undo: 'systemctl unmask alike-never',
  },
  {
    name: 'a changed unit file is read before the restart (M11)',
    given: unit('alike-fresh'),
    ansible: `
      - name: file
        copy: { content: "[Service]\\nExecStart=/bin/sleep 200000\\n", dest: /etc/systemd/system/alike-fresh.service, mode: "0644" }
      - name: restarted
        systemd: { name: alike-fresh, state: restarted, daemon_reload: true }
    `,
    tsplay: () => [
      task(
        'file',
        copy({
          content: '[Service]\nExecStart=/bin/sleep 200000\n',
          dest: '/etc/systemd/system/alike-fresh.service',
          mode: '0644',
        }),
      ),
      task('restarted', systemd({ name: 'alike-fresh', state: 'restarted', daemonReload: true })),
    ],
    shows: ['systemctl show -p ExecStart --value alike-fresh | grep -o "sleep [0-9]*"'],
    undo: undoUnit('alike-fresh'),
  },
  {
    name: 'an instance of a template is started and enabled (M11)',
    given: unit('alike-each@'),
    ansible: `
      - name: instance
        systemd: { name: alike-each@one, state: started, enabled: true }
    `,
    tsplay: () => [task('instance', systemd({ name: 'alike-each@one', state: 'started', enabled: true }))],
    shows: [...showUnit('alike-each@one'), 'systemctl is-enabled alike-each@two'],
    undo: 'systemctl disable --now alike-each@one; rm -f /etc/systemd/system/alike-each@.service; systemctl daemon-reload',
  },
  {
    name: 'an unknown unit is not started, and what follows is not done (M11)',
    ansible: `
      - name: unknown
        systemd: { name: alike-unknown, state: started }
      - name: behind
        copy: { content: x, dest: "{{ dir }}/behind" }
    `,
    tsplay: (dir) => [
      task('unknown', systemd({ name: 'alike-unknown', state: 'started' })),
      task('behind', copy({ content: 'x', dest: `${dir}/behind` })),
    ],
  },
  {
    name: 'an unknown unit is stopped already (M11)',
    ansible: `
      - name: unknown
        systemd: { name: alike-unknown, state: stopped, enabled: false }
    `,
    tsplay: () => [task('unknown', systemd({ name: 'alike-unknown', state: 'stopped', enabled: false }))],
    differs: {
      why: 'a firewall that is not installed is off; missingOk: false fails as Ansible does',
      theirs: ['unknown: failed'],
      ours: ['unknown: ok'],
      sameTree: true,
    },
  },
  {
    name: 'a unit that does not start is a failure (M11)',
    given: `printf '[Service]\\nType=oneshot\\nExecStart=/bin/false\\n' > /etc/systemd/system/alike-bad.service; systemctl daemon-reload`,
    ansible: `
      - name: bad
        systemd: { name: alike-bad, state: started }
    `,
    tsplay: () => [task('bad', systemd({ name: 'alike-bad', state: 'started' }))],
    unforeseen: 'what a program does when it is started shows then',
    undo: undoUnit('alike-bad'),
  },
  {
    name: 'service does the same by whatever the host has (M12)',
    given: unit('alike-service'),
    ansible: `
      - name: on
        service: { name: alike-service, state: started, enabled: true }
      - name: on already
        service: { name: alike-service, state: started, enabled: true }
      - name: again
        service: { name: alike-service, state: restarted }
      - name: not at boot
        service: { name: alike-service, enabled: false }
    `,
    tsplay: () => [
      task('on', service({ name: 'alike-service', state: 'started', enabled: true })),
      task('on already', service({ name: 'alike-service', state: 'started', enabled: true })),
      task('again', service({ name: 'alike-service', state: 'restarted' })),
      task('not at boot', service({ name: 'alike-service', enabled: false })),
    ],
    shows: showUnit('alike-service'),
    undo: undoUnit('alike-service'),
  },
  {
    name: 'a unit is started without waiting for it (M11)',
    given: unit('alike-slow', 'ExecStartPre=/bin/sleep 1\\n'),
    ansible: `
      - name: slow
        systemd: { name: alike-slow, state: started, no_block: true }
    `,
    tsplay: () => [task('slow', systemd({ name: 'alike-slow', state: 'started', noBlock: true }))],
    shows: ['systemctl start alike-slow; systemctl is-active alike-slow'],
    undo: undoUnit('alike-slow'),
  },
  {
    name: 'to ask for all services changes nothing (M12)',
    ansible: `
      - name: services
        service_facts:
    `,
    tsplay: () => [task('services', serviceFacts({}))],
  },
  {
    name: 'a host gets its name once (M15)',
    given: 'hostname > /root/alike-hostname',
    ansible: `
      - name: name
        hostname: { name: alike.example }
      - name: named already
        hostname: { name: alike.example }
    `,
    tsplay: () => [
      task('name', hostname({ name: 'alike.example' })),
      task('named already', hostname({ name: 'alike.example' })),
    ],
    shows: ['uname -n', 'cat /etc/hostname'],
    undo: 'hostnamectl set-hostname "$(cat /root/alike-hostname)"; rm /root/alike-hostname',
  },
  {
    name: 'rules are appended and inserted once, in their places (M15)',
    ...chain('ALIKE1'),
    ansible: `
      - name: last
        iptables: { chain: ALIKE1, protocol: tcp, destination_port: "80", jump: ACCEPT }
      - name: first
        iptables: { chain: ALIKE1, protocol: udp, source: 10.0.0.0/8, action: insert, jump: DROP }
      - name: second
        iptables: { chain: ALIKE1, protocol: icmp, icmp_type: echo-request, action: insert, rule_num: "2", jump: ACCEPT }
      - name: there already
        iptables: { chain: ALIKE1, protocol: tcp, destination_port: "80", action: insert, jump: ACCEPT }
    `,
    tsplay: () => [
      task('last', iptables({ chain: 'ALIKE1', protocol: 'tcp', destinationPort: 80, jump: 'ACCEPT' })),
      task(
        'first',
        iptables({ chain: 'ALIKE1', protocol: 'udp', source: '10.0.0.0/8', action: 'insert', jump: 'DROP' }),
      ),
      task(
        'second',
        iptables({
          chain: 'ALIKE1',
          protocol: 'icmp',
          icmpType: 'echo-request',
          action: 'insert',
          ruleNum: 2,
          jump: 'ACCEPT',
        }),
      ),
      task(
        'there already',
        iptables({ chain: 'ALIKE1', protocol: 'tcp', destinationPort: 80, action: 'insert', jump: 'ACCEPT' }),
      ),
    ],
  },
  {
    name: 'matches and their extensions are said alike (M15)',
    ...chain('ALIKE2'),
    ansible: `
      - name: connections
        iptables: { chain: ALIKE2, ctstate: [ESTABLISHED, RELATED], comment: "what is known; $(id)", jump: ACCEPT }
      - name: ports
        iptables: { chain: ALIKE2, protocol: tcp, match: tcp, destination_ports: ["80", "443", "8000:8010"], syn: match, jump: ACCEPT }
      - name: not from here
        iptables: { chain: ALIKE2, source: "!10.0.0.0/8", in_interface: "!lo", limit: 5/minute, limit_burst: "10", jump: RETURN }
      - name: range and flags
        iptables: { chain: ALIKE2, protocol: tcp, src_range: 10.0.0.1-10.0.0.9, tcp_flags: { flags: [SYN, ACK], flags_set: [SYN] }, reject_with: tcp-reset, jump: REJECT }
    `,
    tsplay: () => [
      task(
        'connections',
        iptables({
          chain: 'ALIKE2',
          ctstate: ['ESTABLISHED', 'RELATED'],
          comment: 'what is known; $(id)',
          jump: 'ACCEPT',
        }),
      ),
      task(
        'ports',
        iptables({
          chain: 'ALIKE2',
          protocol: 'tcp',
          match: 'tcp',
          destinationPorts: [80, 443, '8000:8010'],
          syn: true,
          jump: 'ACCEPT',
        }),
      ),
      task(
        'not from here',
        iptables({
          chain: 'ALIKE2',
          source: '!10.0.0.0/8',
          inInterface: '!lo',
          limit: '5/minute',
          limitBurst: 10,
          jump: 'RETURN',
        }),
      ),
      task(
        'range and flags',
        iptables({
          chain: 'ALIKE2',
          protocol: 'tcp',
          sourceRange: '10.0.0.1-10.0.0.9',
          tcpFlags: { flags: ['SYN', 'ACK'], flagsSet: ['SYN'] },
          rejectWith: 'tcp-reset',
          jump: 'REJECT',
        }),
      ),
    ],
  },
  {
    name: 'a rule is deleted, and one that is not there is gone already (M15)',
    ...chain('ALIKE3'),
    given: 'iptables -N ALIKE3; iptables -A ALIKE3 -p tcp -j DROP; iptables -A ALIKE3 -p udp -j DROP',
    ansible: `
      - name: gone
        iptables: { chain: ALIKE3, protocol: tcp, jump: DROP, state: absent }
      - name: never there
        iptables: { chain: ALIKE3, protocol: sctp, jump: DROP, state: absent }
    `,
    tsplay: () => [
      task('gone', iptables({ chain: 'ALIKE3', protocol: 'tcp', jump: 'DROP', state: 'absent' })),
      task('never there', iptables({ chain: 'ALIKE3', protocol: 'sctp', jump: 'DROP', state: 'absent' })),
    ],
  },
  {
    name: 'a chain has its policy once (M15)',
    ansible: `
      - name: policy
        iptables: { chain: FORWARD, policy: DROP }
      - name: already
        iptables: { chain: FORWARD, policy: DROP }
    `,
    tsplay: () => [
      task('policy', iptables({ chain: 'FORWARD', policy: 'DROP' })),
      task('already', iptables({ chain: 'FORWARD', policy: 'DROP' })),
    ],
    shows: ['iptables -S FORWARD | head -n 1'],
    undo: 'iptables -P FORWARD ACCEPT',
  },
  {
    name: 'a chain is made, used and removed (M15)',
    ansible: `
      - name: made
        iptables: { table: nat, chain: ALIKE4, chain_management: true }
      - name: made already
        iptables: { table: nat, chain: ALIKE4, chain_management: true }
      - name: other made
        iptables: { table: nat, chain: ALIKE5, chain_management: true }
      - name: removed
        iptables: { table: nat, chain: ALIKE5, chain_management: true, state: absent }
    `,
    tsplay: () => [
      task('made', iptables({ table: 'nat', chain: 'ALIKE4', chainManagement: true })),
      task('made already', iptables({ table: 'nat', chain: 'ALIKE4', chainManagement: true })),
      task('other made', iptables({ table: 'nat', chain: 'ALIKE5', chainManagement: true })),
      task('removed', iptables({ table: 'nat', chain: 'ALIKE5', chainManagement: true, state: 'absent' })),
    ],
    shows: ['iptables -t nat -S | grep "^-N ALIKE4"'],
    undo: 'for c in ALIKE4 ALIKE5; do iptables -t nat -F $c; iptables -t nat -X $c; done',
    differs: {
      why: 'this release of Ansible puts an empty rule into a chain that it makes, and cannot remove it any more',
      theirs: ['made: changed', 'made already: ok', 'other made: changed', 'removed: failed'],
      ours: ['made: changed', 'made already: ok', 'other made: changed', 'removed: changed'],
      sameTree: true,
    },
  },
  {
    name: 'addresses are translated (M15)',
    ...chain('ALIKE6', 'iptables -t nat'),
    ansible: `
      - name: destination
        iptables: { table: nat, chain: ALIKE6, protocol: tcp, destination_port: "80", jump: DNAT, to_destination: "10.0.0.9:8080" }
      - name: source
        iptables: { table: nat, chain: ALIKE6, source: 10.244.0.0/16, destination: "!10.244.0.0/16", jump: MASQUERADE }
    `,
    tsplay: () => [
      task(
        'destination',
        iptables({
          table: 'nat',
          chain: 'ALIKE6',
          protocol: 'tcp',
          destinationPort: 80,
          jump: 'DNAT',
          toDestination: '10.0.0.9:8080',
        }),
      ),
      task(
        'source',
        iptables({
          table: 'nat',
          chain: 'ALIKE6',
          source: '10.244.0.0/16',
          destination: '!10.244.0.0/16',
          jump: 'MASQUERADE',
        }),
      ),
    ],
  },
  {
    name: 'IPv6 has rules of its own, and a target may be a log (M15)',
    ...chain('ALIKE7', 'ip6tables'),
    ansible: `
      - name: log
        iptables: { ip_version: ipv6, chain: ALIKE7, jump: LOG, log_prefix: "dropped: ", log_level: info }
      - name: network
        iptables: { ip_version: ipv6, chain: ALIKE7, source: "fd00::/8", jump: DROP }
    `,
    tsplay: () => [
      task(
        'log',
        iptables({ ipVersion: 'ipv6', chain: 'ALIKE7', jump: 'LOG', logPrefix: 'dropped: ', logLevel: 'info' }),
      ),
      task('network', iptables({ ipVersion: 'ipv6', chain: 'ALIKE7', source: 'fd00::/8', jump: 'DROP' })),
    ],
  },
  {
    name: 'a chain that is empty has been flushed already (M15)',
    ...chain('ALIKE8'),
    given: 'iptables -N ALIKE8; iptables -A ALIKE8 -j DROP',
    ansible: `
      - name: flushed
        iptables: { chain: ALIKE8, flush: true }
      - name: flushed already
        iptables: { chain: ALIKE8, flush: true }
    `,
    tsplay: () => [
      task('flushed', iptables({ chain: 'ALIKE8', flush: true })),
      task('flushed already', iptables({ chain: 'ALIKE8', flush: true })),
    ],
    differs: {
      why: 'Ansible says of each flush that it changes',
      theirs: ['flushed: changed', 'flushed already: changed'],
      ours: ['flushed: changed', 'flushed already: ok'],
      sameTree: true,
    },
  },
  {
    name: 'a rule in a chain that does not exist is a failure (M15)',
    ansible: `
      - name: nowhere
        iptables: { chain: ALIKE9, jump: DROP }
    `,
    tsplay: () => [task('nowhere', iptables({ chain: 'ALIKE9', jump: 'DROP' }))],
    unforeseen: 'whether the kernel takes a rule shows when it is given',
  },
]
