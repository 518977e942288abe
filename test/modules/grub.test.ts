import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { editArguments } from '../../modules/common/kernel-arguments.ts'
import { type GrubParams, grub } from '../../modules/grub.ts'
import { passElsewhere } from '../support/elsewhere.ts'
import { shells } from '../support/fake-commands.ts'
import { rootWith } from '../support/root-with.ts'

const defaults =
  '# comment\nGRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="crashkernel=auto quiet"\n'
const menu = `menuentry 'Debian' $menuentry_id_option 'gnulinux-simple-1' {
submenu 'Advanced' $menuentry_id_option 'gnulinux-advanced-1' {
  menuentry 'old' $menuentry_id_option 'gnulinux-5.10.0-1-amd64-advanced-1' {
  menuentry 'new' $menuentry_id_option 'gnulinux-6.1.0-30-amd64-advanced-1' {
`
const generator = '#!/bin/sh\nroot=${0%/bin/*}; echo "generated $*" >> "$root/log"; [ ! -e "$root/broken" ]\n'
const grubby = `#!/bin/sh
root=\${0%/bin/*}
for word in "$@"; do case $word in
  --info=DEFAULT) printf 'index=0\\nargs="%s"\\nroot=x\\n' "$(cat "$root/args")" ;;
  --default-kernel) cat "$root/kernel" ;;
  --set-default) printf '%s\\n' "$2" > "$root/kernel" ;;
  --args=*) printf '%s %s' "$(cat "$root/args")" "\${word#--args=}" > "$root/args"; echo "$word" >> "$root/log" ;;
  --remove-args=*) sed "s/ *\${word#--remove-args=}[^ ]*//" "$root/args" > "$root/a"; mv "$root/a" "$root/args"; echo "$word" >> "$root/log" ;;
esac; done
`
type Kind = 'update-grub' | 'grub2-mkconfig' | 'grubby'

function host(kind: Kind | 'none', files: Record<string, string> = {}) {
  const root = rootWith({
    'bin/grubby': grubby,
    'bin/update-grub': generator,
    'bin/grub2-mkconfig': generator,
    'boot/grub/grub.cfg': menu,
    'etc/default/grub': defaults,
    cmdline: 'BOOT_IMAGE=/x root=/dev/sda1 crashkernel=auto\n',
    args: 'ro crashkernel=auto',
    kernel: '/boot/vmlinuz-5.10.0-1-amd64\n',
    ...files,
  })
  const moved = {
    'for _tool in grubby update-grub grub2-mkconfig grub-mkconfig none; do': `for _tool in ${kind}; do`,
    'command -v "$_tool"': kind === 'none' ? 'false' : 'true',
    '/proc/cmdline': `${root}/cmdline`,
    '/etc/default/grub': `${root}/etc/default/grub`,
    '/boot/grub/grub.cfg': `${root}/boot/grub/grub.cfg`,
    '/boot/grub2/grub.cfg': `${root}/boot/grub2/grub.cfg`,
    '/boot/grub2 /boot/grub;': `${root}/boot/grub2 ${root}/boot/grub;`,
    '/etc/grub2': `${root}/etc/grub2`,
    'uname -r': 'echo 5.10.0-1-amd64',
    'if update-grub': `if sh ${root}/bin/update-grub`,
    '\ngrub2-mkconfig': `\nsh ${root}/bin/grub2-mkconfig`,
    'grubby --': `sh ${root}/bin/grubby --`,
  }
  const run = (params: GrubParams, shell?: readonly string[]) => passElsewhere(grub(params), moved, shell && { shell })
  const log = () => (existsSync(`${root}/log`) ? readFileSync(`${root}/log`, 'utf8').trim().split('\n') : [])
  return { root, run, log, file: () => readFileSync(`${root}/etc/default/grub`, 'utf8') }
}

describe('arguments of the kernel', () => {
  it.each([
    [['a=1'], [], 'x a=2 y', 'x y a=1'],
    [['a=1'], [], 'x a=1 y', 'x a=1 y'],
    [['quiet'], [], 'x', 'x quiet'],
    [['console=tty0', 'console=ttyS0'], [], 'console=tty1 x console=tty0', 'x console=tty0 console=ttyS0'],
    [[], ['a'], 'a a=1 b a=2', 'b'],
    [[], ['a=1'], 'a a=1 b a=2', 'a b a=2'],
    [['b'], ['a'], 'a=1 b b', 'b'],
  ])('with %j and without %j, %j is %j', (present, absent, before, after) => {
    const edited = editArguments(before.split(' '), { present, absent })
    expect(edited.join(' ')).toBe(after)
    expect(editArguments(edited, { present, absent })).toEqual(edited)
  })
})

