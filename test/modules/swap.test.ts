import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contentOf, contentText } from '../../engine/content.ts'
import { type SwapParams, swap } from '../../modules/swap.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { rootWith } from '../support/root-with.ts'

const { module } = swap
const fstabs = [
  ['/dev/sda2 none swap sw 0 0\n', '# /dev/sda2 none swap sw 0 0\n'],
  ['/dev/sda2\tnone\tswap\tsw\t0\t0\n', '# /dev/sda2\tnone\tswap\tsw\t0\t0\n'],
  ['  UUID=1 swap swap defaults 0 0\n', '  # UUID=1 swap swap defaults 0 0\n'],
  ['/swap.img none swap\n', '# /swap.img none swap\n'],
  ['#/dev/sda2 none swap sw 0 0\n', undefined],
  ['###/dev/sda2 none swap sw 0 0\n', undefined],
  ['/dev/sdb1 /swap ext4 defaults 0 1\n', undefined],
  ['/dev/sdb1 /data ext4 noswap 0 1 # swap here\n', undefined],
  ['', undefined],
] as const

describe('swap', () => {
  it.each(fstabs)('turns %j into %j, and that into nothing else (B11)', (before, after) => {
    const state = (text: string) => ({ inUse: [], units: [], fstab: contentOf(text) })
    const { fstab } = module.desired({}, state(before))!
    expect(fstab ? contentText(fstab) : undefined).toBe(after)
    if (after !== undefined) expect(module.desired({}, state(after))!.fstab).toBeUndefined()
    expectSettles(module, {}, state(before))
  })

  it('takes it that a host without an fstab mounts no swap', () => {
    expect(module.desired({}, { inUse: [], units: [], fstab: null })).toEqual({ inUse: [], units: [] })
  })

  it.each(shells)('masks the units, writes the file and then turns off what is in use (%s)', async (...shell) => {
    const state = { inUse: ['/dev/sda2', '/my swap'], units: ['dev-disk-by\\x2duuid-1.swap'], fstab: null }
    const { code, calls } = await runFaked(scriptFor(module, {}, state)!, { systemctl: '', swapoff: '' }, shell)
    expect(code).toBe(0)
    expect(calls).toEqual([
      ['systemctl', 'mask', '--', 'dev-disk-by\\x2duuid-1.swap'],
      ['swapoff', '--', '/dev/sda2'],
      ['swapoff', '--', '/my swap'],
    ])
  })

  it.each([
    [{ live: false }, ['fstab', 'units']],
    [{ fstab: false }, ['inUse', 'units']],
    [{ maskUnits: false }, ['inUse', 'fstab']],
  ] satisfies [SwapParams, string[]][])('leaves alone what %j says', (params, wished) => {
    const state = { inUse: ['/x'], units: ['x.swap'], fstab: contentOf(fstabs[0][0]) }
    expect(Object.keys(module.desired(params, state)!).sort()).toEqual([...wished].sort())
  })

  it('tells why swap could not be turned off', async () => {
    const script = scriptFor(module, {}, { inUse: ['/x'], units: [], fstab: null })!
    const run = await runFaked(script, { swapoff: 'echo "swapoff: Cannot allocate memory" >&2; exit 4' })
    expect(run).toMatchObject({ code: 1, stderr: 'swapoff: Cannot allocate memory\n' })
  })

  it.each(shells)('reads the kernel’s list and systemd’s units, and foretells what is left (%s)', async (...shell) => {
    const head = 'Filename Type Size Used Priority\n'
    const root = rootWith({
      swaps: `${head}/dev/sda2 partition 1 0 -2\n/my\\040swap file 1 0 -3\n`,
      fstab: fstabs[0][0],
      run: '',
      // of a unit with a file, and of one that is masked and not loaded
      'generated/dev-sda2.swap': '[Swap]\n',
      'units/masked.swap': '',
      'units/swap.target': '',
      'bin/systemctl': `#!/bin/sh
case $* in
  *list-units*) echo 'dev-sda2.swap loaded active active Swap'; echo 'dev-disk-by\\x2duuid-1.swap loaded active active x' ;;
  *UnitPath*) echo "UnitPath=${'$'}{0%/*}/../generated ${'$'}{0%/*}/../gone ${'$'}{0%/*}/../units" ;;
  show*swap*) echo "$*" > "${'$'}{0%/*}/../asked"
    printf 'Id=dev-disk-by\\\\x2duuid-1.swap\\nLoadState=loaded\\nFollowing=dev-sda2.swap\\n\\n'
    printf 'Id=dev-sda2.swap\\nLoadState=%s\\nFollowing=\\n\\n' "$(cat "${'$'}{0%/*}/../masked" 2>/dev/null || echo loaded)"
    printf 'Id=masked.swap\\nLoadState=masked\\nFollowing=\\n' ;;
  mask*) printf masked > "${'$'}{0%/*}/../masked"; shift 2; printf '%s\\n' "$@" > "${'$'}{0%/*}/../names" ;;
esac
`,
      'bin/swapoff': `#!/bin/sh\nprintf '${head}' > "${'$'}{0%/*}/../swaps"\n`,
    })
    const moved = {
      '/proc/swaps': `${root}/swaps`,
      '/etc/fstab': `${root}/fstab`,
      '[ -d /run/systemd/system ]': '[ : ]',
      systemctl: `sh ${root}/bin/systemctl`,
      swapoff: `sh ${root}/bin/swapoff`,
    }
    const first = await passElsewhere(swap({}), moved, { shell })
    expect(first).toMatchObject({ differences: ['inUse', 'fstab', 'units'], output: { code: 0 }, left: [] })
    expect(readFileSync(`${root}/fstab`, 'utf8')).toBe(fstabs[0][1])
    expect(readFileSync(`${root}/names`, 'utf8')).toBe('dev-sda2.swap\n')
    expect(readFileSync(`${root}/asked`, 'utf8').split(' -- ')[1]).toBe(
      'dev-disk-by\\x2duuid-1.swap dev-sda2.swap masked.swap\n',
    )
    expect(await passElsewhere(swap({}), moved, { shell })).toMatchObject({ differences: [] })
    writeFileSync(`${root}/swaps`, `${head}/dev/sdz file 1 0 -3\n`)
    expect(await passElsewhere(swap({}), moved, { shell, check: true })).toMatchObject({
      differences: ['inUse'],
      left: [],
    })
  })

  it('has no other state than absent', () => {
    expect(() => swap({ state: 'present' as never })).toThrow(/state/)
  })
})
