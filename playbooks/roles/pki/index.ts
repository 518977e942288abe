// pki: an authority's certificate and leaf certificates on a host; keys of authorities stay on the control side.
import { type Handler, role, task } from 'tsplay'
import { ca, cert, directory } from 'tsplay/modules'

/** What the subjects of all certificates have in common. */
export interface CertificateSubject {
  o: string
  ou: string
  c: string
  st: string
  l: string
}

/** A leaf certificate on the host. */
export interface Certificate {
  /** Its name in the control side's store, below that of its authority; hosts that give the same name share one key. */
  name: string
  /** `<file>.pem` and `<file>-key.pem` in the folder. */
  file: string
  /** Common name of the subject. */
  cn: string
  /** Organisation of the subject, where it is not that of all. */
  o?: string
  /** Names and addresses it is good for. */
  hosts: string[]
  /** What it is for. */
  usages: ('server' | 'client')[]
  /** False: nobody keeps it loaded, so nothing is run when it has changed. */
  notify?: false
}

export interface PkiParams {
  /** Name of the authority in the control side's store, and common name of its certificate. */
  authority: string
  subject: CertificateSubject
  /** Folder on the host. */
  dir: string
  /** Mode of the folder. Default 0750. */
  mode?: string
  /** Certificates that the host needs. Default: none, only the authority's. */
  certificates?: Certificate[]
  /** Run when a file has changed. */
  notify?: Handler
}

/** The authority outlives every certificate it signs by far: to replace it means to replace all of them at once. */
const authorityExpiry = '100y'
const leafExpiry = '10y'

/** The host trusts the authority and has the certificates that it needs, and no others. */
export const pki = role<PkiParams>({
  name: 'pki',
  tasks: ({ authority, subject, dir, mode = '0750', certificates = [], notify }) => {
    const options = notify ? { notify } : {}
    return [
      task('folder of certificates', directory({ path: dir, mode })),
      task(
        `certificate of the authority ${authority}`,
        ca({ name: authority, subject: { ...subject, cn: authority }, expiry: authorityExpiry, dest: `${dir}/ca.pem` }),
        options,
      ),
      certificates.map(({ name, file, cn, o = subject.o, hosts, usages, notify: own }) =>
        task(
          `certificate ${file}`,
          cert({
            name,
            ca: authority,
            subject: { ...subject, cn, o },
            hosts,
            usages,
            expiry: leafExpiry,
            dest: `${dir}/${file}.pem`,
            keyDest: `${dir}/${file}-key.pem`,
            mode: '0644',
            keyMode: '0600',
          }),
          own === false ? {} : options,
        ),
      ),
    ]
  },
})
