// Where the control side's store keeps authorities and certificates, and what they may be called.
import { z } from 'zod'

/** What authorities, certificates and secrets are called in the store. */
export const storeName = z.string().regex(/^(?!.*-key$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$/, {
  error: "a name for the store: letters, digits, _, . and -, not ending in '-key'",
})

/** An authority: its certificate followed by those of its issuers, and its key. */
export const authorityPath = (ca: string): string => certificatePath(ca, 'ca')

/** While an authority is replaced: the one that comes, and the one that goes. Both are trusted. */
export const nextAuthorityPath = (ca: string): string => certificatePath(ca, 'ca-next')
export const previousAuthorityPath = (ca: string): string => certificatePath(ca, 'ca-previous')

/** What a certificate cannot be called. */
export const reservedNames: readonly string[] = ['ca', 'ca-next', 'ca-previous']

export const certificatePath = (ca: string, name: string): string => `pki/${ca}/${name}`
