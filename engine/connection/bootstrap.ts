// The shell text that turns `sh -c` into a resident shell. Runs on the host; this file only writes it down.
//
// It holds no secret, and none of the characters that a login shell (csh, fish) would take out of single quotes:
// no single quote, backslash, exclamation mark or newline. Standard input is the protocol, so each step gets /dev/null.
import { readContent } from '../script.ts'

/** Seconds between TERM and KILL. */
export const grace = 2

const secondsBetweenBeats = 2

/** Scripts up to this many bytes are read line by line by the shell itself: cheaper than a process that reads them. */
export const longestScriptReadByLine = 4096

/**
 * The program of a resident shell. It says `token pid pgid` on both outputs, reads two nonces (one that arrives with
 * everything to be run, one that marks the end of outputs) and an exclamation mark, which this text cannot hold, then
 * serves headers until its input ends.
 *
 * Per step it prints `mark id code word` on both outputs, where the word is
 * `done`; `skip`: an earlier step of the bundle failed; `lost`: it failed while content may be unread, the shell ends;
 * `sync`: it succeeded without reading all its content, the shell ends.
 *
 * Every few seconds it prints `mark beat` on standard output, wherever that falls. Once nobody is there to read it, what
 * still runs is ended: see {@link watcher}.
 */
export const bootstrap = (token: string): string =>
  [
    ...processGroup,
    ...greeting(token),
    ...surroundings,
    ...exactReader,
    ...contentFunction,
    ...endFunction,
    'IFS=" " read -r _tsp_n _tsp_o _tsp_q || exit 0;',
    ...watcher,
    '_tsp_f=;',
    'while read -r _tsp_m _tsp_i _tsp_b _tsp_k _tsp_l _tsp_c; do',
    // What does not begin with the nonce is content that nobody read. It must never run as a script.
    '[ "$_tsp_m" = "$_tsp_n" ] || { _tsp_i=-; _tsp_end 0 sync; _tsp_bye 3; };',
    ...readScript,
    'if [ "$_tsp_k" = 1 ] && [ "$_tsp_f" = "$_tsp_b" ]; then',
    'if [ "$_tsp_c" -gt 0 ]; then _tsp_read "$_tsp_c" >/dev/null; IFS= read -r _tsp_x; fi; _tsp_end 0 skip; continue; fi;',
    ...runScript,
    '[ "$_tsp_e" -eq 0 ] || _tsp_f=$_tsp_b;',
    '_tsp_end "$_tsp_e" done;',
    'done; _tsp_bye 0',
  ].join(' ')

/** The same greeting for other programs that are started on a host. */
export const greeting = (token: string, words = '$$ $_tsp_g'): string[] => [
  `echo "${token} ${words}"; echo "${token} ${words}" >&2;`,
]

// The group is what a timeout ends. /proc saves a process; where there is none, ps knows.
const processGroup = [
  '_tsp_g=; if [ -r /proc/$$/stat ] && read -r _tsp_x </proc/$$/stat; then',
  'set -- ${_tsp_x##*) }; _tsp_g=$3; set --; fi;',
  '[ -n "$_tsp_g" ] || _tsp_g=$(ps -o pgid= -p $$ 2>/dev/null) || _tsp_g=$$;',
]

// sudo and doas leave the directory of the login user; non-login shells often lack the administrator's directories.
const surroundings = [
  'cd 2>/dev/null || cd /;',
  'for _tsp_x in /usr/local/sbin /usr/sbin /sbin; do case ":$PATH:" in *:$_tsp_x:*) ;; *) PATH=$PATH:$_tsp_x;; esac; done;',
  'export PATH;',
  '_tsp_nl=${IFS#??};',
]

// A reader of exactly N bytes of standard input. busybox head reads ahead on a pipe, so what is at hand is tried once,
// when the first long script or content comes. Only `dd bs=1` is sure everywhere, and slow.
const exactReader = [
  '_tsp_r=;',
  '_tsp_pick() {',
  'if [ "$(echo abc | { dd bs=2 count=1 iflag=fullblock status=none 2>/dev/null; read -r x; echo "-$x"; })" = ab-c ]; then _tsp_r=dd;',
  'elif [ "$(echo abc | { head -c 2 2>/dev/null; read -r x; echo "-$x"; })" = ab-c ]; then _tsp_r=head;',
  'else _tsp_r=byte; fi; };',
  '_tsp_read() { case $_tsp_r in',
  'head) head -c "$1";;',
  'dd) if [ "$1" -ge 131072 ]; then dd bs=131072 count=$(($1 / 131072)) iflag=fullblock status=none || return; fi;',
  'if [ $(($1 % 131072)) -gt 0 ]; then dd bs=$(($1 % 131072)) count=1 iflag=fullblock status=none; fi;;',
  '*) dd bs=1 count="$1" 2>/dev/null;; esac; };',
]

