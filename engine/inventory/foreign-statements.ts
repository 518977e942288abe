// What an inventory that is not TypeScript says with one key: a variable, and for the names that Ansible gives a meaning,
// or that begin with `tsplay_`, a connection setting. Knows nothing of the format it was written in.
import { suggest, TsplayError } from '../error.ts'
import { isSecret, secret } from '../secret.ts'
import { ansibleSettings, isPasswordName } from './ansible-settings.ts'
import { connectionSchemas } from './connection-settings.ts'
import type { Placed, Statement } from './variables.ts'

/** A key with its value as an inventory has it. */
export interface Said {
  readonly key: string
  readonly value: unknown
  /** The value as written, where it is a scalar. */
  readonly text?: string
  readonly weak?: boolean
  readonly by: string
  readonly place: Statement['place']
}

/** `web1:2222`: a port behind the name. */
export const portStatements = (port: number | undefined, by: string, place: Placed): Statement[] =>
  port === undefined
    ? []
    : foreignStatements({ key: 'ansible_port', value: port, text: String(port), weak: true, by, place })

/**
 * The statements of one key. Ansible's names stay variables as well, since templates read them; passwords become secrets.
 * @throws TsplayError for a name that begins with `tsplay_` and is no setting
 */
export function foreignStatements(said: Said): Statement[] {
  const { key } = said
  if (key.startsWith('tsplay_')) return [ownSetting(said)]
  const variable: Statement = { ...said, kind: 'variable' }
  if (!key.startsWith('ansible_')) return [variable]
  const text = said.text ?? (typeof said.value === 'string' ? said.value : undefined)
  const settings = Object.entries(ansibleSettings(key, said.value, text)).filter(([, value]) => value !== undefined)
  return [
    isPasswordName(key) ? { ...variable, value: asSecret(said) } : variable,
    ...settings.map(([name, value]): Statement => {
      const { text: _text, ...rest } = said
      return { ...rest, key: name, value, kind: 'setting', written: key }
    }),
  ]
}

const asSecret = ({ key, value, text }: Said): unknown =>
  isSecret(value) || value === null ? value : secret(text ?? String(value), key)

/** `tsplay_host_keys` is the setting `hostKeys`. */
function ownSetting(said: Said): Statement {
  const name = said.key.slice('tsplay_'.length).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  if (!Object.hasOwn(connectionSchemas, name)) {
    const known = Object.keys(connectionSchemas).map(
      (setting) => `tsplay_${setting.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
    )
    throw new TsplayError(`'${said.key}' in ${said.by} is no connection setting`, {
      place: said.place(),
      hint: suggest(said.key, known),
    })
  }
  const { text, ...rest } = said
  return { ...rest, key: name, value: ownValue(name, said), kind: 'setting', written: said.key }
}

/** Texts become what the setting wants: a list, a secret, a text that was read as a number. */
function ownValue(name: string, said: Said): unknown {
  const { value, text } = said
  const schema = connectionSchemas[name]!
  if (schema.safeParse(value).success) return value
  const written = text ?? (typeof value === 'string' ? value : undefined)
  if (written === undefined) return value
  const candidates = [written, written.split(',').map((item) => item.trim()), secret(written, said.key)]
  return candidates.find((candidate) => schema.safeParse(candidate).success) ?? value
}
