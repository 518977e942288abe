// debconf: the answer to a question that a Debian package asks when it is installed or configured anew.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map, type Probe, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { isSecret, reveal, secret, type Text } from '../engine/secret.ts'
import { nameParam } from './common/names.ts'
import { textParam } from './common/params.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `debconf`. */
export interface DebconfParams {
  /** The package that asks. */
  name: string
  /** Its question: `tzdata/Areas`. */
  question: string
  /** The question's type, which decides how the answer is written. */
  type: 'string' | 'boolean' | 'select' | 'multiselect' | 'note' | 'text' | 'password' | 'title'
  /** The answer. For `boolean`: `true` or `false`. Secret where the type is `password`. */
  value: Text
  /** True: whoever configures the package is still asked, with this answer as the default. Default false. */
  unseen?: boolean
}

/** An answer. */
export interface DebconfState {
  /** null where the question has no answer yet. */
  readonly value: Text | null
}

/**
 * A question of a package's configuration has an answer. It counts from the package's next configuration on: to be written
 * before the package is installed, or with `dpkg-reconfigure` behind it.
 *
 * @example before the package asks
 * ```ts
 * task('no wireshark for users', debconf({ name: 'wireshark-common', question: 'wireshark-common/install-setuid', type: 'boolean', value: 'false' }))
 * ```
 * @example a password from the store
 * ```ts
 * task('mysql root', debconf({ name: 'mysql-server', question: 'mysql-server/root_password', type: 'password', value: secret('mysql root') }))
 * ```
 */
export const debconf = defineModule<DebconfParams, DebconfState & { readonly known: boolean }>({
  name: 'debconf',
  params: z
    .strictObject({
      name: nameParam(/^[a-z0-9][a-z0-9+.-]+$/, "the name of a package, such as 'tzdata'"),
      question: nameParam(/^[A-Za-z0-9_.+-]+(\/[A-Za-z0-9_.+-]+)+$/, "a question, such as 'tzdata/Areas'"),
      type: z.enum(['string', 'boolean', 'select', 'multiselect', 'note', 'text', 'password', 'title']),
      value: textParam,
      unseen: z.boolean().optional(),
    })
    .refine(({ type, value }) => type !== 'password' || isSecret(value), {
      error: "a password must be a secret: secret('…')",
      path: ['value'],
    })
    .refine(({ value }) => isSecret(value) || !/[\r\n\0]/.test(value), {
      error: 'an answer is one line',
      path: ['value'],
    })
    .refine(({ type, value }) => type !== 'boolean' || isSecret(value) || value === 'true' || value === 'false', {
      error: "expected 'true' or 'false'",
      path: ['value'],
    }),
  subject: ({ question }) => question,
  probe: (params) =>
    map(answer(params), ({ code, stdout }) => {
      const value = code === 0 ? stdout : null
      return { known: code !== 127, value: value !== null && isSecret(params.value) ? secret(value, 'answer') : value }
    }),
  desired({ value }, { known }) {
    if (!known)
      throw new TaskFailure('the host has no debconf', 'only Debian and its kin ask questions when they install')
    if (isSecret(value) && /[\r\n\0]/.test(reveal(value))) throw new TaskFailure('value: an answer is one line')
    return { value }
  },
  // printf is part of the shell: what it is given appears in no list of processes
  apply: ({ name, question, type, value, unseen }) =>
    sh`DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
printf '%s %s %s %s\n' ${name} ${question} ${type} ${value} | debconf-set-selections ${unseen ? ['--unseen'] : []}`,
  touches: () => [fileResource('/var/cache/debconf')],
  predict: (params) => [willAnswer(answer(params), { code: 0, stdout: reveal(params.value) })],
})

/** Passwords are in a file of their own, and `debconf-show` says nothing of them. Code 1: no answer. */
const answer = ({ name, question, type }: DebconfParams): Probe<{ code: number; stdout: string }> =>
  script(
    type === 'password'
      ? sh`command -v debconf-set-selections >/dev/null 2>&1 || exit 127
_f=/var/cache/debconf/passwords.dat _n= _c=1
[ -r "$_f" ] || exit 1
while IFS= read -r _l; do
  case $_l in
    'Name: '*) _n=\${_l#Name: } ;;
    'Value: '*) if [ "$_n" = ${question} ]; then printf '%s' "\${_l#Value: }"; _c=0; fi ;;
  esac
done < "$_f"
exit $_c`
      : sh`command -v debconf-show >/dev/null 2>&1 || exit 127
debconf-show ${name} 2>/dev/null | {
  while IFS= read -r _l; do
    case $_l in
      '* '${question}': '* | '  '${question}': '*) printf '%s' "\${_l#*: }"; exit 0 ;;
      '* '${question}':' | '  '${question}':') exit 0 ;;
    esac
  done
  exit 1
}`,
    { reads: [fileResource('/var/cache/debconf')] },
  )
