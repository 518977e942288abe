// The two shell scripts of a host: one stays on this machine and boots it again after each reboot, one becomes its
// process 1. Pure: parameters to text.
import { type Script, sh, showScript } from '../script.ts'
import type { HostCgroup } from './cgroup.ts'
import { lockDir } from './lock.ts'
import type { HostPaths } from './paths.ts'

/** What the scripts need to know of a host. */
export interface BootParameters {
  readonly name: string
  readonly address: string
  /** Length of the subnet's prefix. */
  readonly prefix: number
  readonly gateway: string
  readonly hardware: string
  readonly bridge: string
  readonly cable: string
  readonly namespace: string
  readonly lower: string
  readonly paths: HostPaths
  readonly cgroup: HostCgroup
}

/** Boots the host, again and again while it asks for a reboot. Its network is made anew each time, as after a power cycle. */
export const superviseScript = (host: BootParameters): string =>
  showScript(sh`#!/bin/sh
# Watches over the lab host ${host.name} and boots it again when it reboots.
umask 022
PATH=/usr/sbin:/usr/bin:/sbin:/bin
echo $$ > ${host.cgroup.supervisor}/cgroup.procs || exit
while :; do
  find ${host.cgroup.inside} -mindepth 1 -depth -type d -exec rmdir {} + # control groups of the last boot
  [ ! -e /sys/class/net/${host.cable} ] || ip link delete ${host.cable}
  [ ! -e /run/netns/${host.namespace} ] || ip netns delete ${host.namespace}
  # the first to add one turns /run/netns into a mount point: one at a time
  flock ${lockDir}/netns ip netns add ${host.namespace} || exit
  ip link add ${host.cable} type veth peer name eth0 address ${host.hardware} netns ${host.namespace} || exit
  ip link set ${host.cable} master ${host.bridge} up || exit
  ip -n ${host.namespace} -batch - <<END || exit
address add ${host.address}/${host.prefix} dev eth0
link set lo up
link set eth0 up
route add default via ${host.gateway}
END
  clock=
  if [ -e /proc/self/ns/time ]; then # uptime counts from here
    read -r up rest < /proc/uptime
    clock="--time --boottime=-\${up%.*} --monotonic=-\${up%.*}"
  fi
  setpriv --pdeathsig KILL nsenter --net=/run/netns/${host.namespace} \
    unshare $clock --mount --propagation private --uts --ipc --pid --fork --kill-child \
    sh -c 'echo 0 > "$1" && exec unshare --cgroup sh "$2"' sh ${host.cgroup.inside}/cgroup.procs ${host.paths.init}
  code=$?
  # reboot(2) kills process 1 of a pid namespace with SIGHUP to restart and with SIGINT to power off
  [ "$code" -eq 129 ] || break
  echo "tsplay: ${sh.raw(host.name)} reboots"
done
echo "tsplay: ${sh.raw(host.name)} is off ($code)"
`)

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
