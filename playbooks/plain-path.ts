// Paths that nobody has to quote. Knows no variable and no role.
import { z } from 'tsplay'

/** A path that means the same in a unit, in a shell's profile and on a command line: nobody has to quote it. */
export const plainPath = z.string().regex(/^\/[\w./@+~,=-]*$/, {
  error: 'expected an absolute path of letters, digits and . _ - + @ ~ , = such as /opt/kubernetes/bin',
})
