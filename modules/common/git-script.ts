// Scripts that make a working copy, or bring one to another commit. They print `commit <the new one>`.
import path from 'node:path'
import { type Script, sh } from '../../engine/script.ts'
import { type GitAnswer, gitEnvironment, type WorkingCopy } from './git-probe.ts'

/** Clones beside the place and moves it there, so that a clone that is cut off leaves no half of one. */
export function cloneScript(params: WorkingCopy, answer: GitAnswer): Script {
  const { dest, repo, remote = 'origin', bare } = params
  const name = nameOf(answer)
  const flags = [
    '--quiet',
    ...(bare ? ['--bare'] : ['--origin', remote, '--no-checkout']),
    ...depthOf(params),
    ...(params.singleBranch === undefined ? [] : [params.singleBranch ? '--single-branch' : '--no-single-branch']),
    ...(name === undefined ? [] : ['--branch', name]),
  ]
  return sh`${gitEnvironment(params)}
umask 022
mkdir -p -- ${path.posix.dirname(dest)} || exit 1
_d=${dest}
_t=\${_d%/*}/.\${_d##*/}.tsplay.$$
trap 'rm -rf -- "$_t"' EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
git clone ${flags} -- ${repo} "$_t" || exit 1
cd -- "$_t" || exit 1
${bare ? sh`git config ${`remote.${remote}.url`} ${repo} || exit 1` : checkout(params, answer)}
if [ -d "$_d" ]; then rmdir -- "$_d" || exit 1; fi
cd / && mv -- "$_t" "$_d" || exit 1
printf 'commit %s\n' ${answer.wanted}`
}

/** Fetches what is wanted and no more than needed, then checks it out. */
export const updateScript = (params: WorkingCopy, answer: GitAnswer): Script => {
  const { dest, repo, remote = 'origin', bare, force } = params
  return sh`${gitEnvironment(params)}
umask 022
cd -- ${dest} || exit 1
if git config --get ${`remote.${remote}.url`} >/dev/null; then git remote set-url -- ${remote} ${repo}; else git remote add -- ${remote} ${repo}; fi || exit 1
${force ? sh`git reset --quiet --hard || exit 1` : sh.empty}
${bare ? fetchBare(params, answer) : checkout(params, answer)}
printf 'commit %s\n' ${answer.wanted}`
}

function checkout(params: WorkingCopy, answer: GitAnswer): Script {
  const { remote = 'origin', recursive = true } = params
  const { kind, ref, wanted } = answer
  const has = sh`git cat-file -e ${`${wanted}^{commit}`} 2>/dev/null`
  const fetch = ['fetch', '--quiet', '--force', ...depthOf(params), '--', remote]
  const branch = ref.replace(/^refs\/heads\//, '')
  const hard = params.force ? ['--force'] : []
  const tracking = `refs/remotes/${remote}/${branch}`
  const steps = {
    branch: sh`${has} && git update-ref ${tracking} ${wanted} || git ${fetch} ${`+${ref}:${tracking}`} || exit 1
git checkout --quiet ${hard} -B ${branch} ${wanted} -- || exit 1
git config ${`branch.${branch}.remote`} ${remote} && git config ${`branch.${branch}.merge`} ${ref} || exit 1`,
    tag: sh`${has} || git ${fetch} ${`+${ref}:${ref}`} || exit 1
git checkout --quiet ${hard} --detach ${wanted} -- || exit 1`,
    ref: sh`${has} || git ${fetch} ${ref} || exit 1
git checkout --quiet ${hard} --detach ${wanted} -- || exit 1`,
    // a server may refuse to give a commit by its number: then all that it has is fetched
    commit: sh`${has} || git ${fetch} ${wanted} 2>/dev/null || git fetch --quiet --force --tags -- ${remote} || exit 1
${has} || { printf '%s has no commit %s\n' ${params.repo} ${wanted} >&2; exit 1; }
git checkout --quiet ${hard} --detach ${wanted} -- || exit 1`,
  }
  return sh.join([
    steps[kind],
    recursive &&
      sh`if [ -f .gitmodules ]; then git submodule --quiet sync --recursive && git submodule --quiet update --init --recursive --force ${depthOf(params)} || exit 1; fi`,
  ])
}

/** All branches and tags; HEAD is moved to what is wanted. */
const fetchBare = (params: WorkingCopy, { kind, ref, wanted }: GitAnswer): Script => {
  const { remote = 'origin' } = params
  const head = kind === 'branch' ? sh`git symbolic-ref HEAD ${ref}` : sh`git update-ref --no-deref HEAD ${wanted}`
  return sh`git fetch --quiet --force --prune ${depthOf(params)} -- ${remote} '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' || exit 1
${head} || exit 1`
}

const depthOf = ({ depth }: WorkingCopy): string[] => (depth === undefined ? [] : ['--depth', String(depth)])

/** What `clone --branch` takes. */
const nameOf = ({ kind, ref }: GitAnswer): string | undefined =>
  kind === 'branch' || kind === 'tag' ? ref.replace(/^refs\/(heads|tags)\//, '') : undefined
