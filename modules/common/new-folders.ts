// A folder that is made with all that it is in, where they are missing. What is there stays as it is.
import { type Prediction, will } from '../../engine/prediction.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type FileAttributes, resolveMode } from './file-attributes.ts'

/** Each folder that is made gets these attributes, mode 0755 where none is given. */
export const makeFolders = (path: string, attributes: FileAttributes): Script => {
  const { mode, owner, group } = newAttributes(attributes)
  return sh`_f=${plain(path)}; set --
while [ ! -d "$_f" ]; do set -- "$_f" "$@"; _f=\${_f%/*}; [ -n "$_f" ] || break; done
for _f do
  mkdir -m ${mode} -- "$_f"${owner === undefined ? sh.empty : sh` && chown -- ${owner} "$_f"`}${group === undefined ? sh.empty : sh` && chgrp -- ${group} "$_f"`}${/^0/.test(mode) ? sh.empty : sh` && chmod -- ${mode} "$_f"`} || exit 1
done`
}

/** What later probes find, given that `path` itself is missing. */
export const predictFolders = (path: string, attributes: FileAttributes): readonly Prediction[] => {
  const made = { type: 'directory' as const, ...newAttributes(attributes) }
  const missing = waysTo(plain(path)).map((folder): Prediction => {
    const prediction = will.be(folder, made)
    return { answer: (question, before) => (before === null ? prediction.answer(question, before) : before) }
  })
  return [...missing, will.be(plain(path), made)]
}

const newAttributes = ({ mode, ...owners }: FileAttributes) => ({
  ...owners,
  mode: resolveMode(mode ?? '0755', '0755', 'directory'),
})

const plain = (path: string): string => path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')

/** The folders that a path is in, the root left out. */
const waysTo = (path: string): string[] =>
  [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)).filter((folder) => folder !== '')
