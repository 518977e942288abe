// The mistake that everyone makes once: a file mode without its leading zero.
import type { Warning } from '../inventory-source.ts'
import type { Placed } from '../variables.ts'

/** Warns of `mode: 755` and `file_mode=644`, which are decimal numbers and no modes. */
export function warnOfMode(
  key: string,
  text: string,
  place: Placed,
  { warn }: { readonly warn: (warning: Warning) => void },
): void {
  if (!/(?:^|_)(?:mode|umask)$|Mode$/.test(key) || !/^[1-7][0-7]{2,3}$/.test(text)) return
  const found = place()
  warn({
    message: `'${key}: ${text}' is a decimal number, not a file mode`,
    ...(found && { place: found }),
    hint: `write '0${text}', with quotes`,
  })
}
