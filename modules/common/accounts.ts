// Schemas for users and groups.
import { z } from 'zod'
import { nameParam } from './names.ts'

/** A user's or group's name as useradd takes it. Not a number, which would be mistaken for an id. */
export const accountName = nameParam(
  /^[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?$/,
  'an account name: letters, digits, _, - and ., not starting with a digit, - or ., at most 32',
)

/** A uid or gid. */
export const idParam = z.int().min(0).max(4_294_967_294)

/** A field of a line in passwd. */
export const fieldParam = z.string().refine((text) => !/[:\n\r\0]/.test(text), {
  error: 'a colon or a line break cannot stand in the user database',
})
