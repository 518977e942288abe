// path-env: shells that people open find the programs. Tasks call programs by their full path and do not need it.
import { role, task } from 'tsplay'
import { lineInFile, template } from 'tsplay/modules'
import { loginPath } from './login-path.ts'

export interface PathEnvParams {
  /** Folders of programs. */
  binDirs: readonly string[]
  /** Folders that scripts may have added, and that hold no programs here: their lines go, too. Default: none. */
  formerDirs?: readonly string[]
  /**
   * Full path of etcdctl and the flags that it is to be called with; `flags2`, of its second version, where members serve that.
   * Left out where the host is no member.
   */
  etcdctl?: { readonly path: string; readonly flags: readonly string[]; readonly flags2?: readonly string[] }
}

/**
 * Login shells have the folders in their PATH, and an alias for etcdctl that may ask every member. Lines that add the same
 * folders elsewhere, as often as some script was run, are taken out, and the one in root's .bashrc with the PATH of whoever ran
 * that script. A profile that does not read its folder any more is a failure.
 */
export const pathEnv = role<PathEnvParams>({
  name: 'path-env',
  dir: import.meta.dirname,
  tasks({ binDirs, formerDirs = [], etcdctl }) {
    const all = [...new Set([...binDirs, ...formerDirs])]
    const { path = '', flags = [], flags2 } = etcdctl ?? {}
    return [
      task(
        'environment of login shells',
        template({
          src: 'tsplay-k8s.sh.ejs',
          dest: '/etc/profile.d/tsplay-k8s.sh',
          vars: {
            binDirs,
            alias: etcdctl ? [path, ...flags].join(' ') : '',
            alias2: flags2 ? [path, ...flags2].join(' ') : '',
          },
          mode: '0644',
        }),
      ),
      all.length > 0 && [
        task(
          'no such lines in /etc/profile',
          lineInFile({ path: '/etc/profile', regexp: addingLine(all), state: 'absent' }),
        ),
        task(
          "no other's PATH in /root/.bashrc",
          lineInFile({ path: '/root/.bashrc', regexp: frozenLine(all), state: 'absent' }),
        ),
      ],
      binDirs.length > 0 && task('login shells find them', loginPath({ dirs: [...binDirs] })),
    ]
  },
})

/** A line that does nothing but add these folders to PATH: whoever wrote one with others in it meant more. */
export function addingLine(binDirs: readonly string[]): string {
  const dir = anyOf(binDirs)
  const path = '\\$(?:PATH|\\{PATH\\})'
  return `^\\s*(?:export\\s+)?PATH="?(?:${path}(?::${dir})+|(?:${dir}:)+${path})"?\\s*$`
}

/** One of these folders before a PATH that was that of some shell when the line was written, and is nobody's now. */
export const frozenLine = (binDirs: readonly string[]): string =>
  `^\\s*(?:export\\s+)?PATH=(["']?)${anyOf(binDirs)}(?::/[^\\s:"'$\`]*)+\\1\\s*$`

const anyOf = (dirs: readonly string[]): string =>
  `(?:${dirs.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`