describe('grub, whose tools are scripts that keep files', () => {
  it.each(shells)('writes arguments and has the menu made, once (%s)', async (...shell) => {
    const { run, log, file } = host('update-grub')
    const params = { args: ['swapaccount=1', 'crashkernel=256M'], absentArgs: ['quiet'] }
    expect(await run(params, shell)).toMatchObject({
      differences: ['file'],
      output: { code: 0 },
      left: [],
      result: { rebootRequired: true },
    })
    expect(file()).toBe(defaults.replace('"crashkernel=auto quiet"', '"swapaccount=1 crashkernel=256M"'))
    expect((await run(params, shell)).differences).toEqual([])
    expect(log()).toEqual(['generated'])
  })

  it('takes back what it has written where the menu could not be made', async () => {
    const { run, file } = host('update-grub', { broken: '' })
    expect((await run({ args: ['swapaccount=1'] })).output).toMatchObject({ code: 1 })
    expect(file()).toBe(defaults)
    expect((await run({ args: ['swapaccount=1'] })).differences).toEqual(['file'])
  })

  it.each(shells)('writes the menu to where the firmware’s link leads (%s)', async (...shell) => {
    const { root, run, log, file } = host('grub2-mkconfig', { 'boot/grub2/': '' })
    expect(await run({ args: ['a'], variable: 'GRUB_CMDLINE_LINUX_DEFAULT' }, shell)).toMatchObject({
      output: { code: 0 },
      left: [],
    })
    expect(file()).toBe(defaults.replace('"quiet"\n', '"quiet a"\n'))
    expect(log()[0]).toMatch(new RegExp(`^generated -o ${root}/(boot/grub2/grub.cfg|etc/grub2(-efi)?.cfg)$`))
  })

  it.each(shells)('changes entries one by one with grubby, and the file for those to come (%s)', async (...shell) => {
    const { run, log, file } = host('grubby')
    const params = { args: ['swapaccount=1'], absentArgs: ['crashkernel'], defaultKernel: '6.1.0-30-amd64' }
    expect(await run(params, shell)).toMatchObject({
      differences: ['file', 'entries', 'kernel'],
      output: { code: 0 },
      left: [],
    })
    expect((await run(params, shell)).differences).toEqual([])
    expect(log()).toEqual(['--args=swapaccount=1', '--remove-args=crashkernel'])
    expect(file()).toContain('GRUB_CMDLINE_LINUX="quiet swapaccount=1"')
  })

  it('boots the kernel by the id of its entry', async () => {
    const { run, file } = host('update-grub')
    expect(await run({ defaultKernel: '/boot/vmlinuz-6.1.0-30-amd64' })).toMatchObject({
      differences: ['file'],
      left: [],
      result: { rebootRequired: true },
    })
    expect(file()).toContain('GRUB_DEFAULT="gnulinux-advanced-1>gnulinux-6.1.0-30-amd64-advanced-1"\n')
    expect(await run({ defaultKernel: '6.1.0-30-amd64' })).toMatchObject({ differences: [] })
    expect((await run({ defaultKernel: '5.10.0-1-amd64' })).result).toEqual({ rebootRequired: false })
    await expect(run({ defaultKernel: '6.1.0' })).rejects.toThrow("GRUB's menu has no kernel 6.1.0")
  })

  it('tells by the running kernel whether a reboot is wanted', async () => {
    const { run } = host('update-grub')
    expect((await run({ args: ['crashkernel=auto'] })).result).toEqual({ rebootRequired: false })
    expect((await run({ absentArgs: ['crashkernel'] })).result).toEqual({ rebootRequired: true })
  })

  it('says that a host has no GRUB', async () => {
    await expect(host('none').run({ args: ['a'] })).rejects.toThrow('has no GRUB')
  })

  it.each([
    [{}, /give args, absentArgs or defaultKernel/],
    [{ args: ['a b'] }, /one argument of the kernel/],
    [{ args: ['a="b"'] }, /one argument of the kernel/],
    [{ args: ['$(id)'] }, /one argument of the kernel/],
    [{ args: ['a=1'], absentArgs: ['a'] }, /names an argument that args wants/],
    [{ defaultKernel: '../x' }, /kernel's version/],
  ] as [GrubParams, RegExp][])('refuses %j', (params, message) => {
    expect(() => grub(params)).toThrow(message)
  })
})
