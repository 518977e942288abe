// Programs that run a command on a terminal of its own and answer what it asks. They read the answers from their input,
// never from an argument. Python has all it takes; perl needs script(1) of util-linux for the terminal.
import { quote, type Script, sh } from '../../engine/script.ts'
import type { Text } from '../../engine/secret.ts'
import { regExp } from './patterns.ts'

/** What is answered to what. */
export interface Reply {
  /** JavaScript's syntax, as far as Python and perl share it. */
  readonly pattern: string
  /** One after the other, each once; or one as often as it is asked for. */
  readonly answers: readonly Text[]
  readonly repeats: boolean
}

/** Code of a command that waited too long for an answer. */
const timedOut = 124

/** Runs `words` on a terminal. Exit code and output are the command's; 124 where nothing known was asked for too long. */
export function onTerminal(
  words: readonly string[],
  { replies, timeout, echo }: { readonly replies: readonly Reply[]; readonly timeout: number; readonly echo: boolean },
): Script {
  const fields: Text[] = [String(timeout), echo ? '1' : '0']
  for (const { pattern, answers, repeats } of replies) {
    const { source, flags } = regExp(pattern)
    const shared = `${flags.replace(/[^ims]/g, '')}:${source.replace(/\(\?<(?![=!])/g, '(?P<')}`
    fields.push(shared, pattern, String(answers.length), repeats ? '1' : '0', ...answers)
  }
  const inner = `stty -opost ${echo ? 'echo' : '-echo'}; exec ${words.map(quote).join(' ')}`
  return sh`_feed() { printf '%s\0' ${fields}; }
for _py in python3 /usr/libexec/platform-python; do
  if command -v $_py >/dev/null 2>&1 && $_py -c 'import pty, termios' 2>/dev/null; then
    _feed | $_py -c ${python} ${words}
    exit
  fi
done
if command -v perl >/dev/null 2>&1 && script --version 2>/dev/null | grep -q util-linux; then
  _feed | SHELL=/bin/sh perl -e ${perl} ${inner}
  exit
fi
echo 'the host has neither python3 nor perl with script (util-linux) to answer a program with: install one, or give the program its input by stdin' >&2
exit 1`
}

const python = `
import os, pty, re, select, signal, sys, termios, time
f = sys.stdin.buffer.read().split(b"\\0")[:-1]
timeout, echo, f = float(f[0]), f[1] == b"1", f[2:]
replies = []
while f:
    flags, source = f[0].split(b":", 1)
    try:
        known = re.compile(source, sum({105: re.I, 109: re.M, 115: re.S}[c] for c in flags))
    except re.error as e:
        sys.exit("the pattern %s is not understood by the host's python: %s" % (f[1].decode(), e))
    n = int(f[2])
    replies.append([known, f[1], f[3] == b"1", f[4:4 + n]])
    f = f[4 + n:]
pid, fd = pty.fork()
if pid == 0:
    mode = termios.tcgetattr(0)
    mode[1] &= ~termios.OPOST
    mode[3] = mode[3] | termios.ECHO if echo else mode[3] & ~termios.ECHO
    termios.tcsetattr(0, termios.TCSANOW, mode)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError as e:
        os.write(2, ("%s: %s\\n" % (sys.argv[1], e.strerror)).encode())
        os._exit(127 if e.errno == 2 else 126)
def give_up(code, why):
    sys.stderr.write(why + "\\n")
    for sig in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, sig)
            time.sleep(0.2)
        except OSError:
            break
    os.waitpid(pid, os.WNOHANG)
    sys.stderr.flush()
    os._exit(code)
said, end = b"", time.monotonic() + timeout
while True:
    if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
        give_up(${timedOut}, "nothing was asked that there is an answer for, and it has not ended, for %g s" % timeout)
    try:
        part = os.read(fd, 65536)
    except OSError:
        part = b""
    if not part:
        break
    sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()
    said += part
    while True:
        found = [(m.start(), n, m.end()) for n, m in ((n, r[0].search(said)) for n, r in enumerate(replies)) if m]
        if not found:
            break
        _, n, after = min(found)
        _, name, repeats, answers = replies[n]
        if not answers:
            give_up(1, "no answer is left for %s" % name.decode())
        answer = answers[0] if repeats else answers.pop(0)
        said = said[after:]
        try:
            os.write(fd, answer + b"\\n")
        except OSError:
            pass
        end = time.monotonic() + timeout
        if not said:
            break
status = os.waitpid(pid, 0)[1]
os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
`

const perl = `
use strict;
binmode $_ for *STDIN, *STDOUT;
my @f = do { local $/; split /\\0/, <STDIN>, -1 };
pop @f;
my ($timeout, $echo) = splice @f, 0, 2;
my @replies;
while (@f) {
    my ($shared, $name, $n, $repeats) = splice @f, 0, 4;
    my ($flags, $source) = split /:/, $shared, 2;
    my $known = eval { my $p = $flags eq "" ? $source : "(?$flags)$source"; qr/$p/ };
    if (!defined $known) { print STDERR "the pattern $name is not understood by the host's perl: $@"; exit 1 }
    push @replies, [$known, $name, $repeats, [splice @f, 0, $n]];
}
$SIG{PIPE} = "IGNORE";
pipe my $in, my $to or die;
pipe my $from, my $out or die;
my $pid = fork;
die unless defined $pid;
if (!$pid) {
    close $to; close $from;
    # what the command says comes by the terminal; script itself only says that it was ended
    open STDIN, "<&", $in; open STDOUT, ">&", $out; open STDERR, ">", "/dev/null";
    exec "script", "-qec", $ARGV[0], "/dev/null";
}
close $in; close $out;
sub give_up {
    my ($code, $why) = @_;
    print STDERR "$why\\n";
    kill "TERM", $pid; select undef, undef, undef, 0.3; kill "KILL", $pid;
    exit $code;
}
my ($said, $end) = ("", time + $timeout);
$| = 1;
for (;;) {
    my $bits = ""; vec($bits, fileno $from, 1) = 1;
    my $left = $end - time; $left = 0 if $left < 0;
    give_up(${timedOut}, "nothing was asked that there is an answer for, and it has not ended, for $timeout s")
        unless select $bits, undef, undef, $left;
    sysread $from, my $part, 65536 or last;
    print $part;
    $said .= $part;
    for (;;) {
        my ($first, $after, $reply);
        for my $each (@replies) {
            next unless $said =~ $each->[0];
            ($first, $after, $reply) = ($-[0], $+[0], $each) if !defined $first || $-[0] < $first;
        }
        last unless $reply;
        give_up(1, "no answer is left for $reply->[1]") unless @{$reply->[3]};
        my $answer = $reply->[2] ? $reply->[3][0] : shift @{$reply->[3]};
        $said = substr $said, $after;
        syswrite $to, "$answer\\n";
        $end = time + $timeout;
        last if $said eq "";
    }
}
waitpid $pid, 0;
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
`
