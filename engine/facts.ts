// What a host says of itself, in one probe of POSIX sh. Pure: the script and how to read its answer.
import { map, type Probe, script } from './probe.ts'
import { sh } from './script.ts'

/** Facts of a host. */
export interface Facts {
  readonly os: {
    /** `ID` of os-release: `debian`, `ubuntu`, `rocky`, `alpine`, … */
    readonly id: string
    /** `debian`, `redhat`, `suse`, `alpine` or the id where the family is not known. */
    readonly family: string
    /** `VERSION_ID`: `12`, `9.3`; empty where there is none (rolling releases). */
    readonly version: string
    /** `VERSION_CODENAME`: `bookworm`; empty where there is none. */
    readonly codename: string
  }
  /** `uname -r`. */
  readonly kernel: string
  /** `uname -m`: `x86_64`, `aarch64`. */
  readonly arch: string
  /** The live host name. */
  readonly hostname: string
  readonly packageManager: 'apt' | 'dnf' | 'yum' | 'apk' | 'zypper' | 'none'
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

/** One script for all facts: shell built-ins where they do, few processes where they do not. */
export const factsProbe: Probe<Facts> = map(
  script(
    sh`for _f in /etc/os-release /usr/lib/os-release; do if [ -r "$_f" ]; then (. "$_f"; printf 'id=%s\nlike=%s\nversion=%s\ncodename=%s\n' "$ID" "$ID_LIKE" "$VERSION_ID" "$VERSION_CODENAME"); break; fi; done
printf 'uname=%s\n' "$(uname -r -m -n)"
for _m in apt-get:apt dnf:dnf yum:yum zypper:zypper apk:apk; do if command -v "\${_m%:*}" >/dev/null 2>&1; then printf 'packages=%s\n' "\${_m#*:}"; break; fi; done
if [ -d /run/systemd/system ]; then echo services=systemd; elif command -v rc-service >/dev/null 2>&1; then echo services=openrc; fi
printf 'route=%s\n' "$(ip -4 route get 1.1.1.1 2>/dev/null | tr '\n' ' ')"
_c=0; while read -r _k _v; do case $_k in processor) _c=$((_c + 1));; esac; done < /proc/cpuinfo; echo "cpus=$_c"
while read -r _k _v _u; do case $_k in MemTotal:) echo "memory=$_v"; break;; esac; done < /proc/meminfo
if read -r _b < /proc/sys/kernel/random/boot_id; then echo "boot=$_b"; fi`,
    { reads: ['file:/etc/os-release', 'file:/etc/hostname', 'facts'] },
  ),
  ({ stdout }) => parseFacts(stdout),
)

/** Reads the answer of {@link factsProbe}. */
export function parseFacts(stdout: string): Facts {
  const values: Record<string, string> = Object.fromEntries(
    stdout.split('\n').map((line) => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1)]),
  )
  const [hostname = '', kernel = '', arch = ''] = unameFields(values.uname ?? '')
  const route = / dev (\S+).* src (\S+)/.exec(values.route ?? '')
  return {
    os: {
      id: values.id ?? '',
      family: family(values.id ?? '', values.like ?? ''),
      version: values.version ?? '',
      codename: values.codename ?? '',
    },
    kernel,
    arch,
    hostname,
    packageManager: (values.packages as Facts['packageManager']) ?? 'none',
    serviceManager: (values.services as Facts['serviceManager']) ?? 'other',
    defaultIpv4: route ? { interface: route[1]!, address: route[2]! } : undefined,
    cpus: Number(values.cpus ?? 0),
    memoryMb: Math.floor(Number(values.memory ?? 0) / 1024),
    bootId: values.boot ?? '',
  }
}

// uname prints its fields in one order, whatever the order of its options: name, release, machine
const unameFields = (line: string): string[] => line.split(' ')

function family(id: string, like: string): string {
  const names = [id, ...like.split(' ')]
  if (names.some((name) => ['debian', 'ubuntu'].includes(name))) return 'debian'
  if (names.some((name) => ['rhel', 'fedora', 'centos', 'rocky', 'almalinux'].includes(name))) return 'redhat'
  if (names.some((name) => name.startsWith('suse') || name.startsWith('opensuse') || name === 'sles')) return 'suse'
  return id
}
