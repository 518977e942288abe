// ssh-keys: who logs in to whom without a password, and knows whom. Makes a key once and replaces none.
import { homedir } from 'node:os'
import path from 'node:path'
import { block, role, sync, type TaskItem, task } from 'tsplay'
import {
  authorizedKey,
  command,
  debug,
  directory,
  fact,
  facts,
  fail,
  hostFact,
  knownHosts,
  opensshKeypair,
  setFact,
  user,
} from 'tsplay/modules'
import { getsIn } from './gets-in.ts'
import { here, namesOf, type Peer, portOf } from './peers.ts'

export interface SshKeysParams {
  /** The host whose tasks these are. */
  self: Peer
  /** All hosts that know each other, this one too. */
  hosts: readonly Peer[]
  /** Accounts that this machine's key lets in, which is tried at each run. Default `root`. */
  users?: readonly string[]
  /** The private key of this machine, made where it is missing. Default `~/.ssh/id_ed25519`. */
  controlKey?: string
  /** Accounts that log in from every host to every other, under the same name; made where they are missing. Default: none. */
  between?: readonly string[]
}

/**
 * This machine gets into every host by its key, also where it came by a password so far; hosts know each other's keys, and
 * the accounts named log in from one to another. Keys of hosts come over connections that are authenticated already: nobody
 * has to believe whoever answers first.
 */
export const sshKeys = role<SshKeysParams>({
  name: 'ssh-keys',
  tasks: ({ self, hosts, users = ['root'], controlKey = path.join(homedir(), '.ssh', 'id_ed25519'), between = [] }) => [
    task('folder of the control key', directory(folderOf(controlKey)), here),
    task('control key', opensshKeypair({ path: controlKey, comment: 'tsplay' }), here).register(({ publicKey }) =>
      users.map((name) => letsIn(`${name} lets the control key in`, name, publicKey)),
    ),
    task("the host's own keys", facts({ gather: ['sshHostKeys'] })).register(({ sshHostKeys = {} }) => {
      const keys = Object.entries(sshHostKeys).map(([type, key]) => keyLine(type, key))
      return [
        setFact(hostKeys, keys),
        users.map((name) => getsIn(name, { host: self, key: controlKey, hostKeys: keys })),
      ]
    }),
    between.map((name) =>
      task(`key of ${name}`, user({ name, generateSshKey: true })).register(({ sshPublicKey }) => [
        setFact(keyOf(name), sshPublicKey),
      ]),
    ),
    sync('keys of all hosts'),
    hosts.map((host) => [
      ofThisRun(
        host,
        fact(hostKeys, { host }).register((keys) =>
          keys.length > 0 ? namesOf(host).map((name) => known(name, keys)) : [],
        ),
      ),
      host.name !== self.name &&
        between.map((name) =>
          ofThisRun(
            host,
            fact(keyOf(name), { host }).register((key) => [
              letsIn(`${name} lets ${name} of ${host.name} in`, name, key),
            ]),
          ),
        ),
    ]),
    between.length > 0 && [
      sync('keys are in place'),
      between.map((name) => hosts.filter((host) => host.name !== self.name).map((host) => reaches(name, host))),
    ],
  ],
})

/** Only ssh's own folder is nobody else's business: another one stays as it is. */
const folderOf = (key: string): { path: string; mode?: string } => {
  const folder = path.dirname(key)
  return { path: folder, ...(path.basename(folder) === '.ssh' && { mode: '0700' }) }
}

const hostKeys = hostFact<string[]>('ssh host keys')
const keyOf = (user: string) => hostFact<string | undefined>(`ssh key of ${user}`)

/** A dry run has no key that is yet to be made, and says that there will be something to do for it. */
const letsIn = (what: string, user: string, key: string | undefined): TaskItem =>
  key === undefined ? task(what, command({ cmd: ['true'] })) : task(what, authorizedKey({ user, key }))

const known = (name: string, key: string[]): TaskItem =>
  task(`${name} is known`, knownHosts({ name, key, path: '/etc/ssh/ssh_known_hosts' }))

const reaches = (user: string, host: Peer): TaskItem =>
  task(
    `${user} gets in to ${host.name}`,
    command({
      cmd: [
        ...['ssh', '-p', `${portOf(host)}`, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
        ...[`${user}@${host.address}`, 'true'],
      ],
    }),
    { changedWhen: false, become: user },
  )

/** Where a run is limited to some hosts, the others have told it nothing: what they told an earlier one stays. */
const ofThisRun = (host: Peer, item: TaskItem): TaskItem =>
  block([item], {
    rescue: ({ module, message }) => [
      module === 'fact'
        ? task(`keys of ${host.name} stay`, debug({ message: `${host.name} takes no part in this run` }))
        : task(`keys of ${host.name}`, fail({ message })),
    ],
  })

/** Facts may have the type in the key's text or beside it. */
const keyLine = (type: string, key: string): string => (/\s/.test(key) ? key : `${type} ${key}`)
