// distributionRepositories: the repositories of a distribution itself, from a mirror. Plain data; brings nothing to a host.
import { TsplayError } from 'tsplay'
import type { AptRepositoryParams } from 'tsplay/modules'
import type { Repository } from './index.ts'

/** What a host says of its system: facts.os, or the same by hand. */
export interface System {
  /** `centos`, `rocky`, `ubuntu`, `debian`. */
  readonly id: string
  /** `7`, `9`, `12`. */
  readonly majorVersion: string
  /** `bookworm`; only Debian and Ubuntu have one. */
  readonly codename: string
}

/** Where a release of the RHEL family has gone. */
export interface ArchivedRelease {
  /** Address below which the releases lie: `https://vault.centos.org`. */
  readonly mirror: string
  /** What the release is called there: `7.9.2009`. */
  readonly release: string
}

/** A section of a vendor's file: its id, the file, the path below the mirror, and whether it is used unasked. */
interface Section {
  readonly id: string
  readonly file: string
  readonly path: string
  readonly enabled?: boolean
  /** Key of its packages. Default: the distribution's. */
  readonly key?: string
}

interface Family {
  readonly key: string
  readonly sections: readonly Section[]
}

/**
 * The distribution's own repositories with packages from `mirror`. Sections are written where the vendor has them, so that
 * none stands in two files and an upgrade of the vendor's package brings none back.
 *
 * @param system what the host runs.
 * @param place address below which the releases lie, such as `https://mirror.example.org/centos` or
 *   `http://mirror.example.org/ubuntu`; Debian's security updates lie beside it, in `…/debian-security`. A release that has
 *   ended needs an archive's mirror, and of the RHEL family the name that the archive has it by.
 * @throws TsplayError for a system whose repositories are not known here, and for the name of a release of Debian's family.
 */
export function distributionRepositories(system: System, place: string | ArchivedRelease): Repository[] {
  const { mirror, release } = typeof place === 'string' ? { mirror: place, release: undefined } : place
  const base = mirror.replace(/\/+$/, '')
  const places = aptPlaces[system.id]?.(system.codename, base)
  if (places && release !== undefined)
    throw new TsplayError(`the archive of ${system.id} has each release by its own name`, {
      hint: `leave '${release}' out, and give the mirror alone`,
    })
  if (places) return places.map((apt, index) => ({ apt, replacesList: index === 0 }))
  const unknown = unknownDistribution(system)
  if (unknown) throw new TsplayError(unknown.message, { hint: unknown.hint })
  const family = redhatFamilies[`${system.id} ${system.majorVersion}`]!
  return family.sections.map(({ id, file, path, enabled = true, key = family.key }) => ({
    yum: {
      ...{ name: id, file, enabled, description: `${id} of the mirror`, baseurl: `${base}/${pathOf(path, release)}/` },
      ...{ gpgcheck: true, gpgkey: `file:///etc/pki/rpm-gpg/${key}` },
    },
  }))
}

/**
 * Why there is no mirror of a distribution; undefined where there is one.
 *
 * @param system what the host runs; of a Debian or Ubuntu the release does not matter.
 */
export function unknownDistribution({
  id,
  majorVersion,
}: Pick<System, 'id' | 'majorVersion'>): { message: string; hint: string } | undefined {
  if (aptPlaces[id] || redhatFamilies[`${id} ${majorVersion}`]) return undefined
  const message = `the repositories of ${id} ${majorVersion} are not known`
  return id === 'rhel'
    ? { message, hint: 'its packages come with a subscription and from no mirror: leave the distribution out' }
    : {
        message,
        hint: `known: ${[...Object.keys(redhatFamilies), ...Object.keys(aptPlaces)].join(', ')}; others are given one by one`,
      }
}

/** What yum knows of the release is its number; an archive has each of its states. */
const pathOf = (path: string, release = ''): string =>
  release === '' ? path : path.replace(/\$releasever(-stream)?/, release)

