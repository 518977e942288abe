// mount: fstab as a table, scripts with fake commands, and what this machine's kernel tells. Mounts nothing here.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fstabEntry, removeFstabEntry, setFstabEntry } from '../../modules/common/edit-fstab.ts'
import { liveMount } from '../../modules/common/live-mount.ts'
import { type MountParams, type MountState, mount } from '../../modules/mount.ts'
import { type Fakes, runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally, runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyTexts, nothingRan, shellsHere } from '../support/shells.ts'

const { module } = mount
const entry = { src: '/dev/sdb1', path: '/data', fstype: 'ext4', opts: 'defaults', dump: 0, passno: 2 }

describe('the edit of fstab (M15)', () => {
  const fstab =
    '# fstab\nUUID=1 / ext4 errors=remount-ro 0 1\n/dev/sdb1\t/data  ext4\tdefaults 0 2\n/swap none swap sw\n'
  it.each<[string, string, string]>([
    ['nothing where blanks differ', setFstabEntry(fstab, entry), fstab],
    [
      'one line',
      setFstabEntry(fstab, { ...entry, opts: 'ro', path: '/data/' }),
      fstab.replace(/\/dev\/sdb1.*/, '/dev/sdb1 /data/ ext4 ro 0 2'),
    ],
    ['a new line', setFstabEntry(fstab, { ...entry, path: '/a b' }), `${fstab}/dev/sdb1 /a\\040b ext4 defaults 0 2\n`],
    ['an empty file', setFstabEntry('', entry), '/dev/sdb1 /data ext4 defaults 0 2\n'],
    ['a line without an end', setFstabEntry('# x', entry), '# x\n/dev/sdb1 /data ext4 defaults 0 2\n'],
    [
      'no comment',
      setFstabEntry('#/dev/sdb1 /data ext4 ro 0 0\n', entry),
      '#/dev/sdb1 /data ext4 ro 0 0\n/dev/sdb1 /data ext4 defaults 0 2\n',
    ],
    [
      'swap space by its source',
      removeFstabEntry(fstab, { path: 'none', src: '/swap' }),
      fstab.replace(/\/swap.*\n/, ''),
    ],
    ['no other swap space', removeFstabEntry(fstab, { path: 'none', src: '/swap2' }), fstab],
    ['a mount point that goes', removeFstabEntry(fstab, { path: '/data' }), fstab.replace(/\/dev\/sdb1.*\n/, '')],
  ])('changes %s', (_name, after, wanted) => {
    expect(after).toBe(wanted)
  })

  it('reads what it has written', () => {
    for (const nasty of nastyTexts) {
      const src = nasty.replaceAll('\n', ' ').trim()
      const odd = { ...entry, src, path: `/${src}` }
      expect(fstabEntry(setFstabEntry('', odd), odd)).toEqual(odd)
      expect(setFstabEntry(setFstabEntry('', odd), odd)).toBe(setFstabEntry('', odd))
    }
  })
})

describe.each(shellsHere)('mount in $name', ({ argv: shell }) => {
  it('finds what is mounted in the kernel’s list', async () => {
    expect(await askLocally(liveMount('/proc', 'proc'), shell)).toMatchObject({
      fstype: 'proc',
      src: 'proc',
      same: true,
    })
    expect(await askLocally(liveMount('/proc/', 'x'), shell)).toMatchObject({ same: false })
    expect(await askLocally(liveMount("/no'such place", undefined), shell)).toBeNull()
    expect((await askLocally(liveMount('/', undefined), shell))?.options).toContain('rw')
  })

  it('keeps fstab for the next boot (M15)', async () => {
    const fstab = join(folderHere(), 'fstab')
    writeFileSync(fstab, '# mine\n')
    const data: MountParams = { path: '/no such/data', src: '/dev/sdb1', fstype: 'xfs', opts: ['ro', 'noatime'], fstab }
    const action = mount({ ...data, state: 'present', passno: 2, boot: false, backup: true })
    const { output } = await settleHere(action, { shell })
    const { backupFile } = module.result!(action.params as MountParams, {} as MountState, output) as {
      backupFile: string
    }
    expect(readFileSync(backupFile, 'utf8')).toBe('# mine\n')
    expect(readFileSync(fstab, 'utf8')).toBe('# mine\n/dev/sdb1 /no\\040such/data xfs ro,noatime,noauto 0 2\n')
    await settleHere(mount({ path: 'none', src: '/swap', fstype: 'swap', state: 'present', fstab }), { shell })
    await settleHere(mount({ path: '/no such/data', state: 'absent', fstab }), { shell })
    await settleHere(mount({ path: 'swap', src: '/swap', state: 'absent', fstab }), { shell })
    expect(readFileSync(fstab, 'utf8')).toBe('# mine\n')
    await expectSettled(mount({ path: '/no such/data', state: 'absent', fstab }), { shell })
    await expectSettled(mount({ path: '/no such/data', state: 'unmounted' }), { shell })
    expect(nothingRan()).toBe(true)
  })
})

