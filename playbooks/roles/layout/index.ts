// layout: the folders that Kubernetes' components expect. Puts nothing into them.
import { role, task } from 'tsplay'
import { directory } from 'tsplay/modules'

export interface LayoutParams {
  binDir: string
  cfgDir: string
  pkiDir: string
  logDir: string
  /** Components that have a folder of logs on the host. Default: none, they share the one there is. */
  components?: readonly string[]
  /** Who writes certificates, configuration and logs. Programs are root's in any case. Default: root. */
  owner?: string
  /** Folders besides. Default: none. */
  also?: readonly { readonly path: string; readonly mode: string; readonly owner?: string }[]
}

/** Folders exist before whatever writes into them is started. */
export const layout = role<LayoutParams>({
  name: 'layout',
  tasks: ({ binDir, cfgDir, pkiDir, logDir, components = [], owner, also = [] }) => [
    // whoever could change a program could have root run it
    folder(binDir),
    folder(cfgDir, '0755', owner),
    folder(pkiDir, '0750', owner),
    folder(logDir, '0755', owner),
    components.map((component) => folder(`${logDir}/${component}`, '0755', owner)),
    folder('/opt/cni/bin'),
    folder('/etc/cni/net.d'),
    also.map(({ path, mode, owner: own }) => folder(path, mode, own)),
  ],
})

const folder = (path: string, mode = '0755', owner?: string) =>
  task(`folder ${path}`, directory({ path, mode, ...(owner !== undefined && { owner }) }))
