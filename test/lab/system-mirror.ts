// A mirror on a host of the lab, as the repositories of the documented inventories are laid out: signed, for both families, and
// asked over the network. Knows not which packages there are.
import { buildDebs, buildRpms, type SmallPackage } from './system-builds.ts'
import { systemsLab } from './system-hosts.ts'

/** Where a package comes from; what is only released is in no repository. */
export type Source = 'distribution' | 'epel' | 'docker' | 'kubernetes' | 'released'

export type Packages = Readonly<Record<Source, readonly SmallPackage[]>>

/** The first host: it has what builds and signs rpms. */
export const mirrorHost = systemsLab.hosts[0]!

const address = `http://${mirrorHost.address}`

/** What an inventory says of the mirror, in the words of its variable `repositories`. */
export const repositories = {
  distribution: `${address}/rocky`,
  epel: `${address}/epel`,
  docker: `${address}/docker-ce`,
  // its metadata are signed, too, which S4K looks at
  kubernetes: { baseurl: `${address}/kubernetes`, gpgkey: `${address}/kubernetes/gpg`, repoGpgcheck: true },
}

/** Where cri-dockerd has its releases, which are in no repository, and the one that hosts of the RHEL family take. */
export const criDockerdPlace = `${address}/cri-dockerd`
export const criDockerdFile = 'cri-dockerd/v0.2.5/cri-dockerd-0.2.5-3.el8.x86_64.rpm'

/** Where hosts of the RHEL family have the distribution's packages from in the beginning: as a file for dnf. */
export const atFirst = `[baseos]\nname=baseos\nbaseurl=${address}/rocky/9/BaseOS/x86_64/os\ngpgcheck=0\n`

/** Folders of the RHEL family's packages, by where they come from; what has none is an empty repository. */
const rpmPlaces: readonly (readonly [place: string, source?: Source])[] = [
  ['rocky/9/BaseOS/x86_64/os', 'distribution'],
  // newer releases have in their own what EPEL had before
  ['rocky/9/AppStream/x86_64/os', 'epel'],
  ['rocky/9/CRB/x86_64/os'],
  ['rocky/9/extras/x86_64/os'],
  ['epel/9/Everything/x86_64', 'epel'],
  ['docker-ce/linux/centos/9/x86_64/stable', 'docker'],
  ['kubernetes'],
]

const keyPlaces = [
  'epel/RPM-GPG-KEY-EPEL-9',
  'docker-ce/linux/centos/gpg',
  'docker-ce/linux/debian/gpg',
  'kubernetes/gpg',
]

/** On a host of Debian: its part of the mirror, below /srv/mirror, yet unsigned. */
export const debianPart = ({ docker, kubernetes }: Packages): string => `set -e
. /etc/os-release
index() {
  for each in $1/*.deb; do
    dpkg-deb -f $each; printf 'Filename: %s\\nSize: %s\\nSHA256: %s\\n\\n' $each $(stat -c %s $each) $(sha256sum < $each | cut -c 1-64)
  done
}
release() {
  printf 'Suite: %s\\nCodename: %s\\nArchitectures: amd64 arm64\\nComponents: stable\\nDate: %s\\nSHA256:\\n' $VERSION_CODENAME $VERSION_CODENAME "$(LC_ALL=C date -Ru)"
  for each in "$@"; do printf ' %s %s %s\\n' $(sha256sum < $each | cut -c 1-64) $(stat -c %s $each) $each; done
}
${buildDebs('/srv/mirror/docker-ce/linux/debian/pool', docker)}
cd /srv/mirror/docker-ce/linux/debian
dist=dists/$VERSION_CODENAME
for arch in amd64 arm64; do mkdir -p $dist/stable/binary-$arch; index pool > $dist/stable/binary-$arch/Packages; done
cd $dist; release stable/binary-*/Packages > Release
${buildDebs('/srv/mirror/kubernetes/pool', kubernetes)}
cd /srv/mirror/kubernetes
index pool > Packages
release Packages > Release`

/** On the mirror's host, with Debian's part there already: the other part, a key that signs both, and who serves them. */
export const wholeMirror = (packages: Packages): string => `set -e
export HOME=/root/mirror GNUPGHOME=/root/mirror/keys
mkdir -p -m 700 $HOME $GNUPGHOME
gpg --batch --quiet --passphrase '' --quick-generate-key 'mirror <mirror@example.org>' rsa2048 sign never
${Object.entries(packages)
  .map(([source, some]) => buildRpms(`/srv/built/${source}`, some))
  .join('\n')}
rpm --define '_gpg_name mirror@example.org' --addsign /srv/built/*/*.rpm > /tmp/signed 2>&1 || { cat /tmp/signed >&2; exit 1; }
cd /srv/mirror
${rpmPlaces
  .map(
    ([place, source]) =>
      `mkdir -p ${place}; ${source === undefined ? '' : `cp /srv/built/${source}/*.rpm ${place}/; `}createrepo_c -q ${place}`,
  )
  .join('\n')}
mkdir -p cri-dockerd/v0.2.5; mv /srv/built/released/*.rpm ${criDockerdFile}
for key in ${keyPlaces.join(' ')}; do gpg --armor --export > $key; done
for release in docker-ce/linux/debian/dists/*/Release kubernetes/Release; do
  gpg --batch --quiet --clearsign --output \${release%Release}InRelease $release
done
gpg --batch --quiet --armor --detach-sign kubernetes/repodata/repomd.xml
gpgconf --kill all
systemd-run -q --unit mirror python3 -m http.server 80 --directory /srv/mirror`