// Readers are content with less at the end of input: only the nonce after each content proves that all of it came.
const contentFunction = [
  `${readContent}() {`,
  'if [ "$1" -gt 0 ]; then _tsp_read "$1" <&3 || return 1; fi;',
  'IFS= read -r _tsp_x <&3 && [ "$_tsp_x" = "$_tsp_n" ]; };',
]

const endFunction = ['_tsp_end() { echo "$_tsp_o $_tsp_i $1 $2"; echo "$_tsp_o $_tsp_i $1 $2" >&2; };']

/** Takes down the number of the process that was started last, which is in a variable named like an exclamation mark. */
const lastStarted = (variable: string): string => `eval "${variable}=$"$_tsp_q;`

/**
 * A second process beside the shell. While a step runs nobody reads the shell's input, so its end goes unnoticed there;
 * but whoever writes is told at once. A network that is gone without a word counts as well: what is written keeps the
 * host's kernel waiting for an acknowledgement, until that gives the connection up (on Linux after some 15 minutes).
 *
 * A shell that waits for its next step ends by itself then, and this process with it. Otherwise a step runs, or the shell
 * was killed and has left one: the process group gets TERM, and KILL after the grace.
 */
const watcher = [
  '_tsp_watch() {',
  'trap "" PIPE; trap _tsp_unwatch TERM;',
  // In the background, so that a signal need not wait for its end; its outputs would keep the channel open.
  `while sleep ${secondsBetweenBeats} >/dev/null & ${lastStarted('_tsp_s')} wait "$_tsp_s" || exit 0; do`,
  'kill -0 $$ && echo "$_tsp_o beat" || break; done;',
  `sleep 1; trap "" TERM; kill -TERM -$_tsp_g; sleep ${grace}; kill -KILL -$_tsp_g; };`,
  '_tsp_unwatch() { kill "$_tsp_s"; exit 0; };',
  `_tsp_watch </dev/null 2>/dev/null & ${lastStarted('_tsp_w')}`,
  '_tsp_bye() { kill "$_tsp_w" 2>/dev/null; exit "$1"; };',
  // Whoever hears the end of a step no more is gone; the shell itself ends, but not what earlier steps have left on purpose.
  'trap "_tsp_bye 0" PIPE TERM;',
]

// Either way the script ends with a line of the nonce, so one that was cut short by a lost connection never runs.
const readScript = [
  'if [ -z "$_tsp_r" ] && [ $(($_tsp_l + $_tsp_c)) -gt 0 ]; then _tsp_pick; fi;',
  // the most common case without a shell between the process and its output
  'if [ "$_tsp_r" = dd ] && [ "$_tsp_l" -gt 0 ] && [ "$_tsp_l" -lt 131072 ]; then',
  '_tsp_s=$(exec dd bs="$_tsp_l" count=1 iflag=fullblock status=none);',
  'elif [ "$_tsp_l" -gt 0 ]; then _tsp_s=$(_tsp_read "$_tsp_l");',
  'else _tsp_s=; while IFS= read -r _tsp_x; do',
  'if [ "$_tsp_x" = "#$_tsp_n" ]; then _tsp_s=$_tsp_s$_tsp_x; break; fi; _tsp_s=$_tsp_s$_tsp_x$_tsp_nl; done; fi;',
  'case $_tsp_s in *"#$_tsp_n") _tsp_s=${_tsp_s%"#$_tsp_n"};; *) _tsp_bye 3;; esac;',
]

// The subshell must not stand in a condition, or `set -e` would be without effect in it. It does not get to know the
// mark, and only a step with content gets to see the protocol's input, as file descriptor 3.
// Where nobody reads its output any more, it ends with its EXIT traps, which take away temporary files: a shell says
// "Terminated" of what the watcher ends, and would die of that word.
const runScript = [
  'if [ "$_tsp_c" -gt 0 ]; then',
  '( unset _tsp_o; trap "exit 141" PIPE; eval "$_tsp_s" ) 3<&0 </dev/null; _tsp_e=$?;',
  'if [ "$_tsp_e" -gt 0 ]; then _tsp_end "$_tsp_e" lost; _tsp_bye 0; fi;',
  'IFS= read -r _tsp_x; [ "$_tsp_x" = "$_tsp_n" ] || { _tsp_end 0 sync; _tsp_bye 3; };',
  'else ( unset _tsp_o; trap "exit 141" PIPE; eval "$_tsp_s" ) </dev/null; _tsp_e=$?; fi;',
]
