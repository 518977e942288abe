// Which boot a host is in, and what it says of the next one. Read-only shell.
import { map, type Probe, script } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'

/** What a host tells of its boot. */
export interface BootAnswer {
  /** The kernel's own id of this boot; another one after each. */
  readonly bootId: string
  /** Why the host wants to be rebooted, in words; null where nothing says so. */
  readonly reason: string | null
}

/**
 * Debian's packages leave a file, the RHEL family has `needs-restarting`; besides, a kernel that the boot loader takes and
 * that is not the running one, and an SELinux that is to be on or off from the next boot.
 */
export const bootProbe = (): Probe<BootAnswer> =>
  map(
    script(
      sh`read -r _boot < /proc/sys/kernel/random/boot_id; printf '%s\n' "$_boot"
for _file in /run/reboot-required /var/run/reboot-required; do
  [ -e "$_file" ] || continue
  _packages=$(sort -u "$_file.pkgs" 2>/dev/null | tr '\n' ' ')
  printf 'packages want it: %s\n' "\${_packages:-see $_file}"; exit
done
if command -v needs-restarting >/dev/null 2>&1; then
  # its exit code 1 may as well be a repository that cannot be read
  case $(LC_ALL=C needs-restarting -r 2>/dev/null) in *'Reboot is required'*) echo 'needs-restarting says so'; exit ;; esac
fi
_running=$(uname -r); _next=
if command -v grubby >/dev/null 2>&1; then _next=$(grubby --default-kernel 2>/dev/null)
else
  _entry=$(sed -n 's/^[[:blank:]]*GRUB_DEFAULT=//p' /etc/default/grub 2>/dev/null | tail -n 1 | tr -d "\"'")
  case $_entry in
    # the newest, which Debian's packages point to
    ''|0) for _link in /vmlinuz /boot/vmlinuz; do [ ! -L "$_link" ] || { _next=$(readlink "$_link"); break; }; done ;;
    # one by its name; what else may be said tells nothing
    *gnulinux-[0-9]*)
      _next=\${_entry##*gnulinux-}; _next=vmlinuz-\${_next%-advanced-*}
      [ -e "/boot/$_next" ] || _next= ;;
  esac
fi
_next=\${_next##*/}
case $_next in
  vmlinuz-?*) [ "\${_next#vmlinuz-}" = "$_running" ] || printf 'kernel %s is to replace %s\n' "\${_next#vmlinuz-}" "$_running" ;;
esac
if [ -r /etc/selinux/config ]; then
  _mode=$(sed -n 's/^SELINUX=//p' /etc/selinux/config | tail -n 1)
  if [ "$_mode" = disabled ] && [ -e /sys/fs/selinux/enforce ]; then echo 'SELinux is to be disabled'
  elif [ -n "$_mode" ] && [ "$_mode" != disabled ] && [ -d /sys/fs/selinux ] && [ ! -e /sys/fs/selinux/enforce ]; then
    echo 'SELinux is to be enabled'
  fi
fi`,
    ),
    ({ stdout }) => {
      const [bootId = '', reason] = stdout.split('\n')
      return { bootId, reason: reason?.trim() || null }
    },
  )
