import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { selinux } from '../../playbooks/roles/selinux-off/selinux.ts'
import { noSwap } from '../../playbooks/roles/swap-off/no-swap.ts'
import { runFaked, scriptFor } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally } from '../support/local-host.ts'

describe('noSwap', () => {
  test('turns swap off and masks the units that brought it', async () => {
    const before = { devices: ['/dev/sda2'], units: ['dev-disk-by\\x2duuid-1.swap', 'dev-sda2.swap'] }
    const script = scriptFor(noSwap.module, {}, before)!
    const { code, calls } = await runFaked(script, { swapoff: '', systemctl: '' })
    expect(code).toBe(0)
    expect(calls[0]).toEqual(['swapoff', '-a'])
    expect(calls.filter((call) => call[1] === 'mask').map((call) => call.at(-1))).toEqual(before.units)
    expectSettles(noSwap.module, {}, before)
  })

  test('fails where swap cannot be turned off, and masks nothing then', async () => {
    const script = scriptFor(noSwap.module, {}, { devices: ['/dev/sda2'], units: ['dev-sda2.swap'] })!
    const { code, calls } = await runFaked(script, { swapoff: 'echo "out of memory" >&2; exit 4', systemctl: '' })
    expect(code).not.toBe(0)
    expect(calls.map(([name]) => name)).toEqual(['swapoff'])
  })

  test('has nothing to do where nothing swaps', () => {
    expect(scriptFor(noSwap.module, {}, { devices: [], units: [] })).toBeUndefined()
  })

  test.skipIf(!existsSync('/proc/swaps'))('sees what the kernel lists [skipped without /proc/swaps]', async () => {
    const lines = readFileSync('/proc/swaps', 'utf8').trim().split('\n').slice(1)
    const { devices } = (await askLocally(noSwap.module.probe({}))) as { devices: readonly string[] }
    expect(devices).toEqual(lines.map((line) => line.split(/\s/)[0]))
  })
})

describe('selinux', () => {
  const params = { live: 'permissive', atBoot: 'disabled' } as const

  test('that is already disabled is not asked to be permissive, which would fail (B10)', async () => {
    expect(scriptFor(selinux.module, params, { live: 'disabled', atBoot: 'disabled' })).toBeUndefined()
    const { calls } = await runFaked(scriptFor(selinux.module, params, { live: 'disabled', atBoot: 'permissive' })!, {
      ...{ setenforce: '', grep: '', sed: '' },
    })
    expect(calls.map(([name]) => name)).toEqual(['grep', 'sed'])
  })

  test('that enforces becomes permissive at once and disabled at boot, by the file and not the link to it (B10)', async () => {
    const before = { live: 'enforcing', atBoot: 'enforcing' } as const
    const { calls } = await runFaked(scriptFor(selinux.module, params, before)!, { setenforce: '', grep: '', sed: '' })
    expect(calls[0]).toEqual(['setenforce', '0'])
    expect(calls.at(-1)).toEqual(['sed', '-i', 's/^SELINUX=.*/SELINUX=disabled/', '/etc/selinux/config'])
    expectSettles(selinux.module, params, before)
    expect(selinux.module.result?.(params, before)).toEqual({ rebootRequired: true })
  })

  test('that a host does not have is left alone', () => {
    expect(scriptFor(selinux.module, params, { live: 'disabled', atBoot: null })).toBeUndefined()
  })

  test.skipIf(existsSync('/etc/selinux/config'))(
    'is not found on a machine without it [skipped with SELinux]',
    async () => {
      expect(await askLocally(selinux.module.probe(params))).toEqual({ live: 'disabled', atBoot: null })
    },
  )
})