describe('mount’s scripts', () => {
  const fakes: Fakes = { mount: '', umount: '', mkdir: '', rmdir: '' }
  const nothing: MountState = {
    ...{ fstab: null, folder: false, mounted: false, src: null, fstype: null, flags: [], remounted: false },
    found: { live: null, type: undefined },
  }
  const live = (more: Partial<MountState> = {}): MountState => ({
    ...nothing,
    ...{ folder: true, mounted: true, src: 'tmpfs', fstype: 'tmpfs' },
    found: { live: { src: 'tmpfs', fstype: 'tmpfs', options: ['rw'], same: true }, type: 'directory' },
    ...more,
  })
  const tmpfs: MountParams = {
    path: '/mnt/a b',
    src: 'tmpfs',
    fstype: 'tmpfs',
    opts: 'size=10m,noexec,nofail',
    state: 'ephemeral',
  }
  const calls = async (params: MountParams, actual: MountState, shell?: readonly string[]) => {
    expectSettles(module, params, actual)
    const script = scriptFor(module, params, actual)
    return script && (await runFaked(script, fakes, shell)).calls
  }

  it.each(shells)('mount, remount and unmount (%s)', async (...shell) => {
    expect(await calls(tmpfs, nothing, shell)).toEqual([
      ['mkdir', '-p', '--', '/mnt/a b'],
      ['mount', '-t', 'tmpfs', '-o', 'size=10m,noexec', '--', 'tmpfs', '/mnt/a b'],
    ])
    expect(await calls(tmpfs, live(), shell)).toEqual([['mount', '-o', 'remount,size=10m,noexec', '--', '/mnt/a b']])
    expect(await calls(tmpfs, live({ flags: ['noexec'] }), shell)).toBeUndefined()
    expect(await calls(tmpfs, live({ src: 'other' }), shell)).toEqual([
      ['umount', '--', '/mnt/a b'],
      ['mount', '-t', 'tmpfs', '-o', 'size=10m,noexec', '--', 'tmpfs', '/mnt/a b'],
    ])
    expect(await calls({ path: '/mnt', state: 'unmounted' }, live(), shell)).toEqual([['umount', '--', '/mnt']])
    expect(await calls({ path: '/mnt', state: 'unmounted' }, nothing, shell)).toBeUndefined()
    expect(await calls({ path: '/mnt', state: 'remounted' }, live(), shell)).toEqual([
      ['mount', '-o', 'remount', '--', '/mnt'],
    ])
    expect(await calls({ path: '/tmp', state: 'absent' }, live(), shell)).toEqual([
      ['umount', '--', '/tmp'],
      ['rmdir', '--', '/tmp'],
    ])
  })

  it('binds folders, and makes a bind read-only as a remount', async () => {
    const bind: MountParams = { path: '/mnt', src: '/srv', opts: ['bind', 'ro'], state: 'ephemeral' }
    expect(await calls(bind, { ...nothing, folder: true, found: { live: null, type: 'directory' } })).toEqual([
      ['mount', '-o', 'bind,ro', '--', '/srv', '/mnt'],
    ])
    expect(await calls(bind, live({ src: '/srv', fstype: 'none' }))).toEqual([
      ['mount', '-o', 'remount,bind,ro', '--', '/mnt'],
    ])
  })

  it('remounts where fstab has other options, and not where it orders checks differently', async () => {
    const fstab = join(folderHere(), 'fstab')
    writeFileSync(fstab, 'tmpfs /mnt tmpfs size=1m 0 0\n')
    const { contentOf } = await import('../../engine/content.ts')
    const actual = live({ fstab: contentOf(readFileSync(fstab)) })
    const params: MountParams = { path: '/mnt', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', fstab }
    expect(await calls(params, actual)).toBeUndefined()
    expect((await calls({ ...params, passno: 1 }, actual))?.filter(([name]) => name === 'mount')).toEqual([])
    writeFileSync(fstab, 'tmpfs /mnt tmpfs size=1m 0 0\n')
    expect((await calls({ ...params, opts: 'size=2m' }, actual))?.filter(([name]) => name === 'mount')).toEqual([
      ['mount', '-o', 'remount,size=2m', '--', '/mnt'],
    ])
  })

  it('cannot remount what is not mounted, nor mount over a file', async () => {
    await expect(runLocally(mount({ path: '/no/such', state: 'remounted' }))).rejects.toThrow(/nothing is mounted at/)
    await expect(runLocally(mount({ ...tmpfs, path: '/etc/passwd' }))).rejects.toThrow(/is not a directory/)
  })

  it.each([
    [{ path: 'mnt', src: 'x', fstype: 'y' }, /absolute path/],
    [{ path: '/mnt', fstype: 'x' }, /'src': is needed/],
    [{ path: '/mnt', src: 'x' }, /'fstype': is needed/],
    [{ path: 'none', src: '/s', fstype: 'swap' }, /it is not mounted/],
    [{ path: 'none', state: 'absent' }, /which swap space/],
    [{ path: '/mnt', src: 'x', fstype: 'y', opts: 'a b' }, /without blanks/],
    [{ path: '/a\nb', state: 'absent' }, /absolute path/],
    [{ path: '/mnt', state: 'absent', fstab: 'x' }, /absolute/],
  ])('refuse %j', (params, message) => {
    expect(() => mount(params as MountParams)).toThrow(message)
  })
})
