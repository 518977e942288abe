// os-release: how a distribution names itself. Read as text and never run as shell, whatever a host has put into it.

/** The distribution of a host. */
export interface OsFacts {
  /** `ID` of os-release: `debian`, `ubuntu`, `rocky`, `alpine`, …; empty where the host has no os-release. */
  readonly id: string
  /** `debian`, `redhat`, `suse`, `alpine`, `arch`, `gentoo`, or the id where the family is not known. */
  readonly family: string
  /** `VERSION_ID`: `12`, `9.3`; empty where there is none (rolling releases). */
  readonly version: string
  /** What comes before the first dot of the version: `12`, `9`; empty where there is none. */
  readonly majorVersion: string
  /** `VERSION_CODENAME`: `bookworm`; empty where there is none. */
  readonly codename: string
}

/** Reads the lines of an os-release file. What is no assignment is passed over; of two the later one counts. */
export function osFacts(lines: readonly string[]): OsFacts {
  const values = new Map(lines.flatMap(assignment))
  const id = values.get('ID') ?? ''
  const version = values.get('VERSION_ID') ?? ''
  return {
    id,
    family: family(id, values.get('ID_LIKE') ?? ''),
    version,
    majorVersion: version.split('.', 1)[0]!,
    codename: values.get('VERSION_CODENAME') ?? '',
  }
}

function assignment(line: string): [string, string][] {
  const [, name, text] = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line) ?? []
  const value = text === undefined ? undefined : unquoted(text)
  return value === undefined ? [] : [[name!, value]]
}

/** The value as a shell would take it; undefined where a quote stays open. */
function unquoted(text: string): string | undefined {
  const [, double, single, bare] =
    /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)*))(?:\s+#.*)?$/.exec(text) ?? []
  // within double quotes a backslash escapes only what would mean something there
  if (double !== undefined) return double.replace(/\\(["$`\\])/g, '$1')
  return single ?? bare?.replace(/\\(.)/g, '$1')
}

const families: Readonly<Record<string, string>> = {
  debian: 'debian',
  ubuntu: 'debian',
  rhel: 'redhat',
  fedora: 'redhat',
  centos: 'redhat',
  rocky: 'redhat',
  almalinux: 'redhat',
  ol: 'redhat',
  amzn: 'redhat',
  openeuler: 'redhat',
  anolis: 'redhat',
  suse: 'suse',
  opensuse: 'suse',
  sles: 'suse',
  alpine: 'alpine',
  arch: 'arch',
  gentoo: 'gentoo',
}

function family(id: string, like: string): string {
  const names = [id, ...like.split(/\s+/)].map((name) => name.toLowerCase())
  const known = names.find((name) => Object.hasOwn(families, name))
  if (known !== undefined) return families[known]!
  return names.some((name) => /^(open)?suse-|^sle-/.test(name)) ? 'suse' : id
}
