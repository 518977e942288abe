// The script that makes the home folder of a user who exists: as useradd -m would have made it.
import { type Script, sh } from '../../engine/script.ts'

/** What a new home folder is made of. */
export interface NewHome {
  readonly skeleton?: string
  readonly umask?: string
}

/** Makes `home` where it is missing, filled from the skeleton and the user's own; its mode is what /etc/login.defs says. */
export const makeHome = (
  name: string,
  home: string,
  { skeleton = '/etc/skel', umask }: NewHome,
): Script => sh`_h=${home}
if [ ! -d "$_h" ]; then
  ${umask === undefined ? modeOfTheHost : sh`_m=${modeWithout(umask)}`}
  mkdir -p -- "$_h" || exit 1
  if [ -d ${skeleton} ]; then cp -R -P -- ${`${skeleton}/.`} "$_h"/ || exit 1; fi
  chown -R -h -- ${`${name}:`} "$_h" && chmod "$_m" "$_h" || exit 1
fi`

const modeWithout = (umask: string): string => (0o777 & ~Number.parseInt(umask, 8)).toString(8).padStart(4, '0')

const modeOfTheHost: Script = sh`_m=$(sed -n 's/^[[:space:]]*HOME_MODE[[:space:]]\{1,\}\([0-7]\{3,4\}\).*/\1/p' /etc/login.defs 2>/dev/null)
  if [ -z "$_m" ]; then
    _u=$(sed -n 's/^[[:space:]]*UMASK[[:space:]]\{1,\}\([0-7]\{3,4\}\).*/\1/p' /etc/login.defs 2>/dev/null)
    _m=$(printf '%o' $((0777 & ~0\${_u:-022})))
  fi`
