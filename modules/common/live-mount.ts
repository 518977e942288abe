// What is mounted at a path, as the kernel tells; and whether that is what is wished for.
import { map, type Probe, type ScriptAnswer, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { sh } from '../../engine/script.ts'
import { unescaped } from './edit-fstab.ts'

/** What lies at a mount point. */
export interface LiveMount {
  readonly src: string
  readonly fstype: string
  /** Options of the mount and of its file system. */
  readonly options: readonly string[]
  /** It is what `src` names: the same device by another name, or the folder that is bound. */
  readonly same: boolean
}

/** Asks for the topmost mount at `path`; null where there is none. */
export const liveMount = (path: string, src: string | undefined): Probe<LiveMount | null> =>
  map(mountAnswer(path, src), ({ stdout }) => {
    const line = /^mount (.*)$/m.exec(stdout)?.[1]
    if (line === undefined) return null
    const [before = '', behind = ''] = line.split(' - ')
    const [fstype = '', source = '', superOptions = ''] = behind.split(' ')
    return {
      src: unescaped(source),
      fstype,
      options: [...(before.split(' ')[5] ?? '').split(','), ...superOptions.split(',')],
      same: /^same$/m.test(stdout),
    }
  })

export const mountAnswer = (path: string, src: string | undefined): Probe<ScriptAnswer> =>
  script(
    sh`_p=$(readlink -f -- ${path}) || _p=${path}
_e=$(printf '%s\n' "$_p" | sed 's/\\/\\134/g; s/ /\\040/g; s/	/\\011/g')
_m=
while read -r _1 _2 _3 _4 _5 _r; do
  if [ "$_5" = "$_e" ]; then _m="$_1 $_2 $_3 $_4 $_5 $_r"; fi
done < /proc/self/mountinfo
[ -n "$_m" ] || exit 0
printf 'mount %s\n' "$_m"
_s=\${_m#* - }; _s=\${_s#* }; _s=\${_s%% *}
for _d in ${src === undefined ? [] : devicesOf(src)}; do
  if [ "$_d" = "$(printf '%b' "$_s")" ] || [ "$_d" -ef "$_s" ] || [ "$_d" -ef ${path} ]; then echo same; break; fi
done`,
    { reads: ['mounts:', fileResource(path)] },
  )

/** What the kernel would say of a mount, for predictions. */
export const mountLine = ({ src, fstype, options }: Omit<LiveMount, 'same'>): string =>
  `mount 0 0 0:0 / / ${options.join(',')} - ${fstype} ${src} ${options.join(',')}\nsame\n`

/** A source and the device that it stands for. */
function devicesOf(src: string): string[] {
  const [, tag, value = ''] = /^(UUID|LABEL|PARTUUID|PARTLABEL|ID)=(.*)$/.exec(src) ?? []
  return tag === undefined ? [src] : [`/dev/disk/by-${tag.toLowerCase()}/${value.replace(/^"(.*)"$/, '$1')}`]
}
