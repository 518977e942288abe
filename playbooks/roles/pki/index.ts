// pki: certificates of authorities and leaf certificates on a host. What is not asked for stays on the control side.
import { type Handler, role, task } from 'tsplay'
import { ca, cert, directory } from 'tsplay/modules'

/** What the subjects of all certificates have in common; Kubernetes itself only looks at `o`. */
export interface CertificateSubject {
  /** Organisation, for Kubernetes the group. Default: none. */
  o?: string
  /** Organisational unit. Default: none. */
  ou?: string
  /** Country, two capital letters. Default: none. */
  c?: string
  /** State or province. Default: none. */
  st?: string
  /** Locality. Default: none. */
  l?: string
}

/** Whose the files of a certificate are. */
interface Ownership {
  /** Owner of the files. Default: who runs the tasks, root. */
  owner?: string
  /** Group of the files. Default: that of who runs the tasks. */
  group?: string
  /** Run when a file has changed, instead of the role's handler; false: nobody keeps it loaded, so nothing is run. */
  notify?: Handler | false
}

/** A folder that files go to. */
export interface Folder {
  /** Absolute path. */
  path: string
  /** Default `0750`. */
  mode?: string
  /** Default: who runs the tasks, root. */
  owner?: string
}

/** An authority: made once, its certificate where it is trusted, its key nowhere. */
export interface Authority extends Ownership {
  /** Its name in the control side's store, and its common name. */
  name: string
  /** Absolute path of its certificate on the host. Default: it stays in the store. */
  dest?: string
  /** Absolute path of its key, for the few hosts that sign with it. Default: the key stays in the store. */
  keyDest?: string
}

/** A leaf certificate. */
export interface Certificate extends Ownership {
  /** Its name in the store, below that of its authority; hosts that give the same name share one key. */
  name: string
  /** Name of the authority that signs it, one of those that the role is given. */
  ca: string
  /** Common name of the subject; for Kubernetes the user. */
  cn: string
  /** Organisation, where it is not that of all; for Kubernetes the group. */
  o?: string
  /** Organisational unit, where it is not that of all. */
  ou?: string
  /** Names and addresses it is good for. Default: none. */
  hosts?: readonly string[]
  /** What it is for. */
  usages: readonly ('server' | 'client')[]
  /** Absolute path on the host. Default: it stays in the store, for a kubeconfig. */
  dest?: string
  /** Absolute path of its key. Default: the key stays in the store. */
  keyDest?: string
  /** Mode of the certificate. Default `0644`; that of the key is `0600`. */
  mode?: string
}

export interface PkiParams {
  /** What the subjects of all certificates have in common. Default: nothing, as kubeadm has it. */
  subject?: CertificateSubject
  /** Folders that are made first. Default: none. */
  folders?: readonly Folder[]
  /** Authorities that sign the certificates below, or are trusted on the host. */
  authorities: readonly Authority[]
  /** Certificates that the host needs. Default: none, only those of the authorities. */
  certificates?: readonly Certificate[]
  /** Run when a file has changed. Default: nothing. */
  notify?: Handler
}

/** An authority outlives every certificate it signs by far: to replace it means to replace all of them. */
const authorityExpiry = '100y'
const leafExpiry = '10y'

/** The host trusts the authorities and has the certificates that it needs, and no others. */
export const pki = role<PkiParams>({
  name: 'pki',
  tasks: ({ subject = {}, folders = [], authorities, certificates = [], notify }) => {
    const optionsOf = (own: Handler | false | undefined) => {
      const handler = own ?? notify
      return handler ? { notify: handler } : {}
    }
    return [
      folders.map(({ path, mode = '0750', owner }) =>
        task(`folder ${path}`, directory({ path, mode, ...(owner !== undefined && { owner }) })),
      ),
      authorities.map(({ notify: own, ...authority }) =>
        task(
          titleOf('authority', authority),
          ca({ ...authority, subject: { ...subject, cn: authority.name }, expiry: authorityExpiry }),
          authority.dest === undefined ? {} : optionsOf(own),
        ),
      ),
      certificates.map(({ notify: own, cn, o = subject.o, ou = subject.ou, hosts = [], usages, ...files }) =>
        task(
          titleOf('certificate', { ...files, name: cn }),
          cert({
            ...files,
            subject: { ...subject, cn, ...(o !== undefined && { o }), ...(ou !== undefined && { ou }) },
            hosts: [...hosts],
            usages: [...usages],
            expiry: leafExpiry,
            ...(files.dest !== undefined && { mode: files.mode ?? '0644' }),
            ...(files.keyDest !== undefined && { keyMode: '0600' }),
          }),
          files.dest === undefined ? {} : optionsOf(own),
        ),
      ),
    ]
  },
})

/** The same on all hosts, also where each has a key of its own. */
const titleOf = (what: string, { name, dest }: { name: string; dest?: string }): string =>
  dest === undefined ? `${what} ${name}, in the store` : `${what} ${dest}`
