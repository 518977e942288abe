// Shell that makes a lab host look as if it booted kernels of its own, which it cannot: all hosts of a lab run the machine's.
// What is real: packages, their managers, the reboot. What is not: `uname -r`, GRUB's menu, and grubby.

/** The kernel that such a host begins with. */
export const firstKernel = '6.1.0-1-amd64'

/** What a host does when it is booted: as its boot loader is set, the old kernel whatever was set, or not answer any more. */
export type Boots = 'as set' | 'old' | 'never'

// the order is right for the versions of these tests; what the role makes of versions is tested elsewhere
const newest = "ls -v /boot/vmlinuz-* | tail -n 1 | sed 's,/boot/vmlinuz-,,'"

const common = (boots: Boots): string => `
set -e
mkdir -p /boot/grub /usr/local/lib/fake
touch /boot/vmlinuz-${firstKernel}
echo ${firstKernel} > /run/fake-kernel
cat > /usr/local/bin/uname <<'END'
#!/bin/sh
/usr/bin/uname "$@" | sed "s/$(/usr/bin/uname -r)/$(cat /run/fake-kernel)/"
END
cat > /usr/local/lib/fake/boot <<'END'
#!/bin/sh
${boots === 'as set' ? '/usr/local/lib/fake/choose' : `echo ${firstKernel}`} > /run/fake-kernel
${boots === 'never' ? 'exec sleep infinity' : ''}
END
cat > /etc/systemd/system/fake-kernel.service <<'END'
[Unit]
DefaultDependencies=no
Before=ssh.service ssh.socket
After=local-fs.target
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/usr/local/lib/fake/boot
[Install]
WantedBy=multi-user.target
END
chmod 755 /usr/local/bin/uname /usr/local/lib/fake/boot
systemctl -q enable fake-kernel
`

/**
 * A host of Debian, its GRUB pinned to the first kernel, with a repository of its own that offers kernels by
 * `linux-image-amd64`: `version` is that of the package, `release` what it brings.
 */
export const debianKernels = ({
  boots,
  release,
  version,
}: {
  boots: Boots
  release: string
  version: string
}): string => `${common(boots)}
cat > /usr/local/lib/fake/choose <<'END'
#!/bin/sh
entry=$(sed -n 's/^GRUB_DEFAULT=.*gnulinux-\\([0-9].*\\)-advanced.*/\\1/p' /etc/default/grub)
if [ "$entry" ]; then echo "$entry"; else ${newest}; fi
END
cat > /usr/sbin/update-grub <<'END'
#!/bin/sh
{ echo "submenu 'x' \\$menuentry_id_option 'gnulinux-advanced-1f' {"
for kernel in /boot/vmlinuz-*; do
  echo "menuentry 'x' \\$menuentry_id_option 'gnulinux-\${kernel#/boot/vmlinuz-}-advanced-1f' {"
done; } > /boot/grub/grub.cfg
END
chmod 755 /usr/local/lib/fake/choose /usr/sbin/update-grub
echo 'GRUB_DEFAULT="gnulinux-advanced-1f>gnulinux-${firstKernel}-advanced-1f"' > /etc/default/grub
update-grub
mkdir -p /srv/kernels/x/DEBIAN /srv/kernels/x/boot /srv/kernels/y/DEBIAN
cd /srv/kernels
touch x/boot/vmlinuz-${release}
package() { printf 'Package: %s\\nVersion: ${version}\\nArchitecture: amd64\\nMaintainer: x <x@example.com>\\nDescription: x\\n%s' "$1" "$2"; }
package linux-image-${release} '' > x/DEBIAN/control
printf '#!/bin/sh\\nupdate-grub\\n' > x/DEBIAN/postinst
chmod 755 x/DEBIAN/postinst
package linux-image-amd64 'Depends: linux-image-${release}
' > y/DEBIAN/control
for each in x y; do dpkg-deb --root-owner-group -Znone -b $each $each.deb > /dev/null; done
for each in x y; do
  dpkg-deb -f $each.deb; printf 'Filename: ./%s.deb\\nSize: %s\\nSHA256: %s\\n\\n' $each $(stat -c %s $each.deb) $(sha256sum < $each.deb | cut -c 1-64)
done > Packages
rm -f /etc/apt/sources.list
echo 'deb [trusted=yes] file:/srv/kernels ./' > /etc/apt/sources.list.d/kernels.list
apt-get -qq update
`

/** The version of `kernel-ml` that `rpmKernels` offers, and what `uname -r` says of it. */
export const offeredRpm = { version: '6.4.12-1.el7.elrepo', release: '6.4.12-1.el7.elrepo.x86_64' }

/** A host of the RHEL family with grubby, and a signed repository of its own in /srv/kernels. Prints the key's fingerprint. */
export const rpmKernels = `${common('as set')}
ln -s /var/lib/fake-default /usr/local/lib/fake/default
echo ${firstKernel} > /var/lib/fake-default
printf '#!/bin/sh\\ncat /var/lib/fake-default\\n' > /usr/local/lib/fake/choose
cat > /usr/local/bin/grubby <<'END'
#!/bin/sh
case $1 in
  --default-kernel) echo "/boot/vmlinuz-$(cat /var/lib/fake-default)" ;;
  --set-default) [ -e "$2" ] || exit 1; echo "\${2#/boot/vmlinuz-}" > /var/lib/fake-default ;;
  --info=*) echo 'args="quiet"' ;;
esac
END
chmod 755 /usr/local/lib/fake/choose /usr/local/bin/grubby
export HOME=/root/build GNUPGHOME=/root/build/keys
mkdir -p -m 700 /root/build /root/build/keys /srv/kernels
cd /root/build
gpg --batch --quiet --passphrase '' --quick-generate-key 'kernels <kernels@example.org>' rsa2048 sign never
gpg --armor --export > /srv/kernels/KEY
cat > kernel-ml.spec <<'END'
Name: kernel-ml
Version: ${offeredRpm.version.split('-')[0]}
Release: ${offeredRpm.version.split('-')[1]}
Summary: x
License: none
Provides: installonlypkg(kernel)
%description
x
%install
mkdir -p %{buildroot}/boot
touch %{buildroot}/boot/vmlinuz-${offeredRpm.release}
%files
/boot/vmlinuz-${offeredRpm.release}
END
rpmbuild --quiet -bb --target x86_64 -D '_topdir /root/build/top' -D '_rpmdir /srv/kernels' -D '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' kernel-ml.spec > log 2>&1 || { cat log >&2; exit 1; }
rpm --define '_gpg_name kernels@example.org' --addsign /srv/kernels/*.rpm > log 2>&1 || { cat log >&2; exit 1; }
createrepo_c --quiet /srv/kernels
gpg --list-keys --with-colons | sed -n 's/^fpr:*\\([0-9A-F]*\\):$/\\1/p' | head -n 1
gpgconf --kill all
`
