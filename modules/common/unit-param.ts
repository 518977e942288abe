// The name of a unit as a parameter.
import { nameParam } from './names.ts'

/** `nginx`, `fstrim.timer`, `getty@tty1`, `dev-disk-by\x2duuid-1.swap`. */
export const unitParam = nameParam(
  /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,254}$/,
  "the name of a unit, such as 'nginx' or 'fstrim.timer'",
)
