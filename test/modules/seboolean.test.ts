import { describe, expect, it } from 'vitest'
import { seboolean } from '../../modules/seboolean.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { shells } from '../support/fake-commands.ts'
import { rootWith } from '../support/root-with.ts'

const setsebool = `#!/bin/sh
root=\${0%/*}
if [ "$1" = -P ]; then shift; printf '# x\\nother=1\\n%s=%s\\n' "$1" "$2" > "$root/store/targeted/active/booleans.local"; fi
printf '%s %s' "$2" "$2" > "$root/fs/booleans/$1"
`
const host = (live: string) => {
  const root = rootWith({
    'fs/booleans/httpd_can_network_connect': live,
    'store/targeted/active/': '',
    config: 'SELINUX=enforcing\nSELINUXTYPE=targeted\n',
    setsebool,
  })
  return {
    setsebool: `sh ${root}/setsebool`,
    '/sys/fs/selinux': `${root}/fs`,
    '/var/lib/selinux': `${root}/store`,
    '/etc/selinux/config': `${root}/config`,
  }
}
const name = 'httpd_can_network_connect'

// no kernel here has SELinux: its file system is a folder, and setsebool a script that writes there
describe('seboolean', () => {
  it.each(shells)('sets a switch for now and for good, once (%s)', async (...shell) => {
    const moved = host('0 0')
    const action = seboolean({ name, state: true })
    expect(await passElsewhere(action, moved, { shell })).toMatchObject({
      differences: ['live', 'persistent'],
      output: { code: 0, stderr: '' },
      left: [],
    })
    expect((await passElsewhere(action, moved, { shell })).differences).toEqual([])
    expect((await passElsewhere(seboolean({ name, state: false }), moved, { shell, check: true })).left).toEqual([])
  })

  it('leaves what holds after a boot alone where it is told to', async () => {
    const moved = host('0 0')
    const action = seboolean({ name, state: true, persistent: false })
    expect(await passElsewhere(action, moved)).toMatchObject({ differences: ['live'], left: [] })
    expect((await passElsewhere(action, moved)).differences).toEqual([])
    expect((await passElsewhere(seboolean({ name, state: true }), moved)).differences).toEqual(['persistent'])
  })

  it('tells a host without SELinux from a policy without the switch', async () => {
    await expect(passElsewhere(seboolean({ name: 'nope', state: true }), host('0 0'))).rejects.toThrow(
      "has no switch 'nope'",
    )
    await expect(passElsewhere(seboolean({ name, state: true }), { '/sys/fs/selinux': '/nowhere' })).rejects.toThrow(
      'SELinux is disabled on the host',
    )
  })

  it.each(['', '-P', 'a b', '../x', '$(id)'])('refuses the switch %j', (bad) => {
    expect(() => seboolean({ name: bad, state: true })).toThrow(/name of a switch/)
  })
})
