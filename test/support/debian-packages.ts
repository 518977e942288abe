// Shell that makes tiny Debian packages and an index of them: a repository on a host that needs no network.

/** A package. */
export interface TinyPackage {
  readonly name: string
  readonly version: string
  /** Further fields of its control file: `Depends: x`. */
  readonly fields?: readonly string[]
  /** With /etc/NAME.conf, a configuration file that holds the version. */
  readonly conf?: boolean
}

/** Each package as NAME_VERSION_all.deb in `folder`, and Packages. It holds /usr/share/tiny/NAME with its version. */
export const tinyRepository = (folder: string, packages: readonly TinyPackage[]): string => `
mkdir -p ${folder} && cd ${folder}
tiny() {
  rm -rf .build; mkdir -p .build/DEBIAN .build/usr/share/tiny
  printf '%s\\n' "Package: $1" "Version: $2" 'Architecture: all' 'Maintainer: x <x@example.com>' 'Description: tiny' > .build/DEBIAN/control
  if [ -n "$4" ]; then printf '%s\\n' "$4" >> .build/DEBIAN/control; fi
  printf '%s\\n' "$2" > .build/usr/share/tiny/$1
  if [ "$3" = conf ]; then mkdir .build/etc; printf '%s\\n' "$2" > .build/etc/$1.conf; echo /etc/$1.conf > .build/DEBIAN/conffiles; fi
  dpkg-deb --root-owner-group -Znone -b .build $1_$2_all.deb >/dev/null
}
${packages.map(({ name, version, fields = [], conf }) => `tiny ${name} ${version} ${conf ? 'conf' : "''"} '${fields.join('\n')}'`).join('\n')}
rm -rf .build
for f in *.deb; do
  dpkg-deb -f $f; printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' $f $(stat -c %s $f) $(sha256sum < $f | cut -c 1-64)
done > Packages`

/** Makes it known to apt, alone: other sources are not asked. */
export const useRepository = (folder: string, file: string): string => `
echo 'deb [trusted=yes] file:${folder} ./' > /etc/apt/sources.list.d/${file}.list
apt-get -qq update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/${file}.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`
