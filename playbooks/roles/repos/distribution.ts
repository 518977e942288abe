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

/** A section of a vendor's file: its id, the file, the path below the mirror, and whether it is used unasked. */
interface Section {
  readonly id: string
  readonly file: string
  readonly path: string
  readonly enabled?: boolean
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
 * @param mirror address below which the releases lie, such as `https://mirror.example.org/centos` or
 *   `http://mirror.example.org/ubuntu`. Releases that have ended need an archive's mirror; Debian's
 *   security updates lie beside it, in `…/debian-security`.
 * @throws TsplayError for a system whose repositories are not known here.
 */
export function distributionRepositories(system: System, mirror: string): Repository[] {
  const base = mirror.replace(/\/+$/, '')
  const places = aptPlaces[system.id]?.(system.codename, base)
  if (places) return places.map((apt, index) => ({ apt, replacesList: index === 0 }))
  const family = redhatFamilies[`${system.id} ${system.majorVersion}`]
  if (!family)
    throw new TsplayError(`the repositories of ${system.id} ${system.majorVersion} are not known`, {
      hint: `known: ${[...Object.keys(redhatFamilies), ...Object.keys(aptPlaces)].join(', ')}; others are given one by one`,
    })
  return family.sections.map(({ id, file, path, enabled = true }) => ({
    yum: {
      ...{ name: id, file, enabled, description: `${id} of the mirror`, baseurl: `${base}/${path}/` },
      ...{ gpgcheck: true, gpgkey: `file:///etc/pki/rpm-gpg/${family.key}` },
    },
  }))
}

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

const ofRocky = (id: string): string => `$releasever/${id}/$basearch/os`

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
    sections: of(
      'CentOS-Stream-',
      ['BaseOS', 'AppStream', 'Extras', 'PowerTools'],
      (id) => `$releasever-stream/${id === 'Extras' ? 'extras' : id}/$basearch/os`,
    ),
  },
  'rocky 8': {
    key: 'RPM-GPG-KEY-rockyofficial',
    sections: of('Rocky-', ['BaseOS', 'AppStream', 'Extras', 'PowerTools', 'Plus'], (id) =>
      ofRocky(['Extras', 'Plus'].includes(id) ? id.toLowerCase() : id),
    ),
  },
  'rocky 9': {
    key: 'RPM-GPG-KEY-Rocky-9',
    sections: [
      ...['BaseOS', 'AppStream', 'CRB'].map((id) => ({ id: id.toLowerCase(), file: 'rocky', path: ofRocky(id) })),
      { id: 'extras', file: 'rocky-extras', path: ofRocky('extras') },
    ],
  },
}
