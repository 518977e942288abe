// Ansible's modules for what a host lets in: iptables, firewalld, and SELinux besides.
import { TsplayError } from '../../engine/error.ts'
import { type Args, refusedParam, type Translation } from './translation.ts'
import { booleanOf } from './yes-no.ts'

export const firewalls: readonly Translation[] = [
  {
    names: ['iptables'],
    module: 'iptables',
    renamed: {
      src_range: 'sourceRange',
      dst_range: 'destinationRange',
      set_dscp_mark: 'setDscp',
      set_dscp_mark_class: 'setDscpClass',
    },
    ignored: ['numeric'],
    refused: {
      set_counters: refusedParam('counters begin at nothing', "-m command -a 'iptables -A CHAIN … -c PACKETS BYTES'"),
    },
    adapt: ({ syn, fragment, ...rest }) => ({
      module: 'iptables',
      args: {
        ...rest,
        ...(syn !== undefined && syn !== 'ignore' && { syn: syn === 'match' }),
        // Ansible's takes any text for yes
        ...(fragment !== undefined && fragment !== '' && { fragment: booleanOf(fragment) ?? true }),
      },
    }),
  },
  {
    names: ['firewalld'],
    module: 'firewalld',
    values: { state: { present: 'enabled', absent: 'disabled' } },
    ignored: ['offline'],
    refused: {
      timeout: refusedParam('what is set stays', "-m command -a 'firewall-cmd --add-port=PORT/tcp --timeout=SECONDS'"),
      icmp_block_inversion: refusedParam(
        'is not managed',
        "-m command -a 'firewall-cmd --permanent --add-icmp-block-inversion'",
      ),
      forward: refusedParam('is not managed', "-m command -a 'firewall-cmd --permanent --add-forward'"),
    },
    adapt: (args) => ({ module: 'firewalld', args: firewalldOf(args) }),
  },
  {
    names: ['selinux'],
    module: 'selinux',
    renamed: { conf: 'configFile', file: 'configFile', configfile: 'configFile' },
    refused: { update_kernel_param: refusedParam('is a task of its own', "-m grub -a 'args=selinux=0'") },
  },
  {
    names: ['seboolean'],
    module: 'seboolean',
    ignored: ['ignore_selinux_state'],
    // Ansible's holds until the next boot unless told otherwise
    adapt: (args) => ({ module: 'seboolean', args: { persistent: 'no', ...args } }),
  },
]

/** Where nothing is said, Ansible's sets the running firewall alone. */
function firewalldOf({ port_forward, portForward = port_forward, masquerade, ...args }: Args): Args {
  const permanent = booleanOf(args.permanent ?? false) ?? args.permanent
  const off = masquerade !== undefined && booleanOf(masquerade) === false
  if (off && args.state === 'disabled')
    throw new TsplayError("firewalld: 'masquerade=no state=disabled' says no twice", {
      hint: 'masquerade=yes state=disabled',
    })
  return {
    ...args,
    permanent,
    immediate: args.immediate ?? permanent !== true,
    ...(masquerade !== undefined && { masquerade }),
    ...(portForward !== undefined && { forwardPort: [portForward].flat().map(forwardOf) }),
  }
}

function forwardOf(forward: unknown): string {
  if (typeof forward !== 'object' || forward === null)
    throw new TsplayError("firewalld: 'port_forward' needs JSON", {
      hint: `-a '{"port_forward": [{"port": 80, "proto": "tcp", "toport": 8080}], …}'`,
    })
  const { port, proto, toport, toaddr } = forward as Record<string, unknown>
  return [
    `port=${port}`,
    `proto=${proto}`,
    toport !== undefined && `toport=${toport}`,
    toaddr !== undefined && `toaddr=${toaddr}`,
  ]
    .filter((part) => part !== false)
    .join(':')
}
