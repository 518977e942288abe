// What a user can be asked to be: parameters of `user` and their schema. Knows no host.
import { z } from 'zod'
import { isSecret, type Secret } from '../../engine/secret.ts'
import { accountName, fieldParam, idParam } from './accounts.ts'
import { nameParam } from './names.ts'
import { pathParam } from './params.ts'
import { secretParam, sshKeyComment, sshKeyTypes } from './ssh-keygen.ts'

/** Parameters of `user`. What is left out stays as it is, or is the host's choice for a new user. */
export interface UserParams {
  /** The user's name. */
  name: string
  /** Its number. Default: the host chooses, and that of an existing user stays. */
  uid?: number
  /** Take `uid` although another user has it. Default false. */
  nonUnique?: boolean
  /** Primary group, by name or number; it must exist. Default for a new user: the group of its own name, made where it is missing. */
  group?: string
  /** Supplementary groups. They must exist. Default: left as they are. */
  groups?: string[]
  /** True: `groups` are added to those the user has. Default false: the user leaves all others. */
  append?: boolean
  /** Full name or purpose (GECOS). Default: left as it is. */
  comment?: string
  /** Home folder. Changing it moves nothing, unless `moveHome` says so. Default: the host chooses, and that of an existing user stays. */
  home?: string
  /** What is in the old home folder goes to the new one, where there is none yet. Default false. */
  moveHome?: boolean
  /** Make the home folder where it is missing, of an existing user as well. Default true. */
  createHome?: boolean
  /** Folder of the host whose content a new home folder gets. Default `/etc/skel`. */
  skeleton?: string
  /** What a new home folder is not: octal digits, `'0077'`. Default: as /etc/login.defs says. */
  umask?: string
  /** Login shell, an absolute path. Default: the host chooses, and that of an existing user stays. */
  shell?: string
  /** Take the number from the range for system users. Only matters when the user is made. Default false. */
  system?: boolean
  /** Ask the host's own files only, where a directory service may know the name, too; a new user is made with luseradd where the host has it. Default false. */
  local?: boolean
  /** The password's crypt(3) hash (`mkpasswd -m yescrypt`), or `secret('!')` for none. Never the password itself. Default: left as it is; a new user has none. */
  password?: Secret
  /** `on_create` (default, unlike Ansible): a password that was changed since is kept. `always`: set again where it differs. */
  updatePassword?: 'always' | 'on_create'
  /** True: no login by password until it is unlocked; other ways (ssh keys) stay. False: unlocked, where there is a password. Default: left as it is. */
  passwordLock?: boolean
  /** Days after which the password must be changed; -1: never. Default: left as it is. */
  passwordExpireMax?: number
  /** Days for which the password may not be changed again. Default: left as it is. */
  passwordExpireMin?: number
  /** Days before a password expires in which the user is warned. Default: left as it is. */
  passwordExpireWarn?: number
  /** Last day of the account: `'2027-01-31'`, seconds since 1970, or `'never'`. Default: left as it is. */
  expires?: string | number
  /** Make an ssh key pair for the user where there is none. One that is there is never replaced. Default false. */
  generateSshKey?: boolean
  /** Default `ed25519`. */
  sshKeyType?: 'ed25519' | 'rsa' | 'ecdsa'
  /** Bits of a new key. Default: 3072 for rsa, 256 for ecdsa. */
  sshKeyBits?: number
  /** Default: the user's name. */
  sshKeyComment?: string
  /** The private key's file; a relative path starts at the home folder. Default `.ssh/id_<type>`. */
  sshKeyFile?: string
  /** Passphrase of a new key. Default: none. */
  sshKeyPassphrase?: Secret
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** With `absent`: remove the home folder and mail as well. Default false. */
  remove?: boolean
  /** With `absent`: remove a user who is logged in, too, and with `remove` files that others own. Default false. */
  force?: boolean
}

const expiresError = { error: "give a day such as '2027-01-31', seconds since 1970, or 'never'" }

const days = z.int().min(-1).max(99_999)

export const userParams = z
  .strictObject({
    name: accountName,
    uid: idParam.optional(),
    nonUnique: z.boolean().optional(),
    group: z.union([accountName, z.string().regex(/^\d+$/)], { error: 'a group is a name or a number' }).optional(),
    groups: z.array(accountName).optional(),
    append: z.boolean().optional(),
    comment: fieldParam.optional(),
    home: z.intersection(pathParam, fieldParam).optional(),
    moveHome: z.boolean().optional(),
    createHome: z.boolean().optional(),
    skeleton: pathParam.optional(),
    umask: nameParam(/^[0-7]{3,4}$/, "an umask of octal digits such as '0077'").optional(),
    shell: z.intersection(pathParam, fieldParam).optional(),
    system: z.boolean().optional(),
    local: z.boolean().optional(),
    password: z.custom<Secret>(isSecret, { error: "a password's hash must be a secret: secret('$y$…')" }).optional(),
    updatePassword: z.enum(['always', 'on_create']).optional(),
    passwordLock: z.boolean().optional(),
    passwordExpireMax: days.optional(),
    passwordExpireMin: days.optional(),
    passwordExpireWarn: days.optional(),
    expires: z.union([z.number(), z.literal('never'), z.iso.date(expiresError)], expiresError).optional(),
    generateSshKey: z.boolean().optional(),
    sshKeyType: z.enum(sshKeyTypes).optional(),
    sshKeyBits: z.int().min(256).max(16_384).optional(),
    sshKeyComment: sshKeyComment.optional(),
    sshKeyFile: nameParam(/^[^\0\n]*[^\0\n/]$/, 'the path of a file').optional(),
    sshKeyPassphrase: secretParam.optional(),
    state: z.enum(['present', 'absent']).optional(),
    remove: z.boolean().optional(),
    force: z.boolean().optional(),
  })
  .refine(({ nonUnique, uid }) => !nonUnique || uid !== undefined, { error: 'needs uid', path: ['nonUnique'] })
  .refine(({ append, groups }) => !append || groups !== undefined, { error: 'needs groups', path: ['append'] })
  .refine(({ moveHome, home }) => !moveHome || home !== undefined, { error: 'needs home', path: ['moveHome'] })
