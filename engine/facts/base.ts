// The facts that most plays read, in one cheap question: the system, its managers, processors, memory, the default address.
import { map, type Probe, script } from '../probe.ts'
import { sh } from '../script.ts'
import { type OsFacts, osFacts } from './os-release.ts'
import { defaultRoute, networkOf, readRoutes, routesScript } from './routes.ts'

/** What every first question about facts brings along. */
export interface BaseFacts {
  readonly os: OsFacts
  /** `uname -r`. */
  readonly kernel: string
  /** `uname -m`: `x86_64`, `aarch64`. */
  readonly arch: string
  /** The live host name. */
  readonly hostname: string
  /** The package manager of the distribution; where it has none of its own, the first one found. */
  readonly packageManager: 'apt' | 'dnf' | 'yum' | 'apk' | 'zypper' | 'pacman' | 'none'
  readonly serviceManager: 'systemd' | 'openrc' | 'other'
  /** The address and interface of the default route; undefined where there is none. */
  readonly defaultIpv4: { readonly address: string; readonly interface: string } | undefined
  /** Number of processors. */
  readonly cpus: number
  /** Memory in MiB. */
  readonly memoryMb: number
  /** Unique per boot. */
  readonly bootId: string
}

/** `root` stands before the paths that are looked at. */
export const baseProbe = (root = ''): Probe<BaseFacts> =>
  map(
    script(
      // each line of os-release is marked, so that none of them can pass for another answer
      sh`for _f in ${`${root}/etc/os-release`} ${`${root}/usr/lib/os-release`}; do if [ -f "$_f" ] && [ -r "$_f" ]; then
  _n=0; while [ $_n -lt 200 ] && { IFS= read -r _l || [ -n "$_l" ]; }; do printf 'os=%s\n' "$_l"; _l=; _n=$((_n + 1)); done < "$_f"; break
fi; done
printf 'uname=%s\n' "$(uname -r -m -n)"
for _m in apt-get dnf yum zypper apk pacman; do if command -v $_m >/dev/null 2>&1; then echo "packages=$_m"; fi; done
if [ -d ${`${root}/run/systemd/system`} ]; then echo services=systemd; elif command -v rc-service >/dev/null 2>&1; then echo services=openrc; fi
if command -v ip >/dev/null 2>&1; then printf 'get=%s\n' "$(ip -4 route get 1.1.1.1 2>/dev/null | tr '\n' ' ')"; else
${routesScript(root)}
fi
printf 'cpus=%s\n' "$(grep -c ^processor ${`${root}/proc/cpuinfo`} 2>/dev/null)"
while read -r _k _v _u; do case $_k in MemTotal:) echo "memory=$_v"; break;; esac; done < ${`${root}/proc/meminfo`}
if read -r _b < ${`${root}/proc/sys/kernel/random/boot_id`}; then echo "boot=$_b"; fi`,
      { reads: ['file:/etc/os-release', 'file:/usr/lib/os-release', 'file:/etc/hostname', 'hostname', 'facts'] },
    ),
    ({ stdout }) => readBase(stdout.split('\n')),
  )

function readBase(lines: readonly string[]): BaseFacts {
  const all = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1))
  const [hostname = '', kernel = '', arch = ''] = uname(all('uname')[0] ?? '')
  const os = osFacts(all('os'))
  return {
    os,
    kernel,
    arch,
    hostname,
    packageManager: packageManager(os.family, all('packages')),
    serviceManager: (all('services')[0] as BaseFacts['serviceManager']) ?? 'other',
    defaultIpv4: defaultIpv4(all('get')[0], lines),
    cpus: Number(all('cpus')[0] ?? 0),
    memoryMb: Math.floor(Number(all('memory')[0] ?? 0) / 1024),
    bootId: all('boot')[0] ?? '',
  }
}

// uname prints its fields in one order, whatever the order of its options: name, release, machine
const uname = (line: string): string[] => line.split(' ')

const managers: Readonly<Record<string, readonly string[]>> = {
  debian: ['apt-get'],
  redhat: ['dnf', 'yum'],
  suse: ['zypper'],
  alpine: ['apk'],
  arch: ['pacman'],
}

/** A host may have another family's tools as well. */
function packageManager(family: string, found: readonly string[]): BaseFacts['packageManager'] {
  const own = managers[family]?.find((name) => found.includes(name)) ?? found[0] ?? 'none'
  return own === 'apt-get' ? 'apt' : (own as BaseFacts['packageManager'])
}

function defaultIpv4(get: string | undefined, lines: readonly string[]): BaseFacts['defaultIpv4'] {
  if (get !== undefined) {
    const [, name, address] = / dev (\S+).* src (\S+)/.exec(get) ?? []
    return address === undefined ? undefined : { address, interface: name! }
  }
  const { routes, addresses } = readRoutes(lines)
  const name = defaultRoute(routes)?.interface
  const address = addresses.find((each) => networkOf(each, routes)?.interface === name)
  return name === undefined || address === undefined ? undefined : { address, interface: name }
}
