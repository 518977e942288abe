// Connection settings, which stand among a host's variables: their names and what each may be.
import { z } from 'zod'
import { isSecret, type Secret } from '../secret.ts'
import type { ConnectionSettings } from '../site.ts'

const name = z.string().regex(/^[^\s:]+$/, { error: 'expected a name without blanks' })

const secretText = z.custom<Secret>(isSecret, {
  error: "expected a secret: write secret('…'), so that it is never shown",
})

const jumpHost = z
  .string()
  .regex(/^(?:[^\s@:]+@)?(?:\[[0-9a-fA-F:.%\w]+\]|[\p{L}\p{N}][\p{L}\p{N}._-]*)(?::\d{1,5})?$/u, {
    error: 'expected [user@]host[:port]',
  })
  .refine((text) => portAfter(text) >= 1 && portAfter(text) <= 65535, {
    error: 'expected a port number from 1 to 65535',
  })

const portAfter = (hop: string): number => Number(/:(\d+)$/.exec(hop.replace(/\[.*\]/, ''))?.[1] ?? 22)

const settings = {
  user: name,
  port: z.int({ error: 'expected a port number from 1 to 65535' }).min(1).max(65535),
  transport: z.enum(['ssh', 'local']),
  privateKeys: z.array(z.string().min(1)).readonly(),
  password: secretText,
  knownHosts: z.string().min(1),
  hostKeys: z.enum(['strict', 'accept-new', 'off']),
  jumpHosts: z.array(jumpHost).readonly(),
  proxyCommand: z.string().min(1),
  become: z.union([z.boolean(), name], { error: 'expected true, false or the name of a user' }),
  becomeUser: name,
  becomeMethod: z.enum(['sudo', 'su', 'doas']),
  becomePassword: secretText,
} satisfies { [Key in keyof Required<ConnectionSettings>]: z.ZodType<ConnectionSettings[Key]> }

const address = z.string().regex(/^[\p{L}\p{N}:][\p{L}\p{N}._:%-]*$/u, {
  error: 'expected a host name or an IP address, without port, user and brackets',
})

/** Schemas by name; `address` is where a host is reached and belongs to the host itself. */
export const connectionSchemas: Readonly<Record<string, z.ZodType>> = { ...settings, address }

export const isConnectionKey = (key: string): boolean => Object.hasOwn(connectionSchemas, key)

/** Settings that something else than tsplay's own names comes to; `unsupported` says why such a host cannot be reached. */
export type FoundSettings = Readonly<Record<string, unknown>> & { readonly unsupported?: string }
