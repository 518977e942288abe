import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hostname } from '../../modules/hostname.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { runFaked, scriptFor, scriptText, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally } from '../support/local-host.ts'
import { rootWith } from '../support/root-with.ts'

describe('hostname', () => {
  it('compares the whole name, live and in the file (B01, M15)', () => {
    expect(
      scriptText(hostname.module, { name: 'k8s-master1' }, { live: 'k8s-master1', file: 'k8s-master1' }),
    ).toBeUndefined()
    expect(
      scriptText(hostname.module, { name: 'k8s-master1' }, { live: 'k8s-master10', file: 'k8s-master1' }),
    ).toContain('k8s-master1')
    expectSettles(hostname.module, { name: 'k8s-master1' }, { live: 'k8s-master10', file: null })
  })

  it('writes the file only where it differs', () => {
    const live = scriptText(hostname.module, { name: 'a' }, { live: 'b', file: 'a' })
    expect(live).not.toContain('/etc/hostname')
    expect(scriptText(hostname.module, { name: 'a' }, { live: 'a', file: 'b' })).toContain('/etc/hostname')
  })

  it('fails where the live name cannot be set', async () => {
    const script = scriptFor(hostname.module, { name: 'wanted' }, { live: 'other', file: 'wanted' })!
    const run = await runFaked(script, { uname: 'echo other', hostname: 'exit 0', hostnamectl: 'exit 1' })
    expect(run.code).not.toBe(0)
    expect(run.stderr).toContain('could not be set')
  })

  it.each(shells)('names the host in the files of other init systems, where they name it (%s)', async (...shell) => {
    const root = rootWith({
      'etc/hostname': 'old\n',
      'etc/conf.d/hostname': '# Gentoo\nhostname="old" # here\n',
      'etc/sysconfig/network': 'NETWORKING=yes\nHOSTNAME=old.example\n',
      'etc/HOSTNAME': 'old\n',
      name: 'old',
    })
    const moved = {
      '/etc/': `${root}/etc/`,
      'uname -n': `cat ${root}/name`,
      '] || hostname ': `] || printf %s > ${root}/name `,
      '[ -d /run/systemd/system ]': 'false',
    }
    const pass = await passElsewhere(hostname({ name: 'new' }), moved, { shell })
    expect(pass).toMatchObject({ output: { code: 0 }, left: [] })
    expect(pass.differences).toHaveLength(5)
    const read = (file: string) => readFileSync(`${root}/etc/${file}`, 'utf8')
    expect([read('hostname'), read('conf.d/hostname'), read('sysconfig/network'), read('HOSTNAME')]).toEqual([
      'new\n',
      '# Gentoo\nhostname="new" # here\n',
      'NETWORKING=yes\nHOSTNAME=new\n',
      'new\n',
    ])
    expect((await passElsewhere(hostname({ name: 'new' }), moved, { shell })).differences).toEqual([])
  })

  it('leaves a file alone that does not name the host', async () => {
    const root = rootWith({ 'etc/hostname': 'new\n', 'etc/sysconfig/network': 'NETWORKING=yes\n', name: 'new' })
    const moved = { '/etc/': `${root}/etc/`, 'uname -n': `cat ${root}/name` }
    expect((await passElsewhere(hostname({ name: 'new' }), moved)).differences).toEqual([])
  })

  it('asks the kernel, not a file that may be another host’s', async () => {
    const state = await askLocally(hostname.module.probe({ name: 'x' }))
    expect(state.live).toMatch(/\S/)
  })

  it.each(['', 'a b', "x'; touch /pwned; '", 'a\nb', '-rf', 'a.', '.a', 'ä', 'x'.repeat(65), '$(id)'])(
    'refuses %j as a name',
    (name) => {
      expect(() => hostname({ name })).toThrow(/is not a host name/)
    },
  )
})
