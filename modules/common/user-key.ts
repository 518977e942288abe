// The ssh key pair of a user, wherever the user's home is: asked, made and foretold.
import path from 'node:path'
import type { Prediction } from '../../engine/prediction.ts'
import { map, type Probe, type ScriptAnswer, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { generateSshKey } from './ssh-keygen.ts'
import type { UserParams } from './user-params.ts'
import { willAnswer } from './will-answer.ts'

/** The key as it was found. */
export interface FoundKey {
  readonly exists: boolean
  /** The line of the public half; empty where there is none. */
  readonly publicKey: string
}

/** Asks for the key that the params name. */
export const userKey = (params: UserParams): Probe<FoundKey> =>
  map(userKeyAnswer(params), ({ stdout }) => ({
    exists: stdout.startsWith('key\n'),
    publicKey: stdout.replace(/^(key|none)\n/, '').trim(),
  }))

const userKeyAnswer = (params: UserParams): Probe<ScriptAnswer> =>
  script(
    sh`${keyPath(params)}
if [ -n "$_f" ] && [ -e "$_f" ]; then printf 'key\n'; cat -- "$_f.pub" 2>/dev/null; else printf 'none\n'; fi; :`,
    { reads: [`user:${params.name}`, fileResource('/')] },
  )

/** Makes the pair where there is none, and the folder it is in, all of them the user's own. */
export const makeUserKey = (params: UserParams): Script => {
  const { name, sshKeyType: type = 'ed25519', sshKeyBits, sshKeyComment = name, sshKeyPassphrase: passphrase } = params
  const bits = sshKeyBits ?? (type === 'rsa' ? 3072 : undefined)
  return sh`${keyPath(params)}
_k=\${_f%/*}
if [ ! -d "$_k" ]; then mkdir -p -- "$_k" && chmod 0700 "$_k" && chown -h -- ${`${name}:`} "$_k" || exit 1; fi
${generateSshKey(sh.raw('$_f'), { type, bits, comment: sshKeyComment, passphrase })}
chown -h -- ${`${name}:`} "$_f" "$_f.pub" || exit 1`
}

/** Prints the public half as it is now, behind a line that says so. */
export const showUserKey = (params: UserParams): Script =>
  sh`${keyPath(params)}
printf 'public-key '; cat -- "$_f.pub" 2>/dev/null || echo`

export const willHaveUserKey = (params: UserParams): Prediction =>
  willAnswer(userKeyAnswer(params), { code: 0, stdout: 'key\n' })

/** The name of the key's file below the home folder, or an absolute one. */
export const userKeyFile = ({ sshKeyFile, sshKeyType = 'ed25519' }: UserParams): string =>
  sshKeyFile ?? `.ssh/id_${sshKeyType}`

/** Sets `_f` to the key's path; empty where there is no such user. */
function keyPath(params: UserParams): Script {
  const file = userKeyFile(params)
  if (file.startsWith('/')) return sh`_f=${file}`
  if (params.home !== undefined) return sh`_f=${path.posix.join(params.home, file)}`
  return sh`_f=$({ getent passwd ${params.name} 2>/dev/null || cat /etc/passwd; } | while IFS=: read -r _n _p _i _g _c _h _s; do if [ "$_n" = ${params.name} ]; then printf '%s' "$_h"; break; fi; done)
[ -z "$_f" ] || _f=$_f/${file}`
}
