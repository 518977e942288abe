// Shell that builds small packages, and repositories of them that need no network. Knows not which packages there are.
import type { SmallPackage } from './system-packages.ts'

/** /srv/rpms with these packages. rpmbuild takes many at once, but no two of one name: so it is called as often as that takes. */
export function buildRpms(packages: readonly SmallPackage[]): string {
  const rounds: SmallPackage[][] = []
  for (const each of packages) {
    const round = rounds.find((others) => others.every(({ name }) => name !== each.name))
    if (round) round.push(each)
    else rounds.push([each])
  }
  const defines = [
    ...['_topdir /tmp/rpmbuild', '_rpmdir /srv/rpms', '_binaries_in_noarch_packages_terminate_build 0'],
    ...['__os_install_post %{nil}', 'debug_package %{nil}', '_build_id_links none'],
  ]
  return [
    'set -e; mkdir -p /srv/rpms; cd /srv/rpms',
    ...rounds.map(
      (round) =>
        `cat > /tmp/spec <<'END'\n${spec(round)}END\nrpmbuild --quiet -bb ${defines.map((each) => `-D '${each}'`).join(' ')} /tmp/spec > /tmp/rpmlog 2>&1 || { cat /tmp/rpmlog >&2; exit 1; }`,
    ),
    'createrepo_c -q .',
  ].join('\n')
}

/** Makes /srv/rpms known to dnf. Its packages are unsigned. */
export const useRpms =
  "printf '[systems]\\nname=systems\\nbaseurl=file:///srv/rpms\\ngpgcheck=0\\n' > /etc/yum.repos.d/systems.repo"

/** /srv/debs with these packages. */
export const buildDebs = (packages: readonly SmallPackage[]): string =>
  [
    'set -e; mkdir -p /srv/debs; cd /srv/debs',
    ...packages.map(({ name, version, files, services = [] }) =>
      [
        'rm -rf /tmp/deb; mkdir -p /tmp/deb/DEBIAN',
        `printf '%s\\n' 'Package: ${name}' 'Version: ${version}' 'Architecture: all' 'Maintainer: x <x@example.com>' 'Description: small' > /tmp/deb/DEBIAN/control`,
        written('/tmp/deb', files),
        services.length > 0 &&
          `cat > /tmp/deb/DEBIAN/postinst <<'TEXT'\n#!/bin/sh\nset -e\nsystemctl daemon-reload\nfor each in ${services.join(' ')}; do deb-systemd-helper enable $each; deb-systemd-invoke start $each || :; done\nTEXT\nchmod 755 /tmp/deb/DEBIAN/postinst`,
        `dpkg-deb --root-owner-group -Znone -b /tmp/deb ${name}_${version.replace(':', '%3a')}_all.deb > /dev/null`,
      ]
        .filter(Boolean)
        .join('\n'),
    ),
    `for each in *.deb; do dpkg-deb -f $each; printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' $each $(stat -c %s $each) $(sha256sum < $each | cut -c 1-64); done > Packages`,
  ].join('\n')

function spec(packages: readonly SmallPackage[]): string {
  const of = (each: SmallPackage): string => {
    const { name, version, release, epoch, files } = each
    return `%package -n ${name}
Version: ${version}
Release: ${release}
${epoch === undefined ? '' : `Epoch: ${epoch}\n`}Summary: ${name} of a test
AutoReqProv: no
%description -n ${name}
${name}
%files -n ${name}
${Object.keys(files).join('\n')}
${Object.keys(files).some((file) => file.startsWith('/usr/lib/systemd')) ? `%post -n ${name}\nsystemctl daemon-reload\n` : ''}`
  }
  return `Name: systems
Version: 1.0
Release: 1
Summary: packages of a test
License: none
BuildArch: noarch
%description
packages
%install
${packages.map(({ files }) => written('%{buildroot}', files)).join('\n')}
${packages.map(of).join('\n')}
`
}

/** Programs can be run, and all else can be read. */
const written = (root: string, files: SmallPackage['files']): string =>
  Object.entries(files)
    .map(([file, content]) => {
      const place = `${root}${file}`
      const folder = `mkdir -p ${place.slice(0, place.lastIndexOf('/'))}`
      if (typeof content !== 'string') return `${folder}\ncp -a ${content.from} ${place}`
      return `${folder}\ncat > ${place} <<'TEXT'\n${content}TEXT\nchmod ${content.startsWith('#!') ? 755 : 644} ${place}`
    })
    .join('\n')
