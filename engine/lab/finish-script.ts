// The shell script that turns a freshly installed tree into one that hosts can lie over. Runs in mounts of its own.

/**
 * Arguments: the tree, then packages to add. Does once what is the same for every host (package lists, upgrades) and
 * takes out what must differ between them.
 */
export const finishScript = `
set -eu
umask 022
tree=$1
shift
mount -t proc proc "$tree/proc"
printf '#!/bin/sh\\nexit 101\\n' > "$tree/usr/sbin/policy-rc.d" # nothing may start in a tree that is not a host yet
chmod 755 "$tree/usr/sbin/policy-rc.d"
inside() {
  chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@" < /dev/null
}
inside update-ca-certificates
inside apt-get update
inside apt-get -y dist-upgrade
[ $# -eq 0 ] || inside apt-get -y install "$@"
# they would take apt's lock at a moment of their own choice
inside systemctl disable apt-daily.timer apt-daily-upgrade.timer
umount "$tree/proc"
rm -f "$tree/usr/sbin/policy-rc.d" "$tree"/etc/ssh/ssh_host_* "$tree/etc/hostname" "$tree"/var/log/*.log
: > "$tree/etc/machine-id"
find "$tree/usr/share/doc" -type f ! -name copyright -delete
find "$tree/usr/share/man" "$tree/usr/share/info" "$tree/usr/share/locale" -type f -delete
`
