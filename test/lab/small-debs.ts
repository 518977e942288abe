// Shell that makes a repository of small packages on a host of Debian, and nothing else than dpkg is needed for it.
import { buildDebs, type SmallPackage } from './system-builds.ts'

/** The repository below /srv with these packages, unsigned, known to apt. */
export const smallDebs = (id: string, packages: readonly SmallPackage[]): string => `set -e
${buildDebs(`/srv/${id}`, packages)}
cd /srv/${id}
for each in *.deb; do
  dpkg-deb -f $each; printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' $each $(stat -c %s $each) $(sha256sum < $each | cut -c 1-64)
done > Packages
echo 'deb [trusted=yes] file:/srv/${id} ./' > /etc/apt/sources.list.d/${id}.list`
