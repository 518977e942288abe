// What a host's git says of a working copy and of its remote, in one script. Writes nothing, not even git's index.
import path from 'node:path'
import type { Prediction } from '../../engine/prediction.ts'
import { map, type Probe, type ScriptAnswer, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh, showScript } from '../../engine/script.ts'
import { asksWith } from './will-answer.ts'

/** Where a working copy is, of what, and how its remote is reached: what the module's own parameters say. */
export interface WorkingCopy {
  readonly repo: string
  readonly dest: string
  readonly version?: string
  readonly remote?: string
  readonly depth?: number
  readonly singleBranch?: boolean
  readonly recursive?: boolean
  readonly force?: boolean
  readonly update?: boolean
  readonly clone?: boolean
  readonly bare?: boolean
  readonly keyFile?: string
  readonly acceptNewHostKey?: boolean
}

/** A working copy and what its remote has. */
export interface GitAnswer {
  /** The commit that is checked out; null where there is no repository, or no commit in it. */
  readonly head: string | null
  readonly remote: string | null
  readonly changes: readonly string[]
  readonly submodules: 'as recorded' | 'others'
  /** Whether something else is at the place. */
  readonly occupied: boolean
  /** The commit that the version means now. */
  readonly wanted: string
  /** What the version is. */
  readonly kind: 'branch' | 'tag' | 'commit' | 'ref'
  /** Full name of a branch, tag or other ref; the commit itself. */
  readonly ref: string
  readonly failure: string | undefined
  readonly hint: string | undefined
}

const isCommit = (version: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(version)

/** How git reaches the remote: it asks nobody, neither for passwords nor for host keys. */
export const gitEnvironment = ({ keyFile, acceptNewHostKey }: WorkingCopy): Script => {
  const ssh = [
    'ssh -o BatchMode=yes',
    acceptNewHostKey && '-o StrictHostKeyChecking=accept-new',
    keyFile !== undefined && `-o IdentitiesOnly=yes -i '${keyFile.replaceAll("'", `'\\''`)}'`,
  ]
  const wanted = keyFile !== undefined || acceptNewHostKey
  return sh.join([
    sh`LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0; export LC_ALL GIT_TERMINAL_PROMPT GIT_OPTIONAL_LOCKS
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE`,
    wanted
      ? sh`GIT_SSH_COMMAND=${ssh.filter(Boolean).join(' ')}; export GIT_SSH_COMMAND`
      : sh`: "\${GIT_SSH_COMMAND:=ssh -o BatchMode=yes}"; export GIT_SSH_COMMAND`,
  ])
}

/** Lines `key value`; the remote is not asked where the answer could change nothing. */
const gitScript = (params: WorkingCopy) => {
  const { repo, dest, version, remote = 'origin', bare = false, recursive = true, update = true, clone = true } = params
  const looks = version === undefined ? ['HEAD'] : namesOf(version)
  const known = version !== undefined && isCommit(version)
  return script(
    sh`${mark(dest)}
command -v git >/dev/null 2>&1 || { echo 'missing git'; exit 0; }
${gitEnvironment(params)}
_there=
if [ -e ${bare ? `${dest}/HEAD` : `${dest}/.git`} ]; then
  _there=1
  GIT_CEILING_DIRECTORIES=${path.posix.dirname(dest)}; export GIT_CEILING_DIRECTORIES
  cd -- ${dest} || exit 1
  _e=$(git rev-parse --git-dir 2>&1) || { printf 'broken %s\n' "$_e"; exit 0; }
  _h=$(git rev-parse -q --verify 'HEAD^{commit}' 2>/dev/null) && printf 'head %s\n' "$_h"
  printf 'remote %s\n' "$(git config --get ${`remote.${remote}.url`})"
  ${bare ? sh.empty : sh`git status --porcelain --untracked-files=no --ignore-submodules=all 2>/dev/null | sed 's/^/change /'`}
  ${
    bare || !recursive
      ? sh.empty
      : sh`if [ -f .gitmodules ] && git submodule status --recursive 2>/dev/null | grep -q '^[-+U]'; then echo submodules; fi`
  }
elif [ -d ${dest} ]; then
  for _p in ${dest}/* ${dest}/.[!.]* ${dest}/..?*; do if [ -e "$_p" ] || [ -L "$_p" ]; then echo occupied; break; fi; done
elif [ -e ${dest} ] || [ -L ${dest} ]; then echo occupied; fi
if [ -n "$_there" ]; then [ ${update ? 1 : 0} = 1 ] || exit 0; else [ ${clone ? 1 : 0} = 1 ] || exit 0; fi
${
  known
    ? sh`printf 'wanted %s\n' ${version}`
    : sh`_r=$(git ls-remote ${version === undefined ? ['--symref'] : []} -- ${repo} ${looks} 2>&1); _c=$?
# before git 2.8 nobody tells which branch is the main one
if [ $_c -eq 129 ]; then _r=$(git ls-remote -- ${repo} ${looks} 2>&1); _c=$?; fi
[ $_c -eq 0 ] || { printf '%s\n' "$_r" | sed 's/^/unreachable /'; exit 0; }
printf '%s\n' "$_r" | sed 's/^/remote-has /'`
}
:`,
    { reads: [fileResource(dest), ...(repo.startsWith('/') ? [fileResource(repo)] : [])] },
  )
}

export const gitProbe = (params: WorkingCopy): Probe<GitAnswer> =>
  map(gitScript(params), ({ stdout }) => readAnswer(params, stdout))

/** Whatever is asked about this working copy: it is at this commit, as that commit is. */
export const workingCopyWillBe = ({ repo, dest }: WorkingCopy, { wanted }: GitAnswer): Prediction => ({
  answer(question, before) {
    if (!asksWith(question, `${showScript(mark(dest))}\n`)) return before
    const { code, stdout } = before as ScriptAnswer
    const kept = stdout
      .split('\n')
      .filter((line) => !/^(head|remote|change|submodules|occupied|broken)( |$)/.test(line))
    return { code, stdout: [`head ${wanted}`, `remote ${repo}`, ...kept].join('\n') }
  },
})

/** How the question begins, by which it is known. */
const mark = (dest: string): Script => sh`: the working copy ${dest}`

/** A tag that has an object of its own is followed to its commit. */
const namesOf = (version: string): string[] =>
  version.startsWith('refs/') || version === 'HEAD'
    ? [version]
    : [`refs/heads/${version}`, `refs/tags/${version}`, `refs/tags/${version}^{}`]

function readAnswer(params: WorkingCopy, stdout: string): GitAnswer {
  const lines = stdout.split('\n').map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1)] as const)
  const all = (key: string) => lines.filter(([each]) => each === key).map(([, value]) => value)
  const found = {
    head: all('head')[0] ?? null,
    remote: all('remote')[0] ?? null,
    changes: all('change').map((change) => change.slice(3)),
    submodules: all('submodules').length > 0 ? ('others' as const) : ('as recorded' as const),
    occupied: all('occupied').length > 0,
    failure: undefined,
    hint: undefined,
  }
  const nothing = { wanted: '', kind: 'commit' as const, ref: '' }
  if (all('missing').length > 0)
    return { ...found, ...nothing, failure: 'the host has no git', hint: "install it first: package({ name: 'git' })" }
  if (all('broken').length > 0)
    return { ...found, ...nothing, failure: all('broken').join(' '), hint: ownerHint(all('broken').join(' ')) }
  if (all('unreachable').length > 0)
    return {
      ...found,
      ...nothing,
      failure: `${params.repo} cannot be read: ${all('unreachable').join('; ')}`,
      hint: accessHint(all('unreachable').join(' ')),
    }
  if (all('wanted').length > 0) return { ...found, wanted: all('wanted')[0]!, kind: 'commit', ref: all('wanted')[0]! }
  const isAsked = (found.remote ?? found.head) === null ? params.clone !== false : params.update !== false
  if (!isAsked) return { ...found, ...nothing }
  const version = resolve(params, all('remote-has'))
  if (version) return { ...found, ...version }
  const wanted = params.version ?? 'HEAD'
  return {
    ...found,
    ...nothing,
    failure: `${params.repo} has no branch or tag '${wanted}'`,
    hint: /^[0-9a-f]{4,39}$/.test(wanted)
      ? 'a commit is given with all of its 40 digits'
      : 'git ls-remote shows what there is',
  }
}

