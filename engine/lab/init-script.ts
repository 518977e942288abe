// The shell script that becomes process 1 of a host. Pure: parameters to text.
import { type Script, sh, showScript } from '../script.ts'
import type { BootParameters } from './supervise-script.ts'

/** Builds the host's view of the world and becomes its init. Until it pivots it sees this machine's tree. */
export const initScript = (host: BootParameters): string => showScript(sh.join([...views(host), becomeInit]))

const views = (host: BootParameters): Script[] => [
  sh`#!/bin/sh
# Becomes process 1 of the lab host ${host.name}.
set -eu
umask 022
PATH=/usr/sbin:/usr/bin:/sbin:/bin
# the limits of a booted system, not of whoever started the lab; where this machine may not raise them, its own
ulimit -Hn "$(cat /proc/sys/fs/nr_open)" 2> /dev/null || :
echo ${host.name} > /proc/sys/kernel/hostname
echo 0 > /proc/sys/net/ipv4/ip_forward # a new network takes over this machine's setting`,

  sh`
# the disk; 'volatile' leaves syncing to chance, since no host outlives this machine's crash
rm -rf ${host.paths.work}
mkdir -p ${host.paths.work} ${host.paths.root}
layers=lowerdir=${host.lower},upperdir=${host.paths.disk},workdir=${host.paths.work}
mount -t overlay overlay -o "$layers,volatile" ${host.paths.root} ||
  mount -t overlay overlay -o "$layers" ${host.paths.root}
cd ${host.paths.root}
# container engines lay overlays of their own, which the kernel refuses on an overlay
for engine in docker containerd; do
  mkdir -p ${host.paths.volumes}/$engine var/lib/$engine
  mount --bind ${host.paths.volumes}/$engine var/lib/$engine
done`,

  sh`
mkdir -p proc sys dev run tmp mnt
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup
# settings that are this machine's: the host reads and writes a copy (those of the network are its own anyway)
for settings in proc/sys/vm proc/sys/fs proc/sys/kernel sys/kernel/mm; do
  mount -t tmpfs -o mode=755 tmpfs $settings
  cp -r /$settings/. $settings/ 2> /dev/null || : # some can only be written
done
# and among those the ones that namespaces make the host's own
for name in hostname domainname shmmax shmall shmmni shm_rmid_forced msgmax msgmnb msgmni sem random/uuid; do
  [ ! -e proc/sys/kernel/$name ] || mount --bind /proc/sys/kernel/$name proc/sys/kernel/$name
done
cat /proc/sys/kernel/random/uuid > proc/sys/kernel/random/boot_id
# nor may a host switch off this machine's swap, or this machine
printf 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n' > ${host.paths.dir}/swaps
mount --bind ${host.paths.dir}/swaps proc/swaps
[ ! -e proc/sysrq-trigger ] || mount --bind /dev/null proc/sysrq-trigger`,

  sh`
mount -t tmpfs -o mode=755,nosuid tmpfs dev
mkdir dev/net dev/pts dev/shm
for device in null zero full random urandom tty fuse net/tun; do
  [ -e /dev/$device ] || continue
  : > dev/$device
  mount --bind /dev/$device dev/$device
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run`,
]

/** No clock and no modules: both are this machine's. One host once moved its clock by eight hours. */
const becomeInit = sh`
pivot_root . mnt
umount -l /mnt
exec setpriv --bounding-set=-sys_time,-sys_module --inh-caps=-sys_time,-sys_module \
  env -i container=tsplay-lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
`
