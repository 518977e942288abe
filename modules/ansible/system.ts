// Ansible's modules for accounts, names and the kernel: user, group, hostname, timezone, sysctl, modprobe.
import { TsplayError } from '../../engine/error.ts'
import { type Args, refusedParam, type Translation, type Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const otherSystem = refusedParam('is for another operating system', 'leave it out')
const shadow = refusedParam('expiry is not managed', "-m command -a 'chage … NAME'")
const sshKey = refusedParam('keys are not made on hosts', "-m command -a 'ssh-keygen … creates=PATH'")

export const system: readonly Translation[] = [
  {
    names: ['user'],
    module: 'user',
    renamed: { user: 'name' },
    refused: {
      non_unique: refusedParam('a number belongs to one user', 'choose another uid'),
      move_home: refusedParam('a home folder is not moved', "-m command -a 'usermod -m -d HOME NAME'"),
      skeleton: refusedParam('a home folder is made of /etc/skel', '-m copy what it needs'),
      expires: shadow,
      password_expire_max: shadow,
      password_expire_min: shadow,
      password_expire_warn: shadow,
      password_lock: refusedParam('is said by the password', "password='!' update_password=always"),
      generate_ssh_key: sshKey,
      ssh_key_bits: sshKey,
      ssh_key_comment: sshKey,
      ssh_key_file: sshKey,
      ssh_key_passphrase: sshKey,
      ssh_key_type: sshKey,
      force: refusedParam('a user who is logged in is not removed', "-m command -a 'userdel -f NAME'"),
      local: refusedParam("users are those of the host's own database already", 'leave it out', 'yes', 'true', 'True'),
      umask: refusedParam('the host decides', '-m lineinfile in /etc/login.defs'),
      seuser: refusedParam('SELinux users are not managed', "-m command -a 'semanage login …'"),
      ...Object.fromEntries(
        ['login_class', 'profile', 'authorization', 'role', 'hidden'].map((name) => [name, otherSystem]),
      ),
    },
  },
  {
    names: ['group'],
    module: 'group',
    refused: {
      local: refusedParam("groups are those of the host's own database already", 'leave it out', 'yes', 'true', 'True'),
      non_unique: refusedParam('a number belongs to one group', 'choose another gid'),
      force: refusedParam('the primary group of a user is not removed', "-m command -a 'groupdel -f NAME'"),
    },
  },
  { names: ['hostname'], module: 'hostname', ignored: ['use'] },
  {
    names: ['timezone'],
    module: 'timezone',
    refused: {
      hwclock: refusedParam('clocks are left alone', "-m command -a 'timedatectl set-local-rtc 0'"),
      rtc: refusedParam('clocks are left alone', "-m command -a 'timedatectl set-local-rtc 0'"),
    },
  },
  {
    names: ['sysctl'],
    module: 'sysctl',
    renamed: { key: 'name', val: 'value', ignoreerrors: 'ignoreMissing' },
    refused: {
      sysctl_file: refusedParam(
        "tsplay's sysctl owns the whole file, so several keys in one would remove each other",
        `-a '{"values": {"KEY": "VALUE", …}, "file": "/etc/sysctl.d/k8s.conf"}'`,
      ),
    },
    adapt: sysctlOf,
  },
  {
    names: ['modprobe'],
    module: 'kernelModule',
    values: { persistent: { present: 'yes', disabled: 'no' } },
    refused: {
      params: refusedParam(
        'parameters are not set',
        '-m copy -a \'content="options NAME …" dest=/etc/modprobe.d/NAME.conf\'',
      ),
    },
    // Ansible leaves the files that are read at boot alone unless told otherwise
    adapt: (args) => ({ module: 'kernelModule', args: { persistent: 'no', ...args } }),
  },
]

/** One key, in a file of its own: ours has many keys in one file, and replaces what else is in it. */
function sysctlOf(args: Args): Wish {
  const { name, value, state, reload, sysctl_set, ...rest } = args
  if (name === undefined && value === undefined) return { module: 'sysctl', args }
  const file = `/etc/sysctl.d/99-${String(name).replace(/[^A-Za-z0-9._-]+/g, '-')}.conf`
  if (state !== undefined && state !== 'present')
    throw new TsplayError("sysctl: 'state': a key that is not set has no value to go back to", {
      hint: `-m file -a 'path=${file} state=absent', and the value it should have`,
    })
  if (name === undefined || value === undefined)
    throw new TsplayError('sysctl: name and value belong together', { hint: "-a 'name=vm.swappiness value=0'" })
  const quiet = booleanOf(reload) === false && booleanOf(sysctl_set) !== true
  return {
    module: 'sysctl',
    args: { file, ...rest, values: { [String(name)]: String(value) }, ...(quiet && { live: false }) },
  }
}
