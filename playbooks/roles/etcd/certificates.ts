// Certificates of an etcd member and of programs that ask it. Knows no host, and not where a system has its folders.
import type { CertificateSubject, PkiParams } from '../pki/index.ts'

/** A member of the cluster. */
export interface EtcdMember {
  /** Its name in the cluster. */
  readonly name: string
  /** Name of its host. */
  readonly host: string
  /** IP address of its host. */
  readonly address: string
}

/** Absolute paths of a member's certificates. */
export interface MemberFiles {
  readonly authority: string
  readonly certificate: string
  readonly key: string
  /** For etcdctl on the host. Undefined: it uses the member's own. */
  readonly clientCertificate?: string
  readonly clientKey?: string
}

export interface MemberPki {
  readonly files: MemberFiles
  /** Folders that are made first. */
  readonly folders: PkiParams['folders']
  readonly self: Pick<EtcdMember, 'host'>
  readonly members: readonly EtcdMember[]
  readonly subject: CertificateSubject
  /** Owner of the files, who runs etcd. Default: who runs the tasks, root. */
  readonly owner?: string
}

/** An authority of its own: a certificate of the Kubernetes one, which every kubelet has, must not open etcd. */
export const etcdAuthority = 'etcd-ca'

/** What a member needs: each has a key of its own, good for clients and other members under whatever name they reach it. */
export function memberPki({ files, folders, self, members, subject, owner }: MemberPki): PkiParams {
  const whose = owner === undefined ? {} : { owner }
  const server = {
    ...{ name: `server-${self.host}`, ca: etcdAuthority, cn: 'etcd', hosts: memberHosts(members) },
    usages: ['server', 'client'] as const,
    ...{ dest: files.certificate, keyDest: files.key, ...whose },
  }
  const client = {
    ...{ name: `client-${self.host}`, ca: etcdAuthority, cn: 'etcd-client', usages: ['client'] as const },
    ...{ dest: files.clientCertificate, keyDest: files.clientKey, notify: false as const, ...whose },
  }
  return {
    subject,
    folders,
    authorities: [{ name: etcdAuthority, dest: files.authority, ...whose }],
    certificates: [server, ...(files.clientCertificate === undefined ? [] : [client])],
  }
}

/** Whatever a member may be called by another or by a program beside it. */
const memberHosts = (members: readonly EtcdMember[]): string[] => [
  ...new Set([...members.flatMap(({ address, host, name }) => [address, host, name]), '127.0.0.1', 'localhost']),
]
