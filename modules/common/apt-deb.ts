// A package given as a .deb: what is in it, what of it the host has, and how it is installed.
import type { Content } from '../../engine/content.ts'
import { contentOf } from '../../engine/content.ts'
import { TsplayError } from '../../engine/error.ts'
import type { Control } from '../../engine/module.ts'
import type { Prediction } from '../../engine/prediction.ts'
import { all, map, type Probe, type ScriptAnswer, script, target } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { downloadTo, downloadToPipe, isUrl } from './host-download.ts'
import { asksWith } from './will-answer.ts'

/** A .deb: a path on the host, an address that the host fetches, or a file of the control side. */
export type DebSource =
  | { readonly kind: 'host'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string; readonly content: Content; readonly head: Content }

/** A .deb and what the host has of its package. */
export interface DebState {
  readonly name: string
  /** The version in the .deb; unknown while it is only planned to be there. */
  readonly version: string | undefined
  /** The installed one. */
  readonly installed: string | null
  /** Whether the installed one is newer. */
  readonly older: boolean
  /** Why nothing can be said. */
  readonly failure: string | undefined
}

export async function debSource(deb: string, control: Control): Promise<DebSource> {
  if (deb.startsWith('/')) return { kind: 'host', path: deb }
  if (isUrl(deb)) return { kind: 'url', url: deb }
  const { path, content } = await control.file(deb)
  return { kind: 'file', path, content, head: contentOf(await headOf(path, content)) }
}

export const debProbe = (source: DebSource): Probe<DebState> =>
  source.kind === 'host'
    ? map(all({ found: target(source.path), answer: debScript(source) }), ({ found, answer }) => {
        const state = readDeb(answer.stdout, source.path)
        // what another task will bring is not there yet in a check
        return state.failure !== undefined && found?.type === 'file' && /No such file/.test(state.failure)
          ? { ...state, name: source.path, failure: undefined }
          : state
      })
    : map(debScript(source), ({ stdout }) => readDeb(stdout, source.kind === 'url' ? source.url : source.path))

/** `name<TAB>version<TAB>installed version<TAB>older`, or `E:` and why not. Of a large file no more than its beginning is read. */
export const debScript = (source: DebSource) => {
  // dpkg-deb would unpack into a folder to show what is in it; the archive itself it writes to a pipe
  const tar = sh`dpkg-deb --ctrl-tarfile`
  const read =
    source.kind === 'host'
      ? sh`${tar} ${source.path}`
      : source.kind === 'url'
        ? sh`${downloadToPipe(source.url)} | ${tar} -`
        : sh`: ${source.content.sha256}; ${source.head} | ${tar} -`
  return script(
    sh`: a .deb
command -v dpkg-deb >/dev/null 2>&1 || { printf 'E:the host has no dpkg\n'; exit 0; }
_r=$({ { ${read}; } | tar -xOf - ./control control | sed 's/^/ /'; } 2>&1)
_f=$(printf '%s\n' "$_r" | sed -n 's/^ Package: *//p; s/^ Version: */	/p')
case $_f in ?*'
	'?*) ;; *) printf 'E:%s\n' "$(printf '%s\n' "$_r" | grep -v '^ \|^tar:')"; exit 0 ;; esac
_n=\${_f%%
*} _v=\${_f#*	}
_i=$(dpkg-query -W -f '\${db:Status-Status} \${Version}' -- "$_n" 2>/dev/null)
case $_i in 'installed '*) _i=\${_i#installed };; *) _i= ;; esac
if [ -n "$_i" ] && dpkg --compare-versions "$_i" gt "$_v"; then _o=older; else _o=; fi
printf '%s\t%s\t%s\t%s\n' "$_n" "$_v" "$_i" "$_o"`,
    { reads: [...(source.kind === 'host' ? [fileResource(source.path)] : []), fileResource('/var/lib/dpkg')] },
  )
}

/** Whatever .deb is asked about, its answer knows of these packages' versions. */
export const debsWillKnow = (changed: Readonly<Record<string, string | null | undefined>>): Prediction => ({
  answer(question, before) {
    if (!asksWith(question, debMark)) return before
    const { code, stdout } = before as ScriptAnswer
    const [name = '', version = ''] = stdout.split('\t')
    return Object.hasOwn(changed, name) ? { code, stdout: `${name}\t${version}\t${changed[name] ?? ''}\t\n` } : before
  },
})

/** How the question begins, by which it is known. */
const debMark = ': a .deb'

/** Brings the file to a folder that apt can read; its path is then in `$_deb`. */
export const fetchDeb = (source: DebSource): Script =>
  source.kind === 'host'
    ? sh`_deb=${source.path}`
    : sh`_dir=$(mktemp -d) || exit 1
trap 'rm -rf -- "$_dir"' EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
chmod 0755 "$_dir" || exit 1
_deb=$_dir/package.deb
${source.kind === 'url' ? downloadTo(source.url, sh.raw('"$_deb"')) : sh`${source.content} > "$_deb"`} || exit 1`

function readDeb(stdout: string, from: string): DebState {
  const line = stdout.replace(/\n$/, '')
  const none = { name: from, version: undefined, installed: null, older: false }
  if (line.startsWith('E:')) return { ...none, failure: line.slice(2).trim() || `${from} could not be read` }
  const [name, version, installed, older] = line.split('\t')
  if (!name || !version) return { ...none, failure: `${from} is not a Debian package` }
  return { name, version, installed: installed || null, older: older === 'older', failure: undefined }
}

/** Its first two members: the format's version, and the archive that says which package it is. */
async function headOf(path: string, content: Content): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array()
  let end = 8
  let member = 0
  for await (const chunk of content.stream()) {
    bytes = Buffer.concat([bytes, chunk])
    while (member < 2 && bytes.length >= end + 60) {
      const size = Number(new TextDecoder('latin1').decode(bytes.subarray(end + 48, end + 58)))
      if (!Number.isSafeInteger(size) || size < 0) break
      end += 60 + size + (size % 2)
      member++
    }
    if (member === 2 && bytes.length >= end) return bytes.subarray(0, end)
    if (bytes.length > limit) break
  }
  throw new TsplayError(`apt: '${path}' is not a Debian package`)
}

/** More than any package needs to describe itself. */
const limit = 16 << 20
