import { describe, expect, it } from 'vitest'
import { hostname } from '../../modules/hostname.ts'
import { runFaked, scriptFor, scriptText } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally } from '../support/local-host.ts'

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
