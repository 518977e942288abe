// git: a working copy of a repository at a commit. Compares what is checked out with what the remote says.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { map } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type GitAnswer, gitProbe, workingCopyWillBe } from './common/git-probe.ts'
import { cloneScript, updateScript } from './common/git-script.ts'
import { hasPassword } from './common/host-download.ts'
import { filePathParam } from './common/names.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `git`. */
export interface GitParams {
  /** Address of the repository: `https://…`, `ssh://…`, `user@host:path`, or a path on the host. */
  repo: string
  /** The working copy, an absolute path. The folders on the way to it are made. */
  dest: string
  /** A branch, a tag, a commit of all 40 digits, or a full name (`refs/pull/1/head`). Default: the remote's main branch. */
  version?: string
  /** What the remote is called. Default `origin`. */
  remote?: string
  /** Fetch no more than this many commits of the history. Default: all. */
  depth?: number
  /** Fetch the one branch that is wanted only. Default: with `depth`. */
  singleBranch?: boolean
  /** Check out submodules as well. Default true. */
  recursive?: boolean
  /** Throw away changes that were made to files of the working copy. Default false: they are a failure. */
  force?: boolean
  /** False: a working copy that is there is left as it is, and nobody is asked. Default true. */
  update?: boolean
  /** False: where there is no working copy none is made. Default true. */
  clone?: boolean
  /** A repository without a working copy. Default false. */
  bare?: boolean
  /** A private key on the host for ssh, an absolute path. Default: what ssh takes. */
  keyFile?: string
  /** Trust the host key of a server that is met for the first time. Default false: that is a failure. */
  acceptNewHostKey?: boolean
}

/** A working copy. */
export interface GitState {
  /** The commit that is checked out; null where there is none yet. */
  readonly commit: string | null
  /** The remote's address. */
  readonly remote: string | null
  /** Files that differ from the commit, those that git does not know left out. */
  readonly changes: readonly string[]
  /** Whether submodules are at the commits that this one names. */
  readonly submodules: 'as recorded' | 'others'
}

/** What `register` receives. */
export interface GitResult {
  /** The commit before; null where there was no working copy. */
  readonly before: string | null
  /** The commit now. */
  readonly after: string | null
}

type State = GitState & { readonly answer: GitAnswer }

const refName = /^(?!-)(?!.*(\.\.|\/\/|@\{|\.lock$|\/$|\.$))[^\s~^:?*[\\\0-\x1f]+$/

/**
 * A repository is checked out at a branch, a tag or a commit. The remote is asked each time, unless the version is a commit
 * that is there already.
 *
 * @example a tag, without the history
 * ```ts
 * task('kube-prometheus', git({
 *   repo: 'https://github.com/prometheus-operator/kube-prometheus.git',
 *   dest: '/opt/kube-prometheus',
 *   version: 'v0.13.0',
 *   depth: 1,
 * }))
 * ```
 * @example a private repository, and what follows from a new commit
 * ```ts
 * task('site', git({ repo: 'git@git.example.com:web/site.git', dest: '/srv/site', keyFile: '/root/.ssh/deploy' })).register(
 *   ({ before, after }) => [before !== after && task('build', command({ cmd: ['make', 'site'], chdir: '/srv/site' }))],
 * )
 * ```
 */
export const git = defineModule<GitParams, State | null, GitResult>({
  name: 'git',
  params: z
    .strictObject({
      repo: z
        .string()
        .regex(/^(\/|[A-Za-z][A-Za-z0-9+.-]*:\/\/|[A-Za-z0-9_][^/:]*:)[^\0-\x1f]*$/, {
          error: (issue) =>
            `${JSON.stringify(issue.input)} is neither the address of a repository nor an absolute path`,
        })
        .refine((repo) => !hasPassword(repo), {
          error: 'a password in the address would stand in .git/config and in the list of processes',
        }),
      dest: filePathParam,
      version: z
        .string()
        .regex(refName, {
          error: (issue) => `${JSON.stringify(issue.input)} is not the name of a branch, a tag or a commit`,
        })
        .optional(),
      remote: z
        .string()
        .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, { error: 'is the name of a remote' })
        .optional(),
      depth: z.int().min(1).optional(),
      singleBranch: z.boolean().optional(),
      recursive: z.boolean().optional(),
      force: z.boolean().optional(),
      update: z.boolean().optional(),
      clone: z.boolean().optional(),
      bare: z.boolean().optional(),
      keyFile: pathParam.optional(),
      acceptNewHostKey: z.boolean().optional(),
    })
    .refine(({ bare, force, recursive }) => !bare || !(force || recursive), {
      error: 'there are no files in a bare repository: force and recursive mean nothing to it',
      path: ['bare'],
    }),
  subject: ({ dest }) => dest,
  probe: (params) => map(gitProbe(params), (answer) => stateOf(answer)),
  desired(params, actual) {
    const answer = actual?.answer
    if (answer?.failure !== undefined) throw new TaskFailure(answer.failure, answer.hint)
    if (actual === null || answer === undefined) throw new TaskFailure(`${params.dest} could not be looked at`)
    const exists = actual.commit !== null || actual.remote !== null
    if (exists ? params.update === false : params.clone === false) return {}
    if (!exists && answer.occupied)
      throw new TaskFailure(
        `${params.dest} is not a git repository, and not empty`,
        'another folder, or remove it first: file({ path, state: "absent" })',
      )
    if (actual.changes.length > 0 && !params.force)
      throw new TaskFailure(
        `${params.dest} has local changes: ${shortened(actual.changes)}`,
        'force: true throws them away',
      )
    return {
      commit: answer.wanted,
      remote: params.repo,
      ...(params.force && { changes: [] }),
      ...(params.recursive !== false && !params.bare && { submodules: 'as recorded' as const }),
    }
  },
  apply: (params, { from }) =>
    from === null || (from.commit === null && from.remote === null)
      ? cloneScript(params, from!.answer)
      : updateScript(params, from.answer),
  result: (_params, actual, output) => ({
    before: actual?.commit ?? null,
    after: (output ? /^commit ([0-9a-f]+)$/m.exec(output.stdout)?.[1] : undefined) ?? actual?.commit ?? null,
  }),
  touches: ({ dest }) => [fileResource(dest)],
  predict: (params, { from }) =>
    from ? [will.be(params.dest, { type: 'directory' }), workingCopyWillBe(params, from.answer)] : [],
})

const stateOf = (answer: GitAnswer): State => ({
  commit: answer.head,
  remote: answer.remote,
  changes: answer.changes,
  submodules: answer.submodules,
  answer,
})

const shortened = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
