// authorizedKey: who may log in as a user with an ssh key.
import { z } from 'zod'
import { contentOf, contentText } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { type Control, defineModule } from '../engine/module.ts'
import { accountName } from './common/accounts.ts'
import { editAuthorizedKeys, type KeysEdit } from './common/edit-authorized-keys.ts'
import { filePathParam, nameParam, namesOf } from './common/names.ts'
import { type PublicKey, publicKeyOf } from './common/public-key.ts'
import { sshKeyComment } from './common/ssh-keygen.ts'
import {
  probeUserFile,
  textOfUserFile,
  type UserFile,
  type UserFileState,
  userFileResources,
  userFileRewrites,
  writeUserFile,
} from './common/user-file.ts'
import { predictUserFile } from './common/user-file-prediction.ts'

/** Parameters of `authorizedKey`. */
export interface AuthorizedKeyParams {
  /** Who the keys let in. The user must exist. */
  user: string
  /**
   * The keys: lines of a .pub file, in one text or several. A text that begins with `https://` is an address that the
   * control side gets them from. Default: those of `src`.
   */
  key?: string | string[]
  /** File of the control side with the keys, or several. Default: those of `key`. */
  src?: string | string[]
  /** The file. Default `.ssh/authorized_keys` in the user's home folder. */
  path?: string
  /** Options before the key, such as `from="10.0.0.0/8",no-pty`; `''`: none. Default: those of the given line, else left as they are. */
  options?: string
  /** What stands behind the key. Default for a new line: as given; else left as it is. */
  comment?: string
  /** True: every other key is removed. Default false. */
  exclusive?: boolean
  /** Make the file's folder, mode 0700 and the user's own. Default true, and false with `path`. */
  manageDir?: boolean
  /** A link at the place of the file or its folder: true edits what it leads to. Default false: the task fails, since a user could let root write anywhere. */
  follow?: boolean
  /** Default `present`. */
  state?: 'present' | 'absent'
}

/** What was edited. */
export interface AuthorizedKeyResult {
  readonly path: string
}

interface Input {
  readonly params: AuthorizedKeyParams
  readonly file: UserFile
  readonly edit: KeysEdit
}

const texts = z.union([z.string().min(1), z.array(z.string().min(1))], { error: 'expected a text or a list of texts' })

/**
 * A key lets its owner in as a user, or does not. The file is the user's own, mode 0600, and so is its folder.
 *
 * @example the key of the control side
 * ```ts
 * task('my key', authorizedKey({ user: 'root', src: 'keys/admin.pub' }))
 * ```
 *
 * @example these and no others, for one command
 * ```ts
 * task('backup may fetch', authorizedKey({
 *   user: 'backup',
 *   key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILhQkVxbTcQdDoGSdMnHFrmfvHCMA+QpFlQHMT2uPyEq backup@store',
 *   options: 'command="/usr/bin/rrsync -ro /srv",restrict',
 *   exclusive: true,
 * }))
 * ```
 */
export const authorizedKey = defineModule<AuthorizedKeyParams, UserFileState, AuthorizedKeyResult, Input>({
  name: 'authorizedKey',
  params: z
    .strictObject({
      user: accountName,
      key: texts.optional(),
      src: texts.optional(),
      path: filePathParam.optional(),
      options: nameParam(/^[^\r\n\0]*$/, 'one line').optional(),
      comment: sshKeyComment.optional(),
      exclusive: z.boolean().optional(),
      manageDir: z.boolean().optional(),
      follow: z.boolean().optional(),
      state: z.enum(['present', 'absent']).optional(),
    })
    .refine(({ key, src }) => key !== undefined || src !== undefined, { error: 'give key or src' })
    .refine(({ exclusive, state }) => !exclusive || state !== 'absent', {
      error: 'goes with the keys that shall stay',
      path: ['exclusive'],
    })
    .superRefine(({ key }, context) => {
      for (const text of namesOf(key ?? []))
        if (!isUrl(text)) {
          const problem = problemOf(text)
          if (problem) context.addIssue({ code: 'custom', path: ['key'], message: problem })
        }
    }),
  subject: ({ user }) => user,
  async prepare(params, control) {
    const sources = namesOf(params.src ?? []).map(async (src) => {
      const { path, content } = await control.file(src)
      return keysOf(contentText(content) ?? '', path)
    })
    const given = namesOf(params.key ?? []).map(async (key) =>
      isUrl(key) ? keysOf(await fetched(key, control), key) : keysOf(key),
    )
    const { user, path, options, comment, exclusive = false, state = 'present' } = params
    const keys = (await Promise.all([...given, ...sources])).flat()
    return {
      params,
      file: { user, path, inHome: '.ssh/authorized_keys' },
      edit: { keys, state, exclusive, options, comment },
    }
  },
  probe: ({ file }) => probeUserFile(file),
  desired({ params, edit }, actual) {
    const text = textOfUserFile(actual, params.follow === true, 'follow: true edits what it leads to')
    const edited = editAuthorizedKeys(text, edit)
    if (edit.state === 'absent') return edited === text ? {} : { content: contentOf(edited) }
    const { user, path, manageDir = path === undefined } = params
    return {
      ...(manageDir && { folder: true, folderMode: '0700', folderOwner: user }),
      content: contentOf(edited),
      mode: '0600',
      owner: user,
    }
  },
  apply: ({ params }, change) => writeUserFile(change, { user: params.user, follow: params.follow === true }),
  result: (_input, { found }) => ({ path: found.path }),
  touches: ({ file }) => userFileResources(file),
  rewrites: ({ file, params }) => userFileRewrites(`authorizedKey ${params.follow === true}`, file),
  predict: ({ file }, change) => predictUserFile(file, change),
})

const isUrl = (text: string): boolean => /^https?:\/\//.test(text)

/** The keys of a text. @throws TsplayError where a line is none. */
function keysOf(text: string, from = "parameter 'key'"): PublicKey[] {
  const problem = problemOf(text)
  if (problem) throw new TsplayError(`authorizedKey: ${from}: ${problem}`)
  return keyLines(text).map((line) => publicKeyOf(line)!)
}

function problemOf(text: string): string | undefined {
  const lines = keyLines(text)
  if (lines.length === 0) return 'there is no key in it'
  const wrong = lines.find((line) => !publicKeyOf(line))
  return wrong && `${JSON.stringify(wrong.slice(0, 40))} is no public key such as 'ssh-ed25519 AAAA…'`
}

const keyLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !/^(#|$)/.test(line))

async function fetched(url: string, control: Control): Promise<string> {
  const { content } = await control.download({ urls: [url], timeout: 30, validateCerts: true })
  return contentText(content) ?? ''
}
