// The script that writes files of apt's sources, and puts them back where apt cannot fetch their lists. What is in them, it does not know.
import type { Content } from '../../engine/content.ts'
import { type Script, sh } from '../../engine/script.ts'
import { aptPrelude } from './apt-script.ts'
import { writeConfigFile } from './config-file.ts'

/** Files, and what is to be in them; null where there is to be none. */
export type SourceWrites = readonly (readonly [file: string, to: Content | null])[]

/** Writes or removes the files. With `updateCache` the lists are refreshed, and the files are as before where that fails. */
export const writeSources = (files: SourceWrites, { updateCache }: { updateCache: boolean }): Script =>
  updateCache ? writeAndUpdate(files) : sh.join(files.map(([file, to]) => writeOrRemove(file, to)))

const writeOrRemove = (file: string, to: Content | null): Script =>
  to ? writeConfigFile(file, to) : sh`rm -f -- ${file} || exit 1`

/** A repository whose lists cannot be fetched would break every later installation: then the files are put back. */
const writeAndUpdate = (files: SourceWrites): Script => sh`(
_keep=$(mktemp -d) || exit 1
trap 'rm -rf -- "$_keep"' EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
${sh.join(files.map(([file], index) => sh`if [ -e ${file} ]; then cp -p -- ${file} "$_keep/"${index} || exit 1; fi`))}
${sh.join(files.map(([file, to]) => writeOrRemove(file, to)))}
${aptPrelude({ listsAge: undefined, lockTimeout: 60 }, false)}
if _apt update -o APT::Update::Error-Mode=any; then touch /var/lib/apt/lists; exit 0; fi
${sh.join(files.map(([file], index) => sh`if [ -e "$_keep/"${index} ]; then cp -p -- "$_keep/"${index} ${file}; else rm -f -- ${file}; fi`))}
printf 'the package lists could not be refreshed, so the sources are as they were\n' >&2
exit 100
) || exit $?`
