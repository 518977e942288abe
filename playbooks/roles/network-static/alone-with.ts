// aloneWith: whether nobody else says something of an interface, and nothing is lost with the file that does. Reads files; changes none.
import { type TaskItem, task } from 'tsplay'
import { fail, shell } from 'tsplay/modules'

/** What may be in the way of a file of one's own. */
export interface Elsewhere {
  /** Files that could name the interface, as patterns of the shell. */
  readonly files: string
  /** Lines of them that do, as an extended expression of grep. */
  readonly lines: string
  /** The file that is to say it alone. */
  readonly own: string
}

/**
 * Two files of one interface are merged, or one of them wins by its name: a host would have the address and another, by DHCP or
 * not. Which of them is wrong, only somebody who knows the host can tell.
 */
export const aloneWith = (device: string, { files, lines, own }: Elsewhere): TaskItem =>
  task(`who else brings ${device} up`, shell({ cmd: look(files) }), {
    ...{ environment: { LINES_OF: lines, OWN: own }, changedWhen: false, failedWhen: false, check: false },
  }).register(({ stdoutLines }) => [
    stdoutLines.length > 0 &&
      task(
        `${device} is nobody else's`,
        fail({
          message: `${device} would have two owners, or lose something: ${stdoutLines.join('; ')}`,
          hint: `move away what is not wanted: ${own} is to say all of ${device}`,
        }),
      ),
  ])

const look = (files: string): string => `for file in ${files}; do
  [ -f "$file" ] && [ "$file" != "$OWN" ] && grep -qE -- "$LINES_OF" "$file" && echo "$file brings it up, too"
done
address='(^|[^0-9A-Fa-f:])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*/[0-9]{1,3}'
[ -f "$OWN" ] && grep -E -- "$address" "$OWN" | sed "s|^ *|$OWN says of IPv6: |"
exit 0`
