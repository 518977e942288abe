// What a host of a cluster gets of certificates, keys, tokens and kubeconfigs, and the roles that bring it there.
import type { TaskList } from 'tsplay'
import { type BootstrapTokenParams, bootstrapToken } from '../roles/bootstrap-token/index.ts'
import { type EncryptionConfigParams, encryptionConfig } from '../roles/encryption-config/index.ts'
import { type KubeconfigsParams, kubeconfigs } from '../roles/kubeconfigs/index.ts'
import { type PkiParams, pki } from '../roles/pki/index.ts'
import { type SaKeypairParams, saKeypair } from '../roles/sa-keypair/index.ts'
import type { ClusterView } from './cluster.ts'

/** What one host gets. What is not named it does not get. */
export interface HostCredentials {
  /** Certificates of Kubernetes. */
  readonly pki?: PkiParams
  /** Certificates of the etcd member on the host, which the role etcd installs. */
  readonly etcd?: PkiParams
  readonly saKeypair?: SaKeypairParams
  readonly bootstrapToken?: BootstrapTokenParams
  readonly encryptionConfig?: EncryptionConfigParams
  readonly kubeconfigs?: KubeconfigsParams
}

/** A documented system: what the host of that name gets in such a cluster. A pure function. */
export type CredentialsOf = (cluster: ClusterView, host: string) => HostCredentials

/** The roles for it. Certificates come first: kubeconfigs are made of them. */
export const credentials = (own: HostCredentials): TaskList => [
  own.pki && pki(own.pki),
  own.saKeypair && saKeypair(own.saKeypair),
  own.bootstrapToken && bootstrapToken(own.bootstrapToken),
  own.encryptionConfig && encryptionConfig(own.encryptionConfig),
  own.kubeconfigs && kubeconfigs(own.kubeconfigs),
]
