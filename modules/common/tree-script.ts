// The script that writes a folder: folders first, all new files as one stream, each renamed into its place, then attributes.
import path from 'node:path'
import type { Change, SourceEntry } from '../../engine/module.ts'
import { type Script, sh } from '../../engine/script.ts'
import { tarOf } from './tar.ts'
import { wordChunks } from './word-chunks.ts'
import type { TreeEntryState, TreeState, TreeWriting } from './written-tree.ts'

type FileEntry = Extract<SourceEntry, { type: 'file' }>

/** One entry with its state before and after. */
interface Step {
  readonly entry: SourceEntry
  readonly from: TreeEntryState | null
  readonly to: TreeEntryState
  /** A new inode takes its place. */
  readonly written: boolean
}

/** Few processes, however many files. A file changes at once or not at all; the tree does not. */
export function treeScript(writing: TreeWriting, { from, to }: Change<TreeState>): Script {
  const wanted = (to?.entries ?? {}) as Readonly<Record<string, TreeEntryState>>
  const steps = writing.entries.map((entry) => stepOf(entry, from.entries[entry.path] ?? null, wanted[entry.path]!))
  const made = steps.filter((step) => step.entry.type === 'directory' && step.from === null)
  const files = steps.filter((step) => step.written && step.entry.type === 'file')
  const links = steps.filter((step) => step.written && step.entry.type === 'link')
  return sh.join(
    [
      ...wordChunks(made.map(pathOf)).map((paths) => sh`mkdir -p -- ${paths}`),
      ...(files.length === 0 ? [] : sendFiles(writing, files, from.tar)),
      ...links.map((step) => sh`ln -sfn -- ${step.to.target ?? ''} ${step.entry.path}`),
      // the mode comes last: changing the owner clears set-id bits
      ...attributeScripts('chown', steps, ({ from, to, written }) => newValue('owner', from, to, written)),
      ...attributeScripts('chgrp', steps, ({ from, to, written }) => newValue('group', from, to, written)),
      ...attributeScripts('chmod', steps, newMode),
    ].map((script) => sh`${script} || exit 1`),
  )
}

function stepOf(entry: SourceEntry, from: TreeEntryState | null, to: TreeEntryState): Step {
  const differs =
    entry.type === 'file'
      ? to.content != null && (from?.type !== 'file' || from.content?.sha256 !== to.content.sha256)
      : entry.type === 'link' && to.target !== undefined && (from?.type !== 'link' || from.target !== to.target)
  return { entry, from, to, written: differs }
}

const pathOf = ({ entry }: Step): string => entry.path

const modeOf = ({ from, to }: Step): string => to.mode ?? (from?.type === 'file' ? from.mode : undefined) ?? '0644'

/** A file that is replaced keeps its owner and group. */
const newValue = (
  key: 'owner' | 'group',
  from: TreeEntryState | null,
  to: TreeEntryState,
  written: boolean,
): string | undefined => {
  const kept = from?.type === to.type && to.type !== 'link' ? from[key] : undefined
  const value = to[key] ?? (written ? kept : undefined)
  return written || value !== kept ? value : undefined
}

/** New files come with their mode; only set-id bits do not survive a change of owner. */
function newMode(step: Step): string | undefined {
  const { from, to, written } = step
  if (to.type === 'link') return undefined
  const owned = (['owner', 'group'] as const).some((key) => newValue(key, from, to, written) !== undefined)
  const special = /^[2-7]/.test(to.mode ?? from?.mode ?? '')
  if (written) return owned && special ? modeOf(step) : undefined
  return (to.mode !== undefined && to.mode !== from?.mode) || (owned && special) ? (to.mode ?? from?.mode) : undefined
}

/** Unpacks in a folder on the tree's file system, one folder for each destination: a single `mv` then moves all its files. */
function sendFiles(
  { root, backup, origin, times = false }: TreeWriting,
  files: readonly Step[],
  tar: boolean,
): Script[] {
  const folders = [...new Set(files.map(({ entry }) => path.posix.dirname(entry.path)))]
  const named = files.map((step) => ({
    name: `${folders.indexOf(path.posix.dirname(step.entry.path))}/${path.posix.basename(step.entry.path)}`,
    mode: modeOf(step),
    content: (step.entry as FileEntry).file.content,
    ...(times && { mtime: (step.entry as FileEntry).file.mtime ?? 0 }),
  }))
  const replaced = files.filter(({ from }) => from?.type === 'file').map(pathOf)
  return [
    sh`_t=${root === '/' ? '' : root}/.tsplay.$$
trap 'rm -rf -- "$_t"' EXIT
trap 'exit 143' HUP INT TERM
rm -rf -- "$_t" && mkdir -m 0700 -- "$_t" && (cd -- "$_t" && mkdir -- ${folders.map((_, index) => String(index))})`,
    ...(origin !== undefined
      ? copyFiles(root, origin, folders, named)
      : tar
        ? // what follows the end of an archive is read as well: the session counts on every byte being taken
          [
            sh`${tarOf(named)} | { (cd -- "$_t" && tar ${times ? '-xpof' : '-xpmof'} -); _c=$?; cat >/dev/null; exit $_c; }`,
          ]
        : named.map(({ name, mode, content }) => sh`${content} > "$_t"/${name} && chmod -- ${mode} "$_t"/${name}`)),
    sh`sync`,
    ...(backup ? wordChunks(replaced).map(backupScript) : []),
    ...folders.flatMap((folder, index) =>
      wordChunks(
        files
          .filter(({ entry }) => path.posix.dirname(entry.path) === folder)
          .map(({ entry }) => `./${path.posix.basename(entry.path)}`),
      ).map((names) => sh`(cd -- "$_t"/${index} && mv -f -- ${names} ${folder === '/' ? '/' : `${folder}/`})`),
    ),
  ]
}

/** Files of the host, copied to where they are renamed from. */
function copyFiles(
  root: string,
  origin: string,
  folders: readonly string[],
  files: readonly { readonly name: string; readonly mode: string }[],
): Script[] {
  const byMode = new Map<string, string[]>()
  for (const { name, mode } of files) byMode.set(mode, [...(byMode.get(mode) ?? []), name])
  return [
    ...folders.flatMap((folder, index) =>
      wordChunks(
        files
          .filter(({ name }) => name.startsWith(`${index}/`))
          .map(({ name }) => path.posix.join(origin, path.posix.relative(root, folder), path.posix.basename(name))),
      ).map((paths) => sh`cp -- ${paths} "$_t"/${index}/`),
    ),
    ...[...byMode].flatMap(([mode, names]) =>
      wordChunks(names).map((some) => sh`(cd -- "$_t" && chmod -- ${mode} ${some})`),
    ),
  ]
}

const backupScript = (paths: readonly string[]): Script =>
  sh`_n=$$.$(date +%Y-%m-%d@%H:%M:%S)~
for _f in ${paths}; do cp -p -- "$_f" "$_f.$_n" || exit 1; done`

/** One process for all paths that get the same value. */
function attributeScripts(program: string, steps: readonly Step[], pick: (step: Step) => string | undefined): Script[] {
  const byValue = new Map<string, string[]>()
  for (const step of steps) {
    const value = pick(step)
    if (value !== undefined) byValue.set(value, [...(byValue.get(value) ?? []), step.entry.path])
  }
  return [...byValue].flatMap(([value, paths]) =>
    wordChunks(paths).map((some) => sh`${sh.raw(program)} -- ${value} ${some}`),
  )
}
