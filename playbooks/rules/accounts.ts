// Accounts that a host cannot have as they are written. Asks no host.
import type { Finding } from 'tsplay'
import { error, warning } from './error.ts'

/** An account that is told twice: the later one undoes what the first one says. */
export const accountFindings = (accounts: readonly { readonly name: string }[], variable: string): Finding[] =>
  [...new Set(accounts.map(({ name }) => name))]
    .filter((name) => accounts.filter((each) => each.name === name).length > 1)
    .map((name) =>
      error('account-twice', `the account ${name} stands there twice`, 'write all that it is to have in one', variable),
    )

/** Who runs the control plane, and is made by nobody here: hosts may have the account all the same. */
export const ownerFindings = (
  user: string,
  accounts: readonly { readonly name: string }[],
  variable: string,
): Finding[] =>
  user === 'root' || accounts.some(({ name }) => name === user)
    ? []
    : [
        warning(
          'account-missing',
          `what Kubernetes writes belongs to ${user}, an account that \`accounts\` does not make`,
          'add it there, unless hosts have it already',
          variable,
        ),
      ]
