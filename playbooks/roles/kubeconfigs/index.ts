// kubeconfigs: how components and people reach the API server, with certificates or a token in the file itself.
import path from 'node:path'
import { type Handler, role, task } from 'tsplay'
import { kubeconfig, randomSecret } from 'tsplay/modules'
import { type BootstrapToken, storedToken } from '../bootstrap-token/index.ts'
import { type Certificate, type CertificateSubject, type Folder, pki } from '../pki/index.ts'

/** A kubeconfig on the host. */
export interface KubeconfigFile {
  /** Absolute path. */
  dest: string
  /** What the user is called in the file. */
  user: string
  /** What the context is called in the file. */
  context: string
  /** Who the user is: a certificate, which with its key goes into the file, or a token. */
  credential: { certificate: ClientCertificate } | { token: BootstrapToken }
  /** True: other clusters, users and contexts in the file stay, as people have them. Default false. */
  shared?: boolean
  /** Owner of the file, who runs the component. Default: who runs the tasks, root. */
  owner?: string
  /** Run when the file has changed: the component. Default: nothing. */
  notify?: Handler
}

/** A certificate signed by the cluster's authority; the control side's store keeps it. */
export type ClientCertificate = Pick<Certificate, 'name' | 'cn' | 'o' | 'ou' | 'hosts' | 'usages'>

export interface KubeconfigsParams {
  /** Name of the cluster's authority in the control side's store. */
  authority: string
  /** What the subjects of all certificates have in common. Default: nothing. */
  subject?: CertificateSubject
  /** URL of the API: that of the load balancer, not of one API server. */
  server: string
  /** What the cluster is called in the files. Default `kubernetes`. */
  cluster?: string
  /** Folders that are made first. Default: that of each file, 0755. */
  folders?: readonly Folder[]
  /** The files, each 0600. */
  files: readonly KubeconfigFile[]
}

/** The host has its kubeconfigs. No kubectl is needed, and a file that says the same in other words is left as it is. */
export const kubeconfigs = role<KubeconfigsParams>({
  name: 'kubeconfigs',
  tasks: ({ authority, subject, server, cluster = 'kubernetes', files, folders = foldersOf(files) }) => [
    pki({
      subject,
      folders,
      authorities: [{ name: authority }],
      certificates: files.flatMap(({ credential }) =>
        'certificate' in credential ? [{ ...credential.certificate, ca: authority }] : [],
      ),
    }),
    files.map(({ dest, user, context, credential, shared = false, owner, notify }) => {
      const isToken = 'token' in credential
      return [
        isToken && task(`token of ${user}`, randomSecret(storedToken(credential.token))),
        task(
          `kubeconfig ${dest}`,
          kubeconfig({
            ...{ dest, server, cluster, user, context, merge: shared, ca: { store: authority } },
            ...(isToken
              ? { token: { store: credential.token.name } }
              : { clientCert: { store: `${authority}/${credential.certificate.name}` } }),
            ...(owner !== undefined && { owner }),
          }),
          notify ? { notify } : {},
        ),
      ]
    }),
  ],
})

const foldersOf = (files: readonly KubeconfigFile[]): Folder[] =>
  [...new Set(files.map(({ dest }) => path.posix.dirname(dest)))].map((dir) => ({ path: dir, mode: '0755' }))