/** What the version means, given `commit<TAB>ref` and `ref: name<TAB>HEAD`. A branch goes before a tag of the same name. */
function resolve(
  { version = 'HEAD' }: WorkingCopy,
  answers: readonly string[],
): Pick<GitAnswer, 'wanted' | 'kind' | 'ref'> | undefined {
  const refs = new Map(answers.map((line) => line.split('\t')).map(([value = '', ref = '']) => [ref, value]))
  const commits = new Map(
    answers.filter((line) => !line.startsWith('ref: ')).map((line) => line.split('\t').reverse() as [string, string]),
  )
  const main = answers
    .find((line) => line.startsWith('ref: '))
    ?.slice(5)
    .split('\t')[0]
  if (version === 'HEAD') {
    const wanted = commits.get('HEAD')
    return wanted === undefined
      ? undefined
      : { wanted, ...(main ? { kind: 'branch', ref: main } : { kind: 'ref', ref: 'HEAD' }) }
  }
  const [branch, tag] = [`refs/heads/${version}`, `refs/tags/${version}`]
  if (refs.has(branch)) return { wanted: commits.get(branch)!, kind: 'branch', ref: branch }
  const tagged = commits.get(`${tag}^{}`) ?? commits.get(tag)
  if (tagged !== undefined) return { wanted: tagged, kind: 'tag', ref: tag }
  const other = commits.get(version)
  return other === undefined
    ? undefined
    : { wanted: other, kind: version.startsWith('refs/heads/') ? 'branch' : 'ref', ref: version }
}

const ownerHint = (message: string): string | undefined =>
  /dubious ownership/.test(message) ? 'run the task as its owner: becomeUser' : undefined

function accessHint(message: string): string | undefined {
  if (/Host key verification failed/.test(message)) return 'acceptNewHostKey: true, or knownHosts first'
  if (/Permission denied|could not read Username|Authentication failed/.test(message))
    return "keyFile names the private key; for https a credential helper of the host's git has the password"
  return undefined
}
