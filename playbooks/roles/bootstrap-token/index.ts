// bootstrap-token: what a new kubelet shows to be given a certificate. Made once and kept; knows no kubeconfig.
import path from 'node:path'
import { type Handler, role, task } from 'tsplay'
import { directory, randomSecret, template } from 'tsplay/modules'

/** A token of the control side's store. */
export interface BootstrapToken {
  /** What the store calls it. Hosts that give the same name share one token. */
  name: string
  /** `static`: 32 hex digits, for a file of the API server. `kubeadm`: `abcdef.0123456789abcdef`, for an object of the cluster. */
  form: 'static' | 'kubeadm'
}

export interface BootstrapTokenParams {
  /** The tokens. Those of the form `static` are written to `dest`. */
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
  dir: import.meta.dirname,
  tasks: ({ tokens, dest, notify, owner, ...csv }) => {
    const { user = 'kubelet-bootstrap', uid = 10_001, group = 'system:kubelet-bootstrap' } = csv
    return [
      dest !== undefined &&
        task(`folder ${path.posix.dirname(dest)}`, directory({ path: path.posix.dirname(dest), mode: '0755' })),
      tokens.map((token) => {
        const made = task(`token ${token.name}`, randomSecret({ name: token.name, ...tokenForms[token.form] }))
        if (token.form !== 'static' || dest === undefined) return made
        return made.register(({ value }) => [
          task(
            `tokens of the API server, ${dest}`,
            template({
              src: 'token.csv.ejs',
              dest,
              vars: { token: value, user, uid, group },
              mode: '0600',
              ...(owner !== undefined && { owner }),
            }),
            notify ? { notify } : {},
          ),
        ])
      }),
    ]
  },
})

/** How a token of each form is made. */
export const tokenForms = {
  static: { encoding: 'hex', bytes: 16 },
  kubeadm: { encoding: 'kubeadm' },
} as const
