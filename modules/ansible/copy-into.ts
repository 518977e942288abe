// copy as an ad-hoc command: a destination that was meant as a folder does not become a file.
import path from 'node:path'
import { type AnyModule, TaskFailure } from '../../engine/module.ts'
import type { Writing, WrittenState } from '../common/written-file.ts'
import { copy } from '../copy.ts'

/**
 * `copy src=ca.pem dest=/opt/etcd/ssl` where there is no such folder would leave a file named ssl, and the next copy
 * would replace it. Nothing that is there says which was meant, so the name has to.
 */
export const copyInto: AnyModule = {
  ...copy.module,
  desired(input, actual) {
    const { kind, writing } = input as { kind: string; writing: Writing }
    if (kind === 'file') refuseUnclear(writing, actual as WrittenState)
    return copy.module.desired(input, actual)
  },
}

function refuseUnclear({ dest, inside }: Writing, { path: at, type, parent }: WrittenState): void {
  const name = path.posix.basename(dest)
  // where there is a folder, the file goes into it
  const isClear = inside === undefined || at !== dest || name === inside || dest.endsWith('/') || isFileName(name)
  if (isClear || type !== null || !parent) return
  throw new TaskFailure(
    `${dest} is not on the host: a folder for ${inside}, or ${inside} under another name?`,
    `a folder: make it first, -m file -a 'path=${dest} state=directory'; a file: ${dest}/${inside}, or -m file -a 'path=${dest} state=touch' first`,
  )
}

/** With an extension, other than that of folders such as sysctl.d. */
const isFileName = (name: string): boolean => /[^.]\.[^.]+$/.test(name) && !name.endsWith('.d')
