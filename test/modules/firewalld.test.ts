import { describe, expect, it } from 'vitest'
import { showScript } from '../../engine/script.ts'
import { type FirewalldParams, firewalld } from '../../modules/firewalld.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { shells } from '../support/fake-commands.ts'
import { rootWith } from '../support/root-with.ts'

/** As much of firewall-cmd as is called: zones and things in them as files, running and permanent ones apart. */
const firewallCmd = `#!/bin/sh
root=\${0%/*}; where=live; zone=public
[ "\${0##*/}" = firewall-cmd ] || where=permanent
case "$*" in *--set-target*|*--get-target*) ;; esac
for word in "$@"; do
  case $word in
    --state) [ -e "$root/running" ]; exit ;;
    --permanent) where=permanent ;;
    --zone=*) zone=\${word#--zone=} ;;
    --new-zone=*) mkdir "$root/$where/\${word#*=}"; echo success; exit ;;
    --delete-zone=*) rm -r "$root/$where/\${word#*=}"; echo success; exit ;;
    --info-zone=*) [ -d "$root/$where/\${word#*=}" ]; exit ;;
    --list-services) [ -d "$root/$where/$zone" ]; exit ;;
    --get-target) cat "$root/$where/$zone/target" 2>/dev/null || echo default; exit ;;
    --set-target=*) echo "%%\${word#*=}%%" > "$root/$where/$zone/target"; exit ;;
    --query-*|--add-*|--remove-*)
      verb=\${word%%-[a-z]*}; rest=\${word#--}; verb=\${rest%%-*}; thing=$(printf %s "\${rest#*-}" | tr '/ ' '__')
      echo "$where $zone $verb \${rest#*-}" >> "$root/log"
      case $verb in
        query) [ -e "$root/$where/$zone/$thing" ] ;;
        add) : > "$root/$where/$zone/$thing" && echo success ;;
        remove) rm "$root/$where/$zone/$thing" && echo success ;;
      esac
      exit ;;
  esac
done
exit 2
`

function host({ running = true }: { running?: boolean } = {}) {
  const root = rootWith({
    'firewall-cmd': firewallCmd,
    'firewall-offline-cmd': firewallCmd,
    'live/public/': '',
    'permanent/public/': '',
    ...(running && { running: '' }),
  })
  const moved = {
    'command -v firewall-cmd': 'command -v sh',
    'firewall-cmd ': `sh ${root}/firewall-cmd `,
    'firewall-offline-cmd ': `sh ${root}/firewall-offline-cmd `,
  }
  return (params: FirewalldParams, shell?: readonly string[]) =>
    passElsewhere(firewalld(params), moved, shell && { shell })
}

describe('firewalld (M15), which is a script that keeps files', () => {
  it.each(shells)('adds what is missing, at once and for good, and removes it again (%s)', async (...shell) => {
    const run = host()
    const things: FirewalldParams = {
      service: ['https', 'dns'],
      port: '6443/tcp',
      protocol: 'vrrp',
      source: '10.0.0.0/8',
      interface: 'eth1',
      icmpBlock: 'echo-request',
      forwardPort: 'port=80:proto=tcp:toport=8080',
      richRule: 'rule family="ipv4" source address="10.0.0.1" accept',
      masquerade: true,
    }
    const first = await run(things, shell)
    expect(first).toMatchObject({ output: { code: 0, stdout: '', stderr: '' }, left: [] })
    expect(first.differences).toHaveLength(20)
    expect(first.differences).toContain('permanent.port 6443/tcp')
    expect(first.differences).toContain('immediate.rich-rule rule family="ipv4" source address="10.0.0.1" accept')
    expect((await run(things, shell)).differences).toEqual([])
    const off = await run({ ...things, state: 'disabled' }, shell)
    expect(off).toMatchObject({ output: { code: 0 }, left: [] })
    expect(off.differences).toHaveLength(20)
    expect((await run({ ...things, state: 'disabled' }, shell)).differences).toEqual([])
  })

  it('adds to one of the two alone', async () => {
    const run = host()
    expect((await run({ service: 'https', permanent: false })).differences).toEqual(['immediate.service https'])
    expect((await run({ service: 'https' })).differences).toEqual(['permanent.service https'])
    expect((await run({ port: '1/tcp', immediate: false })).differences).toEqual(['permanent.port 1/tcp'])
    expect((await run({ masquerade: false })).differences).toEqual([])
  })

  it('writes for the next start where firewalld does not run', async () => {
    const run = host({ running: false })
    expect(await run({ service: 'https' })).toMatchObject({ differences: ['permanent.service https'], left: [] })
    expect((await run({ service: 'https' })).differences).toEqual([])
    await expect(run({ service: 'https', immediate: true })).rejects.toThrow('firewalld does not run')
    await expect(run({ service: 'https', permanent: false })).rejects.toThrow('firewalld does not run')
  })

  it('makes and removes a zone, which is there for good only', async () => {
    const run = host()
    expect(await run({ zone: 'cluster' })).toMatchObject({
      differences: ['permanent.zone cluster'],
      output: { code: 0 },
      left: [],
    })
    expect((await run({ zone: 'cluster' })).differences).toEqual([])
    await expect(run({ zone: 'cluster', service: 'https' })).rejects.toThrow(
      "there is no zone 'cluster' in the running firewall",
    )
    expect((await run({ zone: 'cluster', service: 'https', immediate: false })).differences).toHaveLength(1)
    expect(await run({ zone: 'cluster', target: 'ACCEPT', immediate: false })).toMatchObject({
      differences: ['permanent.target ACCEPT'],
      left: [],
    })
    expect((await run({ zone: 'cluster', target: 'ACCEPT', immediate: false })).differences).toEqual([])
    expect((await run({ zone: 'cluster', state: 'disabled' })).differences).toEqual(['permanent.zone cluster'])
    await expect(run({ zone: 'cluster', service: 'https' })).rejects.toThrow("there is no zone 'cluster'")
    expect((await run({ zone: 'cluster', service: 'https', state: 'disabled' })).differences).toEqual([])
  })

  it('says that the host has no firewalld', async () => {
    await expect(passElsewhere(firewalld({ service: 'x' }), { 'firewall-cmd': 'no-such-cmd' })).rejects.toThrow(
      'has no firewalld',
    )
  })

  it('asks the default zone by not naming one', () => {
    const asked = (params: FirewalldParams) =>
      showScript((firewalld.module.probe(params).questions[0]!.key as { script: never }).script)
    expect(asked({ service: 'https' })).toContain('firewall-cmd --query-service=https')
    expect(asked({ service: 'https', zone: 'dmz' })).toContain(
      'firewall-cmd --permanent --zone=dmz --query-service=https',
    )
  })

  it.each([
    [{}, /give a service, port, source, …, or a zone/],
    [{ service: 'a', permanent: false, immediate: false }, /neither is nowhere/],
    [{ port: '80' }, /a port with its protocol/],
    [{ port: ['80/tcp', '81/icmp'] }, /a port with its protocol/],
    [{ service: '-x' }, /name of a service/],
    [{ richRule: 'accept' }, /a rule such as/],
    [{ zone: 'x', permanent: false }, /for good only/],
    [{ target: 'DROP', permanent: false }, /for good only/],
    [{ masquerade: false, state: 'disabled' }, /leave state out/],
    [{ zone: 'a b', service: 'x' }, /name of a zone/],
  ] as [FirewalldParams, RegExp][])('refuses %j', (params, message) => {
    expect(() => firewalld(params)).toThrow(message)
  })
})
