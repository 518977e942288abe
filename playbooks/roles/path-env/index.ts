// path-env: shells that people open find the programs. Tasks call programs by their full path and do not need it.
import { role, task } from 'tsplay'
import { lineInFile, template } from 'tsplay/modules'

export interface PathEnvParams {
  /** Folders of programs. */
  binDirs: readonly string[]
  /** Full path of etcdctl and the flags that it is to be called with; left out where the host is no member. */
  etcdctl?: { readonly path: string; readonly flags: readonly string[] }
}

/**
 * Login shells have the folders in their PATH, and an alias for etcdctl that may ask every member. Lines that add the same
 * folders elsewhere, as often as some script was run, are taken out.
 */
export const pathEnv = role<PathEnvParams>({
  name: 'path-env',
  dir: import.meta.dirname,
  tasks: ({ binDirs, etcdctl }) => [
    task(
      'environment of login shells',
      template({
        src: 'tsplay-k8s.sh.ejs',
        dest: '/etc/profile.d/tsplay-k8s.sh',
        vars: { binDirs, alias: etcdctl ? [etcdctl.path, ...etcdctl.flags].join(' ') : '' },
        mode: '0644',
      }),
    ),
    binDirs.length > 0 &&
      task(
        'no such lines in /etc/profile',
        lineInFile({ path: '/etc/profile', regexp: addingLine(binDirs), state: 'absent' }),
      ),
  ],
})

/** A line that does nothing but add these folders to PATH: whoever wrote one with others in it meant more. */
export function addingLine(binDirs: readonly string[]): string {
  const dir = `(?:${binDirs.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`
  const path = '\\$(?:PATH|\\{PATH\\})'
  return `^\\s*(?:export\\s+)?PATH="?(?:${path}(?::${dir})+|(?:${dir}:)+${path})"?\\s*$`
}
