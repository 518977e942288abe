// The script that asks a repository of yum's for its metadata before the host has it. Which file it is for, it does not know.
import { contentOf } from '../../engine/content.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type RepoOptions, sectionText } from './repo-section.ts'

/**
 * Fails where the repository does not answer. It is asked by itself, from a folder of its own: neither what is wrong elsewhere
 * nor a run that ends here makes a difference. What was fetched stays in yum's cache.
 */
export const answered = (id: string, options: RepoOptions, secret: boolean): Script => sh`(
_r=$(mktemp -d) || exit 1
trap 'rm -rf -- "$_r"' EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
${contentOf(sectionText(id, options), { secret })} > "$_r/asked.repo" || exit 1
_y=yum; command -v yum > /dev/null 2>&1 || _y=dnf
_said=$("$_y" -y -q --setopt=reposdir="$_r" --disablerepo='*' --enablerepo=${id} makecache 2>&1) && exit 0
printf 'the repository %s does not answer, so the host keeps those that it had: %s\n' ${id} "$_said" >&2
exit 1
) || exit 1`
