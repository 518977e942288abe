// Shell that finds out by its first bytes what kind of archive a file of the host is. Does not look into it.
import { type Script, sh } from '../../engine/script.ts'

/** Sets `_how`, and defines `_plain`, which writes the archive without its compression: GNU tar alone finds out by itself. */
export const archiveKind = (src: string): Script => sh`case $(od -An -tx1 -N4 < ${src} | tr -d ' \n') in
504b*) _how=zip; _z=cat ;;
1f8b*) _how=tar; _z='gzip -dc' ;;
425a68*) _how=tar; _z='bzip2 -dc' ;;
fd377a58*) _how=tar; _z='xz -dc' ;;
28b52ffd*) _how=tar; _z='zstd -dc' ;;
*) _how=tar; _z=cat ;;
esac
if [ $_how = tar ] && tar --version 2>/dev/null | grep -q GNU; then _how=gnu; fi
_plain() { $_z < ${src}; }`
