// The shell script that stays on this machine and boots a host, again after each reboot. Pure: parameters to text.
import { sh, showScript } from '../script.ts'
import type { HostCgroup } from './cgroup.ts'
import { lockDir } from './lock.ts'
import type { HostPaths } from './paths.ts'

/** What a host's scripts need to know of it. */
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
