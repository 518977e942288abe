// GRUB's menu: which of its entries is a kernel's, and the command that makes it anew. What is in an entry, it does not know.
import { TaskFailure } from '../../engine/module.ts'
import { type Script, sh } from '../../engine/script.ts'

/** What GRUB_DEFAULT calls a kernel: an entry of the submenu of older kernels, or of the menu itself. @throws TaskFailure where GRUB knows of no such kernel */
export function menuEntry(version: string, menu: readonly string[]): string {
  const entry = menu.find((id) => id.startsWith(`gnulinux-${version}-advanced`))
  const submenu = menu.find((id) => id.startsWith('gnulinux-advanced'))
  if (entry === undefined)
    throw new TaskFailure(
      `GRUB's menu has no kernel ${version}`,
      'install it first; its package has the menu made again',
    )
  return submenu === undefined ? entry : `${submenu}>${entry}`
}

/** Where grub.cfg lies is told by links, one for each kind of firmware. */
export const makeMenu = (tool: string): Script =>
  tool === 'update-grub'
    ? sh`update-grub`
    : sh`{ _l=/etc/grub2.cfg
if [ -d /sys/firmware/efi ]; then _l=/etc/grub2-efi.cfg; fi
_o=$(readlink -f -- "$_l" 2>/dev/null)
for _d in /boot/grub2 /boot/grub; do if [ -z "$_o" ] && [ -d "$_d" ]; then _o=$_d/grub.cfg; fi; done
${tool} -o "\${_o:-/boot/grub/grub.cfg}"; }`
