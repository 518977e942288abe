// bootstrap-token: what a new kubelet shows to be given a certificate. Made once and kept; knows no kubeconfig.
import path from 'node:path'
import { type Handler, role, task } from 'tsplay'
import { directory, randomSecret } from 'tsplay/modules'

/** A token of the control side's store. */
export interface BootstrapToken {
  /** What the store calls it. Hosts that give the same name share one token. */
  name: string
  /** `static`: 32 hex digits, for a file of the API server. `kubeadm`: `abcdef.0123456789abcdef`, for an object of the cluster. */
  form: 'static' | 'kubeadm'
}

export interface BootstrapTokenParams {
  /** The tokens; of the form `static` there is one, written to `dest`. */
  tokens: readonly BootstrapToken[]
  /** Absolute path of the API server's `--token-auth-file`, with mode 0600. Default: no file, as for tokens of kubeadm's form. */
  dest?: string
  /** User that a static token stands for. Default `kubelet-bootstrap`. */
  user?: string
  /** Number of that user. Default 10001. */
  uid?: number
  /** Group of that user. Default `system:kubelet-bootstrap`. */
  group?: string
  /** Owner of the file, who runs the API server. Default: who runs the tasks, root. */
  owner?: string
  /** Run when the file has changed: the API server reads it when it starts. Default: nothing. */
  notify?: Handler
}

/** The masters know the tokens with which kubelets ask for their certificates. Workers get no file of them. */
export const bootstrapToken = role<BootstrapTokenParams>({
  name: 'bootstrap-token',
  tasks: ({ tokens, dest, notify, owner, ...csv }) => {
    const { user = 'kubelet-bootstrap', uid = 10_001, group = 'system:kubelet-bootstrap' } = csv
    const file = {
      ...{ dest, text: `%s,${user},${uid},"${group}"\n`, mode: '0600' },
      ...(owner !== undefined && { owner }),
    }
    return tokens.map((token) =>
      token.form === 'static' && dest !== undefined
        ? [
            task(`folder ${path.posix.dirname(dest)}`, directory({ path: path.posix.dirname(dest), mode: '0755' })),
            task(
              `token ${token.name} in ${dest}`,
              randomSecret({ ...storedToken(token), ...file }),
              notify ? { notify } : {},
            ),
          ]
        : task(`token ${token.name}, in the store`, randomSecret(storedToken(token))),
    )
  },
})

/** The token in the control side's store: made once, by whichever role names it first. */
export const storedToken = ({ name, form }: BootstrapToken) =>
  form === 'static' ? { name, encoding: 'hex' as const, bytes: 16 } : { name, encoding: 'kubeadm' as const }
