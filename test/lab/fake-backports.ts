// Shell that makes a mirror of Debian in a host's own file system: a release that has nothing, and its backports, which have a kernel.

/** What the mirror has, as `uname -r` and dpkg call it. */
export const backported = { release: '6.12.9+bpo-amd64', version: '6.12.9-1~bpo1' }

/** The mirror, of which the host takes the release alone. The backports are yet unsigned; prints what is to be signed of them. */
export const debianMirror = `
set -e
. /etc/os-release
mkdir -p /srv/mirror/pool /srv/build
cd /srv/build
kernel=linux-image-${backported.release}
package() {
  mkdir -p $1/DEBIAN
  printf 'Package: %s\\nVersion: ${backported.version}\\nArchitecture: amd64\\nMaintainer: x <x@example.com>\\nDescription: x\\n%s' $1 "$2" > $1/DEBIAN/control
}
package $kernel ''
mkdir $kernel/boot
touch $kernel/boot/vmlinuz-${backported.release}
printf '#!/bin/sh\\nupdate-grub\\n' > $kernel/DEBIAN/postinst
chmod 755 $kernel/DEBIAN/postinst
package linux-image-amd64 "Depends: $kernel
"
for each in $kernel linux-image-amd64; do dpkg-deb --root-owner-group -Znone -b $each /srv/mirror/pool/$each.deb > /dev/null; done
cd /srv/mirror
suite() {
  mkdir -p dists/$1/main/binary-amd64
  cat > dists/$1/main/binary-amd64/Packages
  cd dists/$1
  {
    printf 'Suite: %s\\nCodename: %s\\nArchitectures: amd64\\nComponents: main\\nDate: %s\\n%b' $1 $1 "$(LC_ALL=C date -Ru)" "$2"
    printf 'SHA256:\\n %s %s main/binary-amd64/Packages\\n' $(sha256sum < main/binary-amd64/Packages | cut -c 1-64) $(stat -c %s main/binary-amd64/Packages)
  } > Release
  cd /srv/mirror
}
suite $VERSION_CODENAME '' < /dev/null
for each in pool/*; do
  dpkg-deb -f $each; printf 'Filename: %s\\nSize: %s\\nSHA256: %s\\n\\n' $each $(stat -c %s $each) $(sha256sum < $each | cut -c 1-64)
done | suite $VERSION_CODENAME-backports 'NotAutomatic: yes\\nButAutomaticUpgrades: yes\\n'
echo "deb [trusted=yes] file:/srv/mirror $VERSION_CODENAME main" > /etc/apt/sources.list
apt-get -qq update
cat dists/$VERSION_CODENAME-backports/Release
`

/** On a host with gpg and a key: the signed text, and behind it the key as apt has the distribution's. */
export const signed = (release: string): string => `
export HOME=/root/build GNUPGHOME=/root/build/keys
gpg --batch --quiet --clearsign <<'END'
${release}
END
gpg --armor --export
gpgconf --kill all
`

/** On the mirror's host again. */
export const signedMirror = (text: string): string => `
set -e
. /etc/os-release
cat > /tmp/signed <<'END'
${text}
END
sed '/BEGIN PGP PUBLIC KEY BLOCK/,$d' /tmp/signed > /srv/mirror/dists/$VERSION_CODENAME-backports/InRelease
sed -n '/BEGIN PGP PUBLIC KEY BLOCK/,$p' /tmp/signed | sed -n '/^$/,/^=/{/^[^=]/p}' | base64 -d > /usr/share/keyrings/debian-archive-keyring.gpg
`
