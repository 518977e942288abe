// Ansible's connection variables, as tsplay's connection settings. A table; https://docs.ansible.com names them all.
import { type Secret, secret } from '../secret.ts'
import type { FoundSettings } from './connection-settings.ts'
import { yamlBoolean } from './sources/yaml-scalar.ts'
import { sshArguments } from './ssh-arguments.ts'

type Reader = (text: string, name: string, value: unknown) => FoundSettings

/** The settings that the variable `name` means; none where it means nothing to a connection. */
export function ansibleSettings(name: string, value: unknown, text: string | undefined): FoundSettings {
  const read = readers[name]
  if (!read || value === null || value === undefined || text === '') return {}
  const written = text ?? (typeof value === 'object' ? JSON.stringify(value) : String(value))
  if (/\{[{%]/.test(written))
    return { unsupported: `${name} is a Jinja template, and tsplay evaluates none: write the value` }
  return read(written, name, value)
}

/** The variable holds a password: it is kept secret wherever it is shown. */
export const isPasswordName = (name: string): boolean => /_(?:pass|password|passphrase)$/.test(name)

const address: Reader = (text) => ({ address: text })
const port: Reader = (text) => ({ port: /^\d+$/.test(text) ? Number(text) : text })
const user: Reader = (text) => ({ user: text })
const keyFile: Reader = (text) => ({ privateKeys: [text] })
const password: Reader = (text, name) => ({ password: secretOf(text, name) })
const becomePassword: Reader = (text, name) => ({ becomePassword: secretOf(text, name) })
const become: Reader = (text) => ({ become: yamlBoolean(text) ?? text })
const becomeUser: Reader = (text) => ({ becomeUser: text })
const sshArgs: Reader = (text, name) => sshArguments(text, name)

const transport: Reader = (text, name) => {
  const kind = text.replace(/^ansible\.(?:builtin|legacy|netcommon)\./, '')
  if (['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'libssh'].includes(kind)) return { transport: 'ssh' }
  if (kind === 'local') return { transport: 'local' }
  return { unsupported: `${name}=${text}: tsplay reaches hosts over ssh or, with local, this machine` }
}

const becomeMethod: Reader = (text, name) => {
  const kind = text.replace(/^(?:ansible\.builtin|community\.general)\./, '')
  if (['sudo', 'su', 'doas'].includes(kind)) return { becomeMethod: kind }
  return { unsupported: `${name}=${text}: tsplay becomes other users with sudo, su or doas` }
}

const hostKeyChecking: Reader = (text) => {
  const checks = yamlBoolean(text)
  return { hostKeys: checks === undefined ? text : checks ? 'strict' : 'off' }
}

const readers: Readonly<Record<string, Reader>> = {
  ansible_host: address,
  ansible_ssh_host: address,
  ansible_port: port,
  ansible_ssh_port: port,
  ansible_user: user,
  ansible_ssh_user: user,
  ansible_connection: transport,
  ansible_ssh_private_key_file: keyFile,
  ansible_private_key_file: keyFile,
  ansible_password: password,
  ansible_ssh_pass: password,
  ansible_ssh_password: password,
  ansible_become: become,
  ansible_become_user: becomeUser,
  ansible_become_method: becomeMethod,
  ansible_become_pass: becomePassword,
  ansible_become_password: becomePassword,
  ansible_sudo_pass: becomePassword,
  ansible_su_pass: becomePassword,
  ansible_ssh_args: sshArgs,
  ansible_ssh_common_args: sshArgs,
  ansible_ssh_extra_args: sshArgs,
  ansible_host_key_checking: hostKeyChecking,
  ansible_ssh_host_key_checking: hostKeyChecking,
}

const secretOf = (text: string, name: string): Secret => secret(text, name)
