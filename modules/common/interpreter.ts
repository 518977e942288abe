// What a script's first line says it is run by. Knows no host.

/** How many bytes of a `#!` line a kernel reads. */
const longestLine = 255

/**
 * The program that runs a script, with its argument; `/bin/sh` for a text without a `#!` line, none for a binary, which
 * runs by itself. To name the program saves the file from having to be executable, which it cannot be on a file system
 * mounted noexec. A text instead of a list says why no host can run it.
 */
export function interpreterOf(beginning: Uint8Array): readonly string[] | string {
  const start = beginning.subarray(0, longestLine)
  if (start[0] !== 0x23 || start[1] !== 0x21) return start.includes(0) ? [] : ['/bin/sh']
  const line = new TextDecoder().decode(start.subarray(2)).split('\n')[0]!
  if (line.includes('\r')) return 'its #! line ends with a carriage return, which hosts take for part of the name'
  // one argument at most, blanks and all, as kernels have it
  const [, program, argument] = /^[ \t]*(\S+)(?:[ \t]+(.*?))?[ \t]*$/.exec(line) ?? []
  if (program === undefined) return ['/bin/sh']
  return argument ? [program, argument] : [program]
}
