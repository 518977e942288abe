// encryption-config: how API servers encrypt secrets in etcd. One key for all masters, made once: another could not read them.
import path from 'node:path'
import { type Handler, role, TsplayError, task } from 'tsplay'
import { directory, randomSecret } from 'tsplay/modules'

export interface EncryptionConfigParams {
  /** Absolute path on the host. */
  dest: string
  /** Version of Kubernetes, `1.18.3`: it decides what the file's kind is called. */
  kubernetesVersion: string
  /** What the control side's store calls the key. Default `etcd-encryption`. */
  name?: string
  /** What the file calls the key; etcd's records begin with it, so it stays. Default `key1`. */
  keyName?: string
  /** Owner of the file, who runs the API server. Default: who runs the tasks, root. */
  owner?: string
  /** Run when the file has changed: the API server. Default: nothing. */
  notify?: Handler
}

/** A master's API server can encrypt secrets, and read what the others have encrypted. */
export const encryptionConfig = role<EncryptionConfigParams>({
  name: 'encryption-config',
  tasks: ({ dest, kubernetesVersion, name = 'etcd-encryption', keyName = 'key1', owner, notify }) => [
    task(`folder ${path.posix.dirname(dest)}`, directory({ path: path.posix.dirname(dest), mode: '0755' })),
    task(
      'configuration of the encryption',
      randomSecret({
        ...{ name, encoding: 'base64', bytes: 32, dest, mode: '0600' },
        text: configFor(kubernetesVersion, keyName),
        ...(owner !== undefined && { owner }),
      }),
      notify ? { notify } : {},
    ),
  ],
})

/** The file, `%s` standing for the key. What is not encrypted yet can still be read. */
export const configFor = (version: string, keyName: string): string => `# Managed by tsplay: changes made here are lost.
kind: ${kindFor(version).kind}
apiVersion: ${kindFor(version).apiVersion}
resources:
  - resources:
      - secrets
    providers:
      - aescbc:
          keys:
            - name: ${keyName}
              secret: %s
      - identity: {}
`

/** The file's kind got another name and a group with Kubernetes 1.13. @throws TsplayError for what is no version */
function kindFor(version: string): { kind: string; apiVersion: string } {
  const [, minor] = /^v?1\.(\d+)(\.|$)/.exec(version) ?? []
  if (minor === undefined) throw new TsplayError(`'${version}' is no version of Kubernetes, such as 1.18.3`)
  return Number(minor) < 13
    ? { kind: 'EncryptionConfig', apiVersion: 'v1' }
    : { kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1' }
}
