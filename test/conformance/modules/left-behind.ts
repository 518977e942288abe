// What scenarios leave on a host, as text that two hosts can be compared by.
import type { Session } from '../../../engine/connection/connection.ts'
import { sh } from '../../../engine/script.ts'
import type { Named } from './both.ts'

/** By scenario: a line for each path with what is in it, and what `shows` prints. */
export async function leftBehind(session: Session, scenarios: readonly Named[]): Promise<Map<string, string>> {
  const outputs = await session.bundle(
    scenarios.map(({ dir, scenario }) => ({
      script: sh`cd ${dir} || exit
for _root in . ${scenario.also ?? []}; do
  [ -e "$_root" ] || [ -L "$_root" ] || { printf '%s is not there\n' "$_root"; continue; }
  find "$_root" | LC_ALL=C sort | while IFS= read -r _path; do
    printf '%s ' "$_path"; stat -c '%F %a %U:%G' "$_path"
    if [ -L "$_path" ]; then printf '  -> %s\n' "$(readlink "$_path")"
    elif [ -f "$_path" ]; then
      if [ "$(wc -c < "$_path")" -lt 4000 ]; then sed 's/^/  | /' "$_path"; echo; else sha256sum < "$_path"; fi
    fi
  done
done
${sh.join(
  (scenario.shows ?? []).map(
    (command) => sh`printf '$ %s\n' ${command}
( ${sh.raw(command)} ) 2>&1; printf 'exit code %s\n' $?`,
  ),
)}
${scenario.undo === undefined ? sh.empty : sh`( ${sh.raw(scenario.undo)} ) >/dev/null 2>&1`}
:`,
    })),
  )
  return new Map(scenarios.map(({ slug }, index) => [slug, plain(new TextDecoder().decode(outputs[index]!.stdout))]))
}

/** Without what differs from run to run: times in the names of copies that were kept. */
const plain = (text: string): string =>
  text.replace(/\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~/g, '.KEPT~').replace(/\.\d{4}-\d\d-\d\d@\S+~/g, '.KEPT~')
