// Arguments of OpenSSH's ssh, as an inventory may carry them, as connection settings.
import type { FoundSettings } from './connection-settings.ts'
import { splitWords, WordsError } from './sources/words.ts'

/**
 * The settings that `-o Key=value`, `-J`, `-i`, `-l`, `-p`, `-W` and their like come to. What only tunes a connection is
 * passed over; what would change where or how one logs in and is not understood makes the host unreachable, with the reason.
 */
export function sshArguments(text: string, name: string): FoundSettings {
  const found: Record<string, unknown> = {}
  const unsupported = (what: string): FoundSettings => ({
    unsupported: `${name}: '${what}' is not understood; ${understood}`,
  })
  let words: string[]
  try {
    words = splitWords(text).map((word) => word.text)
  } catch (error) {
    if (error instanceof WordsError) return { unsupported: `${name}: ${error.message}` }
    throw error
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    const letter = /^-([A-Za-z46])/.exec(word)?.[1]
    if (letter === undefined) return unsupported(word)
    if (harmlessFlags.includes(letter)) continue
    const attached = word.slice(2)
    const value = attached === '' ? words[++index] : attached
    if (value === undefined) return unsupported(word)
    const settings = letter === 'o' ? option(value) : flags[letter]?.(value)
    if (!settings) return unsupported(letter === 'o' ? `-o ${value}` : word)
    Object.assign(found, settings)
  }
  return found
}

const understood =
  'ssh options that are: ProxyJump, ProxyCommand, StrictHostKeyChecking, UserKnownHostsFile, User, Port, IdentityFile'

/** Verbosity, compression, terminals, address families: nothing that tsplay's own connection needs. */
const harmlessFlags = 'qvCTt46xa'

const jump = (value: string): FoundSettings =>
  value.toLowerCase() === 'none' ? { jumpHosts: [] } : { jumpHosts: value.split(',').map((hop) => hop.trim()) }

const flags: Readonly<Record<string, (value: string) => FoundSettings>> = {
  J: jump,
  i: (value) => ({ privateKeys: [value] }),
  l: (value) => ({ user: value }),
  p: (value) => ({ port: Number(value) }),
}

/** `Key=value`, `Key value`, in any case. */
function option(text: string): FoundSettings | undefined {
  const [, key = '', value = ''] = /^\s*(\w+)\s*[=\s]\s*(.*?)\s*$/.exec(text) ?? []
  const name = key.toLowerCase()
  return tuning.has(name) ? {} : options[name]?.(unquoted(value))
}

const unquoted = (value: string): string => /^"(.*)"$/.exec(value)?.[1] ?? value

const options: Readonly<Record<string, (value: string) => FoundSettings>> = {
  proxyjump: jump,
  proxycommand: (value) => (value.toLowerCase() === 'none' ? { proxyCommand: undefined } : { proxyCommand: value }),
  stricthostkeychecking: (value) => {
    const kind = value.toLowerCase()
    return { hostKeys: ['no', 'off'].includes(kind) ? 'off' : kind === 'accept-new' ? kind : 'strict' }
  },
  userknownhostsfile: (value) => ({ knownHosts: value.split(/\s+/)[0] }),
  user: (value) => ({ user: value }),
  port: (value) => ({ port: Number(value) }),
  identityfile: (value) => ({ privateKeys: [value] }),
}

/** Options that make OpenSSH faster, quieter or more patient; one connection for a whole run needs none of them. */
const tuning = new Set([
  'addressfamily',
  'batchmode',
  'checkhostip',
  'compression',
  'connectionattempts',
  'connecttimeout',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'forwardagent',
  'forwardx11',
  'gssapiauthentication',
  'hashknownhosts',
  'identitiesonly',
  'ipqos',
  'kbdinteractiveauthentication',
  'loglevel',
  'numberofpasswordprompts',
  'passwordauthentication',
  'preferredauthentications',
  'pubkeyauthentication',
  'requesttty',
  'serveralivecountmax',
  'serveraliveinterval',
  'tcpkeepalive',
  'updatehostkeys',
  'visualhostkey',
])
