// getsIn: whether this machine's key lets it in to a host as an account; where it does not, why. Changes nothing on either side.
import { type TaskItem, task } from 'tsplay'
import { debug, fail, shell } from 'tsplay/modules'
import { here, knownAs, type Peer, portOf } from './peers.ts'

/**
 * A login as ssh makes it, by the key and nothing else: a password, an agent's other keys or a connection that is open already
 * would hide what is wrong with it.
 */
export function getsIn(
  user: string,
  { host, key, hostKeys }: { readonly host: Peer; readonly key: string; readonly hostKeys: readonly string[] },
): TaskItem {
  if (host.direct === false || hostKeys.length === 0) return untried(user, host)
  const known = hostKeys.map((line) => `${knownAs(host.address, host)} ${line}`).join('\n')
  const environment = { KEY: key, KNOWN: known, ACCOUNT: user, ADDRESS: host.address, PORT: `${portOf(host)}` }
  return task(`${user} gets in by the control key`, shell({ cmd: login }), {
    ...here,
    ...{ runOnce: false, environment, changedWhen: false, failedWhen: false },
  }).register(({ code, stderr }) => [
    code === noSsh && untried(user, host),
    code !== 0 && code !== noSsh && because(user, stderr),
  ])
}

const untried = (user: string, { name, direct }: Peer): TaskItem =>
  task(
    `nobody tries whether ${user} gets in`,
    debug({
      message:
        direct === false
          ? `${name} is reached through others`
          : 'this machine has no ssh to try it with, or nobody knows the key of the host',
    }),
  )

/** The host is asked, through the connection that there is. */
const because = (user: string, said: string): TaskItem =>
  task(`why ${user} does not get in`, shell({ cmd: reasons }), {
    ...{ environment: { ACCOUNT: user }, changedWhen: false, failedWhen: false },
  }).register(({ stdoutLines }) => [
    task(
      `${user} gets in`,
      fail({
        message: `the control key does not let ${user} in: ${[...stdoutLines, lastLine(said)].filter(Boolean).join('; ')}`,
        hint:
          stdoutLines.length > 0
            ? 'mend that on the host, and run this again'
            : "sshd's own log tells more: journalctl -t sshd",
      }),
    ),
  ])

const lastLine = (text: string): string => text.trim().split('\n').at(-1)!.trim()

const noSsh = 127

/** Host keys are those that the host has told; a file of its own keeps whatever this machine believes out of it. */
const login = `command -v ssh >/dev/null || exit ${noSsh}
known=$(mktemp) || exit 1
trap 'rm -f "$known"' EXIT
printf '%s\\n' "$KNOWN" > "$known"
ssh -F /dev/null -i "$KEY" -p "$PORT" -o BatchMode=yes -o IdentitiesOnly=yes -o PreferredAuthentications=publickey \\
  -o ControlPath=none -o ConnectTimeout=10 -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null \\
  -o UserKnownHostsFile="$known" -o LogLevel=ERROR "$ACCOUNT@$ADDRESS" true </dev/null && exit
code=$?
ssh-keygen -y -P '' -f "$KEY" >/dev/null 2>&1 || echo "$KEY has a passphrase, or cannot be read" >&2
exit $code`

/** What sshd refuses keys for: its settings, and files or folders that others than the account could have written. */
const reasons = `home=$(getent passwd "$ACCOUNT" | cut -d: -f6)
[ -n "$home" ] || { echo "there is no account $ACCOUNT"; exit; }
sshd=$(command -v sshd || echo /usr/sbin/sshd)
settings=$("$sshd" -T -C "user=$ACCOUNT,host=localhost,addr=127.0.0.1" 2>/dev/null)
says() { printf '%s\\n' "$settings" | grep -qx "$1"; }
says 'pubkeyauthentication no' && echo 'sshd_config says PubkeyAuthentication no'
[ "$ACCOUNT" = root ] && says 'permitrootlogin no' && echo 'sshd_config says PermitRootLogin no'
printf '%s\\n' "$settings" | grep -E '^(allow|deny)(users|groups) ' | sed 's/^/sshd_config says /'
says 'authorizedkeysfile .*\\.ssh/authorized_keys.*' || [ -z "$settings" ] ||
  printf '%s\\n' "$settings" | sed -n 's/^authorizedkeysfile /sshd looks for keys in /p'
says 'strictmodes no' && exit
for each in "$home" "$home/.ssh" "$home/.ssh/authorized_keys"; do
  [ -e "$each" ] || continue
  set -- $(stat -L -c '%U %a' "$each")
  case $1 in
    root | "$ACCOUNT") ;;
    *) echo "$each belongs to $1" ;;
  esac
  case $2 in
    *[2367]? | *[2367]) echo "$each has the mode $2: others may write it" ;;
  esac
done`