const aptPlaces: Readonly<Record<string, (codename: string, uris: string) => AptRepositoryParams[]>> = {
  // `-proposed` is where packages are tried out: not for hosts that work
  ubuntu: (codename, uris) => [
    {
      ...{ name: 'ubuntu', uris, signedBy: '/usr/share/keyrings/ubuntu-archive-keyring.gpg' },
      suites: ['', '-security', '-updates', '-backports'].map((suffix) => `${codename}${suffix}`),
      components: ['main', 'restricted', 'universe', 'multiverse'],
    },
  ],
  debian: (codename, uris) => {
    const common = { signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg', components: ['main'] }
    return [
      { name: 'debian', uris, suites: [codename, `${codename}-updates`], ...common },
      { name: 'debian-security', uris: `${uris}-security`, suites: [`${codename}-security`], ...common },
    ]
  },
}

const of = (prefix: string, ids: readonly string[], path: (id: string) => string): Section[] =>
  ids.map((id) => ({ id: id.toLowerCase(), file: `${prefix}${id}`, path: path(id), enabled: id !== 'Plus' }))

const inRelease = (id: string): string => `$releasever/${id}/$basearch/os`

const redhatFamilies: Readonly<Record<string, Family>> = {
  'centos 7': {
    key: 'RPM-GPG-KEY-CentOS-7',
    sections: ['os', 'extras', 'updates', 'centosplus'].map((path) => ({
      id: path === 'os' ? 'base' : path,
      file: 'CentOS-Base',
      path: `$releasever/${path}/$basearch`,
      enabled: path !== 'centosplus',
    })),
  },
  'centos 8': {
    key: 'RPM-GPG-KEY-centosofficial',
    sections: [
      ...of(
        'CentOS-Stream-',
        ['BaseOS', 'AppStream', 'Extras', 'PowerTools'],
        (id) => `$releasever-stream/${id === 'Extras' ? 'extras' : id}/$basearch/os`,
      ),
      // mirrors have it, and the vendor no section for it
      {
        ...{ id: 'centosplus', file: 'CentOS-Stream-centosplus', enabled: false },
        path: '$releasever-stream/centosplus/$basearch/os',
      },
    ],
  },
  'centos 9': {
    key: 'RPM-GPG-KEY-centosofficial',
    sections: [
      ...['BaseOS', 'AppStream', 'CRB'].map((id) => ({
        ...{ id: id.toLowerCase(), file: 'centos', path: `$releasever-stream/${id}/$basearch/os` },
      })),
      {
        ...{ id: 'extras-common', file: 'centos-addons', key: 'RPM-GPG-KEY-CentOS-SIG-Extras' },
        path: 'SIGs/$releasever-stream/extras/$basearch/extras-common',
      },
    ],
  },
  'almalinux 8': {
    key: 'RPM-GPG-KEY-AlmaLinux',
    sections: [
      ...['BaseOS', 'AppStream', 'extras'].map((id) => ({
        id: id.toLowerCase(),
        file: 'almalinux',
        path: inRelease(id),
      })),
      { id: 'powertools', file: 'almalinux-powertools', path: inRelease('PowerTools') },
    ],
  },
  'almalinux 9': {
    key: 'RPM-GPG-KEY-AlmaLinux-9',
    sections: ['BaseOS', 'AppStream', 'extras', 'CRB'].map((id) => ({
      ...{ id: id.toLowerCase(), file: `almalinux-${id.toLowerCase()}`, path: inRelease(id) },
    })),
  },
  'rocky 8': {
    key: 'RPM-GPG-KEY-rockyofficial',
    sections: of('Rocky-', ['BaseOS', 'AppStream', 'Extras', 'PowerTools', 'Plus'], (id) =>
      inRelease(['Extras', 'Plus'].includes(id) ? id.toLowerCase() : id),
    ),
  },
  'rocky 9': {
    key: 'RPM-GPG-KEY-Rocky-9',
    sections: [
      ...['BaseOS', 'AppStream', 'CRB'].map((id) => ({ id: id.toLowerCase(), file: 'rocky', path: inRelease(id) })),
      { id: 'extras', file: 'rocky-extras', path: inRelease('extras') },
    ],
  },
}
