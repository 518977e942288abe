// What a host runs in, told by files of /proc and /sys alone. No tool is asked, so that any host can tell.
import { map, type Probe, script } from '../probe.ts'
import { sh } from '../script.ts'

/**
 * `none` on bare metal as far as can be told; `kvm`, `qemu`, `vmware`, `hyper-v`, `xen`, `virtualbox`, `parallels`,
 * `bhyve`, `amazon`, `apple`, `wsl`, `uml`, or `vm` for a machine of an unknown kind; `container:docker`,
 * `container:podman`, `container:lxc`, `container:systemd-nspawn`, … for a container, whatever its machine is.
 */
export type Virtualization = string

export const virtualizationProbe = (root = ''): Probe<Virtualization> =>
  map(
    script(
      sh`_r() { _v=; if [ -f "$2" ] && [ -r "$2" ]; then read -r _v < "$2" 2>/dev/null; printf '%s=%s\n' "$1" "$_v"; fi; }
_r manager ${`${root}/run/systemd/container`}
if [ -e ${`${root}/.dockerenv`} ]; then echo mark=docker; fi
if [ -e ${`${root}/run/.containerenv`} ]; then echo mark=podman; fi
if [ -d ${`${root}/proc/vz`} ] && [ ! -d ${`${root}/proc/bc`} ]; then echo mark=openvz; fi
if [ -r ${`${root}/proc/1/environ`} ]; then tr '\0\n' '\n ' < ${`${root}/proc/1/environ`} 2>/dev/null | sed -n 's/^container=/variable=/p'; fi
sed -n 's/^/group=/p' ${`${root}/proc/1/cgroup`} 2>/dev/null
_r kernel ${`${root}/proc/sys/kernel/osrelease`}
_r hypervisor ${`${root}/sys/hypervisor/type`}
for _f in sys_vendor product_name board_vendor bios_vendor; do _r dmi ${`${root}/sys/class/dmi/id`}/$_f; done
_r clock ${`${root}/sys/devices/system/clocksource/clocksource0/available_clocksource`}
_r tree ${`${root}/proc/device-tree/hypervisor/compatible`}
if grep -q '^vendor_id.*User Mode Linux' ${`${root}/proc/cpuinfo`} 2>/dev/null; then echo cpu=uml
elif grep -q '^flags.* hypervisor' ${`${root}/proc/cpuinfo`} 2>/dev/null; then echo cpu=vm; fi; :`,
      // a host does not change what it runs in while it runs
      { reads: ['facts'] },
    ),
    ({ stdout }) => readVirtualization(stdout.split('\n')),
  )

function readVirtualization(lines: readonly string[]): Virtualization {
  const all = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1).trim())
  if (/microsoft|wsl/i.test(all('kernel')[0] ?? '')) return 'wsl'
  const container = [...all('manager'), ...all('mark'), ...all('variable')].find((name) => name !== '') ?? grouped(all)
  return container === undefined ? machine(all) : `container:${container.replace(/^oci$/, 'docker')}`
}

type Values = (name: string) => readonly string[]

/** The container manager that made the group of the first process. */
const grouped = (all: Values): string | undefined =>
  all('group')
    .map((line) => /[/:](docker|lxc|libpod|kubepods|crio|containerd)[-./:]/.exec(`${line}/`)?.[1])
    .find((name) => name !== undefined)
    ?.replace('libpod', 'podman')

const vendors: readonly (readonly [RegExp, string])[] = [
  [/^Amazon EC2/, 'amazon'],
  [/^(VMware|VMW)/, 'vmware'],
  [/^(innotek GmbH|VirtualBox|Oracle Corporation)/, 'virtualbox'],
  [/^(Xen|HVM domU)/, 'xen'],
  [/^Parallels/, 'parallels'],
  [/^BHYVE/, 'bhyve'],
  [/^Apple Virtualization/, 'apple'],
  [/^(KVM|OpenStack|Google Compute Engine|DigitalOcean|Hetzner|Alibaba Cloud ECS|Scaleway|Nutanix|oVirt)/, 'kvm'],
]

function machine(all: Values): Virtualization {
  const dmi = all('dmi')
  const kvm =
    all('clock').some((clocks) => clocks.includes('kvm-clock')) || all('tree').some((of) => of.includes('kvm'))
  const vendor = vendors.find(([name]) => dmi.some((text) => name.test(text)))?.[1]
  const cpu = all('cpu')[0]
  if (cpu === 'uml') return 'uml'
  // machines of Oracle's make carry its name as well
  if (vendor !== undefined && !(vendor === 'virtualbox' && cpu === undefined)) return vendor
  if (dmi.includes('Microsoft Corporation') && dmi.includes('Virtual Machine')) return 'hyper-v'
  if (all('hypervisor')[0]) return all('hypervisor')[0]!
  if (kvm) return 'kvm'
  return dmi.some((text) => /^(QEMU|Bochs)/.test(text)) ? 'qemu' : (cpu ?? 'none')
}
