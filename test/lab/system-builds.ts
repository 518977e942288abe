// Shell that builds small packages: rpms on a host with rpmbuild, debs on one with dpkg. Knows not which packages there are.

/** A package to be built. */
export interface SmallPackage {
  readonly name: string
  readonly version: string
  /** The RHEL family's: its release, and what comes before the version. */
  readonly release?: string
  readonly epoch?: number
  /** What is in its files, by their absolute paths; `from` is a file or folder of the host that builds it. */
  readonly files: Readonly<Record<string, string | { readonly from: string }>>
  /** Services that it starts on Debian, as Debian's packages do. */
  readonly services?: readonly string[]
}

/** NAME-VERSION-RELEASE.rpm of each in a folder. rpmbuild takes many at once, but no two of one name: it is called as often as that takes. */
export function buildRpms(folder: string, packages: readonly SmallPackage[]): string {
  const rounds: SmallPackage[][] = []
  for (const each of packages) {
    const round = rounds.find((others) => others.every(({ name }) => name !== each.name))
    if (round) round.push(each)
    else rounds.push([each])
  }
  const defines = [
    ...['_topdir /tmp/rpmbuild', `_rpmdir ${folder}`, '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.rpm'],
    ...['_binaries_in_noarch_packages_terminate_build 0', '__os_install_post %{nil}', 'debug_package %{nil}'],
  ]
  const rpmbuild = ['rpmbuild --quiet -bb', ...defines.map((each) => `-D '${each}'`), '/tmp/spec'].join(' ')
  return [
    `mkdir -p ${folder}`,
    ...rounds.map(
      (round) =>
        `cat > /tmp/spec <<'END'\n${spec(round)}END\n${rpmbuild} > /tmp/rpmlog 2>&1 || { cat /tmp/rpmlog >&2; exit 1; }`,
    ),
  ].join('\n')
}

/** NAME_VERSION_all.deb of each in a folder. */
export const buildDebs = (folder: string, packages: readonly SmallPackage[]): string =>
  [
    `mkdir -p ${folder}`,
    ...packages.flatMap(({ name, version, files, services = [] }) => [
      'rm -rf /tmp/deb; mkdir -p /tmp/deb/DEBIAN',
      `printf '%s\\n' 'Package: ${name}' 'Version: ${version}' 'Architecture: all' 'Maintainer: x <x@example.com>' 'Description: small' > /tmp/deb/DEBIAN/control`,
      written('/tmp/deb', files),
      ...(services.length > 0 ? [postinst(services)] : []),
      `dpkg-deb --root-owner-group -Znone -b /tmp/deb ${folder}/${name}_${version.replace(/^\d+:/, '')}_all.deb > /dev/null`,
    ]),
  ].join('\n')

/** As Debian's own do it, who start what they install unless they are told not to. */
const postinst = (services: readonly string[]): string => `cat > /tmp/deb/DEBIAN/postinst <<'TEXT'
#!/bin/sh
set -e
systemctl daemon-reload
for each in ${services.join(' ')}; do deb-systemd-helper enable $each; deb-systemd-invoke start $each || :; done
TEXT
chmod 755 /tmp/deb/DEBIAN/postinst`

const spec = (packages: readonly SmallPackage[]): string => `Name: systems
Version: 1.0
Release: 1
Summary: packages of a test
License: none
BuildArch: noarch
%description
packages
%install
${packages.map(({ files }) => written('%{buildroot}', files)).join('\n')}
${packages.map(specOf).join('\n')}
`

function specOf({ name, version, release, epoch, files }: SmallPackage): string {
  const names = Object.keys(files)
  const hasUnit = names.some((file) => file.startsWith('/usr/lib/systemd'))
  return `%package -n ${name}
Version: ${version}
Release: ${release}
${epoch === undefined ? '' : `Epoch: ${epoch}\n`}Summary: ${name} of a test
AutoReqProv: no
%description -n ${name}
${name}
%files -n ${name}
${names.join('\n')}
${hasUnit ? `%post -n ${name}\nsystemctl daemon-reload\n` : ''}`
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
