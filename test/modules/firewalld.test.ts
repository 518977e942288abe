import { describe, expect, it } from 'vitest'
import { changeOf } from '../../engine/difference.ts'
import { showScript } from '../../engine/script.ts'
import { type FirewalldParams, firewalld } from '../../modules/firewalld.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { shells } from '../support/fake-commands.ts'
import { expectPredicts } from '../support/laws.ts'
import { rootWith } from '../support/root-with.ts'

/** As much of firewall-cmd as is called: a folder for each zone, in it a file for each kind of thing. */
const firewallCmd = `#!/bin/sh
root=\${0%/*}; where=live; zone=public
if [ "\${0##*/}" = firewall-offline-cmd ]; then where=permanent; elif [ ! -e "$root/running" ]; then exit 252; fi
for word in "$@"; do
  value=\${word#*=}; option=\${word%%=*}
  dir=$root/$where/$zone
  case $word in
    --permanent) where=permanent ;;
    --zone=*) zone=$value ;;
    --new-zone=*) mkdir "$root/$where/$value"; echo success; exit ;;
    --delete-zone=*) rm -r "$root/$where/$value"; echo success; exit ;;
    --set-target=*) echo "%%$value%%" > "$dir/target"; echo success; exit ;;
    --list-all)
      [ -d "$dir" ] || exit 112
      echo "$zone (active)"
      echo "  target: $(cat "$dir/target" 2>/dev/null || echo default)"
      for kind in interface source service port protocol icmp-block; do echo "  \${kind}s: $(cat "$dir/$kind" 2>/dev/null | tr '\\n' ' ')"; done
      if [ -s "$dir/masquerade" ]; then echo '  masquerade: yes'; else echo '  masquerade: no'; fi
      echo '  rich rules: '; sed 's/^/\t/' "$dir/rich-rule" 2>/dev/null
      exit 0 ;;
    --query-*) if grep -qxF -e "$value" "$dir/\${option#--query-}" 2>/dev/null; then echo yes; else echo no; exit 1; fi; exit ;;
    --add-*) printf '%s\\n' "$value" >> "$dir/\${option#--add-}" && echo success; exit ;;
    --remove-masquerade) : > "$dir/masquerade"; echo success; exit ;;
    --remove-*)
      kept=$(grep -vxF -e "$value" "$dir/\${option#--remove-}")
      printf %s "\${kept:+$kept
}" > "$dir/\${option#--remove-}" && echo success; exit ;;
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

  it('asks once for all tasks of a zone, and foretells each of them to the others', () => {
    const text =
      'online\n--\npublic (active)\n  services: ssh\n  masquerade: no\n--\npublic\n  services: ssh\n  masquerade: no\n'
    const params = { service: ['https', 'dns'] }
    const { module } = firewalld
    const [question] = module.probe(params).questions
    expect(module.probe({ port: '1/tcp', masquerade: true }).questions.map(({ id }) => id)).toEqual([question!.id])
    const answers = (() => ({ code: 0, stdout: text })) as never
    expectPredicts(module, params, answers)
    const actual = module.probe(params).read(answers)
    const predictions = module.predict!(params, changeOf(actual, module.desired(params, actual)))
    const named = module.probe({ zone: 'public', service: ['https', 'ssh', 'dns', 'ntp'] })
    const after = named.read(((asked: never) =>
      predictions.reduce((answer: unknown, each) => each.answer(asked, answer), { code: 0, stdout: text })) as never)
    expect(after.permanent).toEqual({
      'service https': true,
      'service ssh': true,
      'service dns': true,
      'service ntp': false,
    })
    const other = module.probe({ zone: 'dmz', service: 'https' })
    const ofDmz = other.read(((asked: never) =>
      predictions.reduce((answer: unknown, each) => each.answer(asked, answer), {
        code: 0,
        stdout: text.replaceAll('public', 'dmz'),
      })) as never)
    expect(ofDmz.permanent).toEqual({ 'service https': false })
  })

  it('asks the default zone by not naming one', () => {
    const asked = (params: FirewalldParams) =>
      showScript((firewalld.module.probe(params).questions[0]!.key as { script: never }).script)
    expect(asked({ service: 'https' })).toContain('firewall-cmd --list-all')
    expect(asked({ service: 'https', zone: 'dmz' })).toContain('firewall-cmd --permanent --zone=dmz --list-all')
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
