// sa-keypair: the keys that service account tokens are signed and verified with, the same on every master. Not a CA's key.
import { type Handler, role, task } from 'tsplay'
import { directory, rsaKeypair } from 'tsplay/modules'

export interface SaKeypairParams {
  /** What the control side's store calls the pair. Default `sa`. */
  name?: string
  /** Absolute path of the folder on the host. */
  dir: string
  /** Mode of the folder. Default `0750`. */
  dirMode?: string
  /** Owner of the files, who runs the API server and the controller manager, and of the folder. Default: who runs the tasks, root. */
  owner?: string
  /** Run when a file has changed: whoever has it loaded. Default: nothing. */
  notify?: Handler
}

/** A master has `sa.key` (0600) and `sa.pub` in the folder: made once, since every token that is in use depends on it. */
export const saKeypair = role<SaKeypairParams>({
  name: 'sa-keypair',
  tasks: ({ name = 'sa', dir, dirMode = '0750', owner, notify }) => {
    const whose = owner === undefined ? {} : { owner }
    return [
      task(`folder ${dir}`, directory({ path: dir, mode: dirMode, ...whose })),
      task(
        'keys of service accounts',
        rsaKeypair({ name, private: `${dir}/sa.key`, public: `${dir}/sa.pub`, ...whose }),
        notify ? { notify } : {},
      ),
    ]
  },
})
