// Shell for work that goes on without a connection: started in a folder of its own, looked at later, ended in time. Pure.
import { createHash } from 'node:crypto'
import { isContent } from './content.ts'
import { type Script, sh } from './script.ts'

/** Where a job lies: in the home folder of the user who runs it, for nobody else to read. */
const folder = (id: string): Script => sh`_j="\${HOME:-/tmp}"/.tsplay/jobs/${id}`

/**
 * Starts `script` as a job, prints its id and comes back at once. The job is a session of its own, so it outlives the
 * connection; after `seconds` it is killed with all it has started. Its script stays on the host until {@link forgetJob},
 * since secrets in it are nobody else's.
 */
export function startJob(script: Script, seconds: number): Script {
  // contents would come through the session's input, which the job does not have
  const contents = script.parts.filter(isContent)
  let next = 0
  const parts = script.parts.map((part) => (isContent(part) ? `cat -- "$_j"/content${next++}` : part))
  const text: Script = { kind: 'script', parts: ['_j=$1\n', ...parts] }
  const wanted = Math.ceil(seconds)
  return sh.join([
    sh`umask 077; _j="\${HOME:-/tmp}"/.tsplay/jobs
command -v setsid >/dev/null 2>&1 || { echo 'a job needs setsid on the host' >&2; exit 1; }
mkdir -p -- "$_j" && _j=$(mktemp -d "$_j"/XXXXXXXX) || exit 1`,
    ...contents.map((content, index) => sh`${content} > "$_j"/content${index} || exit 1`),
    written('script', text),
    written('run', supervisor),
    sh`setsid sh "$_j"/run "$_j" ${wanted} </dev/null >/dev/null 2>&1 3<&- &
printf '%s\n' "\${_j##*/}"`,
  ])
}

/** Writes a text to a file of the job as it is. Its end is a line that it cannot hold: its own digest. */
function written(name: string, text: Script): Script {
  const end = createHash('sha256').update(JSON.stringify(text.parts)).digest('hex')
  return { kind: 'script', parts: [`cat > "$_j"/${name} <<'${end}' || exit 1\n`, ...text.parts, `\n${end}`] }
}

/**
 * Runs the job's script in the background and waits for it, or for the time to be over. Whoever is first says how it
 * ended: a link can be made once.
 */
const supervisor = sh`_j=$1
echo $$ > "$_j"/pid
_ended() { echo "$1" > "$_j"/code.$2 && ln "$_j"/code.$2 "$_j"/code 2>/dev/null; }
sh "$_j"/script "$_j" > "$_j"/out 2> "$_j"/err &
_c=$!
(
  trap 'kill $_s 2>/dev/null; exit 0' TERM
  sleep "$2" & _s=$!
  wait $_s
  trap '' TERM
  _ended timeout late || exit 0
  kill -TERM -$$ 2>/dev/null; sleep 2; kill -KILL -$$ 2>/dev/null
) &
_w=$!
wait $_c; _ended $? done
kill -TERM $_w 2>/dev/null
wait $_w 2>/dev/null`

/** How a job stands. */
export type JobState =
  | { readonly state: 'running' | 'unknown' }
  /** `code` is 124 where its time was over. */
  | { readonly state: 'ended'; readonly code: number; readonly timedOut: boolean }

/**
 * Looks at a job; for {@link readJob} to read. A job whose supervisor is gone without a word (a reboot, an end from
 * outside) has ended with 137.
 */
export const lookAtJob = (id: string): Script => sh`${folder(id)}
if [ -e "$_j"/code ]; then read -r _c < "$_j"/code
elif [ ! -d "$_j" ]; then echo unknown; exit 0
elif [ ! -s "$_j"/pid ] || { read -r _p < "$_j"/pid; kill -0 "$_p" 2>/dev/null; }; then echo running; exit 0
else _c=137; fi
echo "$_c"`

/** What {@link lookAtJob} printed. @throws Error where it makes no sense. */
export function readJob(output: string): JobState {
  const text = output.trim()
  if (text === 'running' || text === 'unknown') return { state: text }
  const timedOut = text === 'timeout'
  const code = timedOut ? 124 : Number(text)
  if (text === '' || !Number.isInteger(code)) throw new Error(`the state of a job cannot be read: '${text}'`)
  return { state: 'ended', code, timedOut }
}

/** Prints what a job has written so far. */
export const jobOutput = (id: string, stream: 'out' | 'err'): Script =>
  sh`${folder(id)}; if [ -e "$_j"/${stream} ]; then cat -- "$_j"/${stream}; fi`

/** Ends a job with all it has started, and takes its folder away. */
export const forgetJob = (id: string): Script => sh`${folder(id)}
if [ ! -e "$_j"/code ] && [ -s "$_j"/pid ]; then
  read -r _p < "$_j"/pid
  kill -TERM -"$_p" 2>/dev/null && sleep 1; kill -KILL -"$_p" 2>/dev/null
fi
rm -rf -- "$_j"`
