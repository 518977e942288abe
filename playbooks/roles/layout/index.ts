// layout: the folders that Kubernetes' components expect. Puts nothing into them.
import { role, task } from 'tsplay'
import { directory } from 'tsplay/modules'

export interface LayoutParams {
  binDir: string
  cfgDir: string
  pkiDir: string
  logDir: string
  /** Components that write logs on the host. */
  components: readonly string[]
}

/** Folders exist before whatever writes into them is started. */
export const layout = role<LayoutParams>({
  name: 'layout',
  tasks: ({ binDir, cfgDir, pkiDir, logDir, components }) => [
    folder(binDir),
    folder(cfgDir),
    folder(pkiDir, '0750'),
    folder(logDir),
    components.map((component) => folder(`${logDir}/${component}`)),
    folder('/opt/cni/bin'),
    folder('/etc/cni/net.d'),
  ],
})

const folder = (path: string, mode = '0755') => task(`folder ${path}`, directory({ path, mode }))
