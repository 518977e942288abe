// The disk of a virtual machine: Debian with one packaged kernel that GRUB boots. Built once, then only read.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { baseTree } from '../../engine/lab/base-tree.ts'
import { run } from '../../engine/lab/command.ts'
import { hostKeys } from '../../engine/lab/keys.ts'
import { withLock } from '../../engine/lab/lock.ts'
import type { Machine } from '../../engine/lab/machine.ts'
import { labPaths } from '../../engine/lab/paths.ts'
import type { PackagedKernel } from './kernels.ts'
import { startMachine } from './qemu.ts'

/** A disk and how to log in to what boots from it, as root. */
export interface VmDisk {
  readonly file: string
  /** Private key of the login. */
  readonly key: string
  /** The machine's public host key: type and base64. */
  readonly hostKey: string
}

/** The folder of cached disks, beside the lab's cache of base trees. */
export const diskFolder = (): string => join(dirname(labPaths('vm').base), 'vm')

/**
 * The disk that boots this kernel, built first where it is not in the cache: the lab's base tree with the kernel, laid out
 * as a file system in a partition, and booted once from outside so that it installs GRUB itself. This machine's kernel
 * need not be able to read a partition table.
 *
 * @throws TsplayError or Error where a step of the build fails, with what it said.
 */
export async function vmDisk(
  machine: Machine,
  kernel: PackagedKernel,
  onStep: (message: string) => void,
): Promise<VmDisk> {
  const packages = [kernel.package, 'grub-pc', 'initramfs-tools', 'zstd', 'udev']
  const tree = await baseTree(labPaths('vm'), { machine, image: 'debian', packages, onStep })
  const id = createHash('sha256')
    .update(JSON.stringify([tree, Object.entries(files), firstBoot]))
    .digest('hex')
    .slice(0, 12)
  const dir = join(diskFolder(), `${kernel.release}-${id}`)
  return await withLock(
    'vm-disk',
    () => onStep('waiting for another build of the disk'),
    async () => {
      if (!existsSync(dir)) await build(dir, tree, kernel, onStep)
      const [type = '', key = ''] = (await run(['cat', join(dir, 'host_key.pub')])).split(' ')
      return { file: join(dir, 'disk'), key: join(dir, 'id_ed25519'), hostKey: `${type} ${key}` }
    },
  )
}

async function build(
  dir: string,
  tree: string,
  kernel: PackagedKernel,
  onStep: (message: string) => void,
): Promise<void> {
  const building = `${dir}.building`
  const [root, disk, key] = [join(building, 'root'), join(building, 'disk'), join(building, 'id_ed25519')]
  onStep(`building a disk that boots ${kernel.release} (once)`)
  await run(['rm', '-rf', '--one-file-system', building])
  await mkdir(building, { recursive: true, mode: 0o700 })
  await run(['cp', '-a', '--reflink=auto', tree, root])
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'virtual machine', '-f', key])
  await hostKeys(root)
  await copyFile(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), join(building, 'host_key.pub'))
  await mkdir(join(root, 'root/.ssh'), { recursive: true, mode: 0o700 })
  await copyFile(`${key}.pub`, join(root, 'root/.ssh/authorized_keys'))
  for (const [name, text] of Object.entries({ ...files, [firstBootFile]: firstBoot })) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await rm(join(root, name), { force: true })
    await writeFile(join(root, name), text)
  }
  await chmod(join(root, firstBootFile), 0o755)
  for (const unit of ['systemd-networkd', 'ssh']) await run(['systemctl', `--root=${root}`, 'enable', unit])
  await layOut(disk, root)
  await bootOnce(building, disk, root, kernel, onStep)
  await run(['rm', '-rf', '--one-file-system', root])
  await rename(building, dir)
}

const mebibyte = 1024 * 1024
const diskSize = 3072 * mebibyte

/** A partition table with one partition, a mebibyte into the disk so that GRUB fits before it, and the tree in that. */
async function layOut(disk: string, root: string): Promise<void> {
  const [sector, start] = [512, mebibyte]
  const table = Buffer.alloc(sector)
  table.set([0x80, 0xfe, 0xff, 0xff, 0x83, 0xfe, 0xff, 0xff], 446) // to be booted, of Linux; no cylinders
  table.writeUInt32LE(start / sector, 454)
  table.writeUInt32LE((diskSize - start) / sector, 458)
  table.writeUInt16LE(0xaa55, 510)
  const file = await open(disk, 'w')
  await file.write(table)
  await file.truncate(diskSize)
  await file.close()
  // what newer e2fsprogs turn on and GRUB cannot read stays off
  const options = ['-O', '^orphan_file,^metadata_csum_seed', '-E', `offset=${start},lazy_itable_init=1`]
  await run(['mke2fs', '-q', '-F', '-t', 'ext4', ...options, '-d', root, disk, `${(diskSize - start) / 1024}k`])
}

async function bootOnce(
  building: string,
  disk: string,
  root: string,
  { release }: PackagedKernel,
  onStep: (message: string) => void,
): Promise<void> {
  onStep('first boot, in which the machine installs GRUB')
  const machine = startMachine({
    ...{ disk, keepsWrites: true, console: join(building, 'console') },
    kernel: {
      image: join(root, `boot/vmlinuz-${release}`),
      initrd: join(root, `boot/initrd.img-${release}`),
      args: `root=/dev/vda1 rw console=ttyS0 panic=-1 init=/${firstBootFile}`,
    },
  })
  const plug = setTimeout(() => void machine.end(), 600_000)
  try {
    await machine.off()
  } finally {
    clearTimeout(plug)
    await machine.end()
  }
  const said = await machine.said()
  if (!said.includes(installed)) throw new Error(`the first boot did not install GRUB: ${said.slice(-3000)}`)
}

const installed = 'GRUB is installed.'
const firstBootFile = 'usr/local/sbin/first-boot'

/** The first process of the first boot: nothing else runs. */
const firstBoot = `#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
grub-install /dev/vda && update-grub && echo '${installed}'
sync; mount -o remount,ro /
echo o > /proc/sysrq-trigger
sleep 60
`

const files: Readonly<Record<string, string>> = {
  'etc/fstab': '/dev/vda1 / ext4 errors=remount-ro 0 1\n',
  'etc/hostname': 'vm\n',
  'etc/hosts': '127.0.0.1 localhost vm\n',
  // an initramfs of what this machine needs: emulated processors take minutes for all that there is
  'etc/initramfs-tools/conf.d/small': 'MODULES=dep\nCOMPRESSLEVEL=1\n',
  // the emulator answers for the name servers of this machine
  'etc/resolv.conf': 'nameserver 10.0.2.3\n',
  'etc/systemd/network/net.network':
    '[Match]\nName=en* eth*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n',
  'etc/default/grub':
    'GRUB_DEFAULT=0\nGRUB_TIMEOUT=0\nGRUB_DISTRIBUTOR=Debian\nGRUB_CMDLINE_LINUX="console=ttyS0"\nGRUB_TERMINAL=serial\nGRUB_DISABLE_OS_PROBER=true\n',
}
