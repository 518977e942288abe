// The image of a host of the RHEL family: a Debian tree with the real dnf and rpm, and small packages to install.
//
// What is real: dnf, rpm, their database, signatures, groups, advisories. What is not: everything else is Debian's, and rpm
// knows nothing of it, as one package pretends to have brought the shell and systemd.

/** Where the host has its repositories, and the public key that has signed their packages. */
export const dnfRepositories = '/srv/rpm'

/** Debian's packages that bring the tools. python3 is what Ansible's modules need on a host. */
const packages = ['dnf', 'rpm', 'createrepo-c', 'dnf-plugins-core', 'gpg', 'gpg-agent', 'file', 'python3']

/**
 * Argument: the tree. Builds small packages and two repositories of them in it: `lab`, which is enabled, and `next`, which is
 * not. The names of dpkg and apt go last, so that nobody takes the host for one of Debian's.
 */
const script = `
set -eu
umask 022
tree=$1
mount -t proc proc "$tree/proc"
cat > "$tree/etc/os-release" <<'END'
NAME="Rocky Linux"
VERSION="9.4 (lab image)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Rocky Linux 9.4 (a lab's: real dnf and rpm, Debian below)"
END
echo 'Rocky Linux release 9.4 (lab image)' > "$tree/etc/redhat-release"
ln -s redhat-release "$tree/etc/system-release"
rm -f "$tree/etc/debian_version"
ln -s dnf-3 "$tree/usr/bin/yum"
mkdir -p "$tree/etc/rpm" "$tree/etc/yum.repos.d" "$tree/var/lib/rpm" "$tree/etc/pki/rpm-gpg" "$tree${dnfRepositories}"
# Debian's rpm keeps its database in the home of whoever calls it
cat > "$tree/etc/rpm/macros" <<'END'
%_dbpath /var/lib/rpm
%__gpg /usr/bin/gpg
END
rm -f "$tree/etc/dnf/plugins/local.conf" "$tree/usr/lib/python3/dist-packages/dnf-plugins/local.py" "$tree/usr/lib/python3/dist-packages/dnf-plugins/show_leaves.py"
cat > "$tree/etc/dnf/dnf.conf" <<'END'
[main]
gpgcheck=1
installonly_limit=3
clean_requirements_on_remove=True
best=True
skip_if_unavailable=False
END
for repository in lab:1 next:0; do
  name=\${repository%:*}
  printf '[%s]\\nname=%s packages\\nbaseurl=file://${dnfRepositories}/%s\\nenabled=%s\\ngpgcheck=1\\ngpgkey=file://${dnfRepositories}/RPM-GPG-KEY-lab\\n' \\
    "$name" "$name" "$name" "\${repository#*:}" > "$tree/etc/yum.repos.d/$name.repo"
done
cat > "$tree/build.sh" <<'END'
set -eu
export HOME=/build GNUPGHOME=/build/keys
mkdir -p -m 700 /build /build/keys
cd /build
gpg --batch --quiet --passphrase '' --quick-generate-key 'lab <lab@example.org>' rsa2048 sign never
gpg --armor --export > ${dnfRepositories}/RPM-GPG-KEY-lab
# package FOLDER NAME VERSION-RELEASE [TAG...]: each has one file that tells its version
package() {
  folder=$1 name=$2 version=\${3%-*} release=\${3#*-}
  shift 3
  unit= native=
  mkdir -p "${dnfRepositories}/$folder"
  {
    printf 'Name: %s\\nVersion: %s\\nRelease: %s\\nSummary: %s of the lab\\nLicense: none\\n' "$name" "$version" "$release" "$name"
    for tag in "$@"; do
      case $tag in
        native) native=yes ;;
        unit) unit=yes ;;
        *) printf '%s\\n' "$tag" ;;
      esac
    done
    [ "$native" ] || printf 'BuildArch: noarch\\n'
    printf '%%description\\n%s\\n%%install\\nmkdir -p %%{buildroot}/usr/share/%s %%{buildroot}/etc\\n' "$name" "$name"
    printf 'echo %s > %%{buildroot}/usr/share/%s/%s\\n' "$version" "$name" "$version"
    printf 'echo "level = 1" > %%{buildroot}/etc/%s.conf\\n' "$name"
    if [ "$unit" ]; then
      printf 'mkdir -p %%{buildroot}/usr/lib/systemd/system\\n'
      printf 'printf "[Service]\\\\nExecStart=/bin/sleep infinity\\\\n[Install]\\\\nWantedBy=multi-user.target\\\\n" > %%{buildroot}/usr/lib/systemd/system/%s.service\\n' "$name"
      printf '%%post\\nsystemctl daemon-reload >/dev/null 2>&1 || :\\n'
    fi
    printf '%%files\\n/usr/share/%s\\n%%config(noreplace) /etc/%s.conf\\n' "$name" "$name"
    [ -z "$unit" ] || printf '/usr/lib/systemd/system/%s.service\\n' "$name"
  } > "$name.spec"
  rpmbuild --quiet -bb -D "_topdir /build/top" -D "_rpmdir ${dnfRepositories}/$folder" -D "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" \\
    "$name.spec" > log 2>&1 || { cat log >&2; exit 1; }
}
package base lab-release 9.4-1 'Provides: system-release = 9.4, system-release(releasever) = 9, /bin/sh, systemd'
for version in 1.0-1 1.1-1 2.0-1; do package lab demo "$version" 'Requires: demo-libs' 'Recommends: demo-extras'; done
package next demo 3.0-1 'Requires: demo-libs'
package lab demo-libs 1.0-1
package lab demo-extras 1.0-1
package lab demo-tool 1.0-1
package lab demo-gadget 1.0-1
package lab demo-editor 1.0-1 'Provides: editor-of-choice'
package lab fox 1.0-1 'Conflicts: hen'
package lab hen 1.0-1
package lab demo-daemon 1.0-1 unit
for version in 1.0-1 1.1-1; do package lab demo-epoch "$version" 'Epoch: 2'; done
package lab demo-native 1.0-1 native
for version in 4.19-1 5.4-1; do package lab kernel-lt "$version" 'Provides: installonlypkg(kernel)'; done
package files demo-local 1.0-1
package files demo-local 1.1-1
# many, by two calls: case-a to case-z, for whoever needs a package of its own
for version in 1.0 1.1; do
  {
    printf 'Name: case\\nVersion: %s\\nRelease: 1\\nSummary: cases\\nLicense: none\\nBuildArch: noarch\\n%%description\\ncases\\n' "$version"
    for letter in a b c d e f g h i j k l m n o p q r s t u v w x y z; do
      tag=
      case $letter in
        i) tag='Recommends: case-j' ;;
        k) tag='Requires: case-l' ;;
        m) tag='Requires: case-n' ;;
      esac
      printf '%%package -n case-%s\\nSummary: a case\\n%s\\n%%description -n case-%s\\na case\\n%%files -n case-%s\\n' "$letter" "$tag" "$letter" "$letter"
    done
  } > case.spec
  rpmbuild --quiet -bb -D "_topdir /build/top" -D "_rpmdir ${dnfRepositories}/lab" -D "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" \\
    case.spec > log 2>&1 || { cat log >&2; exit 1; }
done
package next case-z 2.0-1
rpm --define '_gpg_name lab@example.org' --addsign ${dnfRepositories}/*/*.rpm > log 2>&1 || { cat log >&2; exit 1; }
package lab demo-unsigned 1.0-1
cat > comps.xml <<'XML'
<?xml version="1.0"?>
<comps>
  <group>
    <id>demo-tools</id><name>Tools of the lab</name><description>Tools</description><default>true</default><uservisible>true</uservisible>
    <packagelist>
      <packagereq type="mandatory">demo-tool</packagereq>
      <packagereq type="default">demo-gadget</packagereq>
      <packagereq type="optional">demo-extras</packagereq>
    </packagelist>
  </group>
</comps>
XML
createrepo_c --quiet --groupfile /build/comps.xml ${dnfRepositories}/lab
createrepo_c --quiet ${dnfRepositories}/next
advisory() {
  printf '<update from="lab" status="stable" type="%s" version="1"><id>LAB-%s</id><title>%s</title><issued date="2024-01-01 00:00:00"/><description/><pkglist><collection><package name="%s" version="%s" release="1" epoch="0" arch="noarch"><filename>%s-%s-1.noarch.rpm</filename></package></collection></pkglist></update>' "$1" "$2" "$3 $4" "$3" "$4" "$3" "$4"
}
{ printf '<?xml version="1.0"?>\\n<updates>'; advisory bugfix 1 demo 2.0; advisory security 2 demo 1.1; advisory security 3 case-p 1.1; advisory bugfix 4 case-q 1.1; printf '</updates>\\n'; } > updateinfo.xml
modifyrepo_c --mdtype=updateinfo updateinfo.xml ${dnfRepositories}/lab/repodata > /dev/null
rpm --import ${dnfRepositories}/RPM-GPG-KEY-lab
rpm -i --force-debian --nodeps ${dnfRepositories}/base/*.rpm
rpm -e --allmatches gpg-pubkey
dnf -q -y makecache
gpgconf --kill all
END
chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 sh /build.sh < /dev/null
umount "$tree/proc"
rm -rf "$tree/build.sh" "$tree/build" "$tree"/var/log/dnf* "$tree"/var/log/hawkey*
mkdir "$tree/usr/lib/debian-below"
for program in apt apt-cache apt-config apt-get apt-key apt-mark dpkg dpkg-deb dpkg-query; do
  mv "$tree/usr/bin/$program" "$tree/usr/lib/debian-below/"
done
`

/** What makes it. */
export const dnfImage = { packages, script }
