// What mounts, remounts and unmounts, and keeps fstab. Asks nothing.
import { contentText } from '../../engine/content.ts'
import type { Change } from '../../engine/module.ts'
import { type Script, sh } from '../../engine/script.ts'
import { fstabEntry } from './edit-fstab.ts'
import { entryOf, isBind, type MountParams, type MountState, optionsOf, usesFstab } from './mount-params.ts'
import { replaceFile } from './replace-file.ts'

/** The script: fstab first, then what is live. */
export function mountScript(params: MountParams, change: Change<MountState>): Script {
  const { path, state = 'mounted', fstab = '/etc/fstab', backup } = params
  const { from, to, has } = change
  const another = from.mounted && to?.mounted === true && (has('src') || has('fstype'))
  const written =
    to?.fstab &&
    sh`(
${replaceFile(fstab, { content: to.fstab, mode: '0644', owner: null, group: null, ...(backup && from.fstab && { backup }), ...(from.fstab && { replaces: from.fstab.sha256 }) })}
) || exit 1`
  return sh.join([
    written,
    // its units are made of fstab, and the old ones could unmount what is mounted now
    written && fstab === '/etc/fstab' && sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`,
    (to?.mounted === false && from.mounted) || another ? unmount(path) : undefined,
    state === 'absent' && path.startsWith('/') && sh`if [ -d ${path} ]; then rmdir -- ${path} 2>/dev/null || :; fi`,
    to?.folder && !from.folder && sh`mkdir -p -- ${path} || exit 1`,
    to?.mounted && (!from.mounted || another) && sh`mount ${mountArguments(params)} || exit 1`,
    (has('remounted') || (from.mounted && to?.mounted && !another && (has('flags') || optionsChanged(params, from)))) &&
      remount(params),
  ])
}

const unmount = (path: string): Script => sh`umount -- ${path} || exit 1`

/** Whether fstab had other options; what else it says of a mount point changes nothing that is live. */
function optionsChanged(params: MountParams, { fstab }: MountState): boolean {
  if (!usesFstab(params)) return false
  const before = fstabEntry((fstab && contentText(fstab)) ?? '', params)
  return before !== undefined && before.opts !== entryOf(params).opts
}

/** What only fstab's readers understand is left out: not every mount ignores it. */
const liveOptions = (params: MountParams): string =>
  optionsOf(params)
    .filter((option) => !/^(no)?auto$|^nofail$|^_netdev$|^x-|^comment=/.test(option))
    .join(',') || 'defaults'

const mountArguments = (params: MountParams): string[] => {
  const { src, fstype, path } = entryOf(params)
  return [...(fstype === 'none' ? [] : ['-t', fstype]), '-o', liveOptions(params), '--', src, path]
}

/** With the options that are given, else with those of fstab. */
function remount(params: MountParams): Script {
  const bind = isBind(params) ? ['bind'] : []
  const given =
    params.opts === undefined
      ? []
      : liveOptions(params)
          .split(',')
          .filter((option) => !/^(r?bind|defaults)$/.test(option))
  return sh`mount -o ${['remount', ...bind, ...given].join(',')} -- ${params.path} || exit 1`
}
