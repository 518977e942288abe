// Making ssh keys on the host: the script around ssh-keygen, and the parameters that go with it. A passphrase reaches it without standing in arguments.
import { z } from 'zod'
import { type Script, sh } from '../../engine/script.ts'
import { isSecret, reveal, type Secret } from '../../engine/secret.ts'

/** Kinds of keys that are still worth making. */
export const sshKeyTypes = ['ed25519', 'rsa', 'ecdsa'] as const

export type SshKeyType = (typeof sshKeyTypes)[number]

/** What a new key is to be. */
export interface NewSshKey {
  readonly type: SshKeyType
  readonly bits?: number | undefined
  readonly comment: string
  readonly passphrase?: Secret | undefined
}

/** A key's comment: the rest of its line. */
export const sshKeyComment = z.string().regex(/^[^\r\n\0]*$/, { error: 'a comment is one line' })

/** A passphrase. */
export const secretParam = z
  .custom<Secret>(isSecret, { error: "must be a secret: secret('…')" })
  .refine((value) => !/[\r\n\0]/.test(reveal(value)), { error: 'a passphrase is one line' })

/**
 * Makes the pair `path` and `path`.pub, `path` being a script that gives one word. What is there is replaced: both files
 * are made beside it, and renamed.
 */
export const generateSshKey = (path: Script, { type, bits, comment, passphrase }: NewSshKey): Script => sh`(
command -v ssh-keygen >/dev/null 2>&1 || { echo 'the host has no ssh-keygen: install openssh-client (Debian, Alpine: openssh-keygen) or openssh' >&2; exit 1; }
_f=${path}
umask 077
_w=$(mktemp -d "\${_f%/*}/.tsplay.XXXXXX") || exit 1
trap 'rm -rf -- "$_w"' EXIT
trap 'exit 143' HUP INT TERM
${passphrase ? askpass(passphrase) : sh`set -- -N ''`}
ssh-keygen -q -t ${type} ${bits === undefined ? [] : ['-b', bits]} -C ${comment} "$@" -f "$_w/key" </dev/null >/dev/null || exit 1
chmod 0644 "$_w/key.pub" && mv -f -- "$_w/key.pub" "$_f.pub" && mv -f -- "$_w/key" "$_f"
) || exit 1`

/** Writes the public half of the private key at `path` to `path`.pub. */
export const derivePublicKey = (path: Script, comment: string, passphrase: Secret | undefined): Script => sh`(
_f=${path}
umask 077
_w=$(mktemp -d "\${_f%/*}/.tsplay.XXXXXX") || exit 1
trap 'rm -rf -- "$_w"' EXIT
${passphrase ? askpass(passphrase) : sh`set -- -P ''`}
_k=$(ssh-keygen -y "$@" -f "$_f" </dev/null) || exit 1
set -f; set -- $_k
printf '%s %s%s\n' "$1" "$2" ${comment === '' ? '' : ` ${comment}`} > "$_w/key.pub" && chmod 0644 "$_w/key.pub" && mv -f -- "$_w/key.pub" "$_f.pub"
) || exit 1`

/** ssh-keygen asks a program for the passphrase where it has no terminal: one that prints a file for nobody else to read. */
const askpass = (passphrase: Secret): Script => sh`printf '%s\n' ${passphrase} > "$_w/phrase" || exit 1
printf '#!/bin/sh\ncat "\${0%%/*}/phrase"\n' > "$_w/ask" && chmod 0700 "$_w/ask" || exit 1
SSH_ASKPASS=$_w/ask SSH_ASKPASS_REQUIRE=force DISPLAY=\${DISPLAY:-:0}; export SSH_ASKPASS SSH_ASKPASS_REQUIRE DISPLAY
set --`
