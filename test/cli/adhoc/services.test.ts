// Ansible's words for services, names, the kernel's settings and packet filters, said in ours.
import { describe, expect, test } from 'vitest'
import { asked } from './asked.ts'

describe('Ansible’s words for services and systems', () => {
  test.each<[string, string, unknown]>([
    [
      'systemd',
      'name=x state=reloaded daemon_reload=yes daemon-reexec=no no_block=yes force=yes scope=user masked=no',
      [
        'systemd',
        {
          name: 'x',
          state: 'reloaded',
          daemonReload: true,
          daemonReexec: false,
          noBlock: true,
          force: true,
          scope: 'user',
          masked: false,
        },
      ],
    ],
    [
      'ansible.builtin.systemd_service',
      'unit=x enabled=yes scope=global',
      ['systemd', { name: 'x', enabled: true, scope: 'global' }],
    ],
    ['systemd', 'daemon-reload=yes scope=user', ['command', { cmd: ['systemctl', '--user', 'daemon-reload'] }]],
    ['systemd', 'daemon_reexec=yes', ['command', { cmd: ['systemctl', '--system', 'daemon-reexec'] }]],
    [
      'service',
      "name=x state=restarted sleep=2 pattern='a b' args='one  two' runlevel=boot use=auto",
      [
        'service',
        { name: 'x', state: 'restarted', sleep: 2, pattern: 'a b', arguments: ['one', 'two'], runlevel: 'boot' },
      ],
    ],
    ['sysvinit', 'service=x state=running daemonize=yes', ['service', { name: 'x', state: 'started' }]],
    ['service_facts', '', ['serviceFacts', {}]],
    ['timezone', 'name=UTC hwclock=local', ['timezone', { name: 'UTC', hwclock: 'local' }]],
    ['community.general.timezone', 'name=UTC rtc=UTC', ['timezone', { name: 'UTC', hwclock: 'UTC' }]],
    ['locale_gen', 'name=de_CH.UTF-8 state=absent', ['locale', { name: 'de_CH.UTF-8', state: 'absent' }]],
    [
      'ansible.posix.sysctl',
      'key=a.b val=1 sysctl_file=/etc/x.conf ignoreerrors=yes reload=no',
      ['sysctl', { name: 'a.b', value: '1', file: '/etc/x.conf', ignoreMissing: true, live: false }],
    ],
    ['sysctl', 'name=a.b value=1 reload=no sysctl_set=yes', ['sysctl', { name: 'a.b', value: '1' }]],
    ['sysctl', 'name=a.b state=absent', ['sysctl', { name: 'a.b', state: 'absent' }]],
    [
      'modprobe',
      "name=dummy params='numdummies=2' persistent=present",
      ['kernelModule', { name: 'dummy', params: 'numdummies=2', persistent: true }],
    ],
    [
      'modprobe',
      'name=dummy state=absent persistent=absent',
      ['kernelModule', { name: 'dummy', state: 'absent', persistent: true }],
    ],
    ['modprobe', 'name=dummy persistent=disabled', ['kernelModule', { name: 'dummy', persistent: false }]],
    [
      'iptables',
      'chain=INPUT protocol=tcp destination_port=80 ctstate=NEW,ESTABLISHED syn=negate jump=ACCEPT rule_num=3 action=insert',
      [
        'iptables',
        {
          chain: 'INPUT',
          protocol: 'tcp',
          destinationPort: '80',
          ctstate: ['NEW', 'ESTABLISHED'],
          syn: false,
          jump: 'ACCEPT',
          ruleNum: 3,
          action: 'insert',
        },
      ],
    ],
    [
      'iptables',
      'chain=INPUT src_range=10.0.0.1-10.0.0.2 set_dscp_mark=8 jump=DSCP match=tcp,udp destination_ports=80,443 syn=ignore fragment=yes comment="a b"',
      [
        'iptables',
        {
          chain: 'INPUT',
          sourceRange: '10.0.0.1-10.0.0.2',
          setDscp: '8',
          jump: 'DSCP',
          match: ['tcp', 'udp'],
          destinationPorts: ['80', '443'],
          fragment: true,
          comment: 'a b',
        },
      ],
    ],
    ['iptables', 'chain=FORWARD policy=ACCEPT', ['iptables', { chain: 'FORWARD', policy: 'ACCEPT' }]],
    [
      'iptables',
      'chain=X chain_management=yes ip_version=ipv6',
      ['iptables', { chain: 'X', chainManagement: true, ipVersion: 'ipv6' }],
    ],
    [
      'firewalld',
      'service=https state=present',
      ['firewalld', { service: 'https', state: 'enabled', permanent: false, immediate: true }],
    ],
    [
      'ansible.posix.firewalld',
      'port=80/tcp permanent=yes state=disabled zone=dmz offline=yes',
      ['firewalld', { port: '80/tcp', permanent: true, immediate: false, state: 'disabled', zone: 'dmz' }],
    ],
    [
      'firewalld',
      '{"port_forward": [{"port": 80, "proto": "tcp", "toport": 8080}], "permanent": true, "immediate": true, "state": "enabled"}',
      [
        'firewalld',
        { forwardPort: ['port=80:proto=tcp:toport=8080'], permanent: true, immediate: true, state: 'enabled' },
      ],
    ],
    [
      'selinux',
      'state=permissive policy=targeted conf=/etc/x',
      ['selinux', { state: 'permissive', policy: 'targeted', configFile: '/etc/x' }],
    ],
    ['seboolean', 'name=a_b state=yes', ['seboolean', { name: 'a_b', state: true, persistent: false }]],
    ['seboolean', 'name=a_b state=no persistent=yes', ['seboolean', { name: 'a_b', state: false, persistent: true }]],
  ])('-m %s -a %j', (module, args, expected) => {
    expect(asked(module, args)).toEqual(expected)
  })

  test.each<[string, string, string]>([
    ['systemd', 'enabled=yes', 'systemd: which unit?'],
    ['systemd', 'daemon_reload=yes scope=global', 'systemd: which unit?'],
    ['sysvinit', 'name=x runlevels=3,5', "sysvinit: 'runlevels': a script says itself"],
    [
      'modprobe',
      'name=x persistent=absent',
      'modprobe: state=present now and persistent=absent after a boot are two wishes',
    ],
    ['iptables', 'chain=INPUT jump=DROP set_counters=1', "iptables: 'set_counters': counters begin at nothing"],
    ['firewalld', 'service=https timeout=9', "firewalld: 'timeout': what is set stays"],
    ['firewalld', 'port_forward=80', "firewalld: 'port_forward' needs JSON"],
    ['selinux', 'state=disabled update_kernel_param=yes', "selinux: 'update_kernel_param': is a task of its own"],
  ])('-m %s -a %j is refused', (module, args, message) => {
    const found = asked(module, args)
    expect(typeof found === 'string' ? found.slice(0, message.length) : found).toBe(message)
  })
})
