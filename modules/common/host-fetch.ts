// Shell that downloads on the host, with curl or with what wget it has, from the first address that gives what is wanted.
import type { Algorithm } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import { isSecret, type Text } from '../../engine/secret.ts'
import { type CurlRequest, curl, curlLines, option } from './curl.ts'

/** What is downloaded. */
export interface HostDownload {
  /** By preference. */
  readonly urls: readonly string[]
  readonly request: Omit<CurlRequest, 'url'>
  /** Seconds without an answer, or without a byte. */
  readonly timeout: number
  /** What it must be. */
  readonly digest?: { readonly algorithm: Algorithm; readonly hex: string }
}

/** Writes the download to standard output. Nothing else may be done where that is half of it: the exit code tells. */
export const downloadToOutput = (download: HostDownload, url: string): Script => fetching(download, url, 'output')

/** Writes the download to the file that the shell variable `_t` names, from the first address that gives what the digest says. */
export function downloadToFile(download: HostDownload): Script {
  return sh`${check(download)}
_got=1
${sh.join(
  download.urls.map(
    (url) => sh`if [ $_got -ne 0 ]; then
  : >| "$_t"
  { ${fetching(download, url, 'anew')}
  } && _right ${url} "$_t"
  _got=$?
fi`,
  ),
)}
[ $_got -eq 0 ]`
}

/**
 * Writes the download to standard output once it is whole; until then it grows beside the file that `_d` names, where the
 * next try goes on with it. It must have a digest: what is found there may be of another time.
 */
export function resumedDownload(download: HostDownload): Script {
  return sh`${check(download)}
_part=\${_d%/*}/.\${_d##*/}.tsplay-part
if [ -L "$_part" ]; then rm -f -- "$_part"; fi
_whole() { _right "$1" "$_part" && return 0; rm -f -- "$_part"; return 1; }
_size() { if [ -f "$_part" ]; then wc -c < "$_part"; else echo 0; fi; }
_got=1
if [ -s "$_part" ] && _right "what an earlier try has left" "$_part" 2>/dev/null 3>&-; then _got=0; fi
${sh.join(
  download.urls.map(
    (url) => sh`if [ $_got -ne 0 ]; then
  _z=$(_size)
  { ${fetching(download, url, 'resume')}
  } && _whole ${url}
  _got=$?
  # what was there was of another file, or there is nothing behind it, or the server gives no parts: once more, anew
  if [ $_got -ne 0 ] && [ "$_z" -gt 0 ] && [ "$(_size)" -le "$_z" ]; then
    rm -f -- "$_part"
    { ${fetching(download, url, 'resume')}
    } && _whole ${url}
    _got=$?
  fi
fi`,
  ),
)}
[ $_got -eq 0 ] && cat < "$_part" && rm -f -- "$_part"`
}

/** Defines `_right`: whether a file is what was wanted, said of where it came from. */
function check({ digest }: HostDownload): Script {
  if (!digest) return sh`_right() { :; }`
  const sum = `${digest.algorithm}sum`
  return sh`command -v ${sum} >/dev/null 2>&1 || { printf 'the host has no %s\n' ${sum} >&2; exit 1; }
_right() {
  _s=$(${sum} < "$2") || return 1
  case $_s in ${digest.hex}*) return 0 ;; esac
  printf '%s has ${sh.raw(digest.algorithm)} %s, not %s\n' "$1" "\${_s%% *}" ${digest.hex} >&2
  return 1
}`
}

function fetching(download: HostDownload, url: string, mode: 'output' | 'anew' | 'resume'): Script {
  const { request, timeout } = download
  const seconds = Math.max(1, Math.ceil(timeout))
  const lines = [
    ...curlLines({ ...request, url }),
    'fail',
    option('connect-timeout', String(timeout)),
    option('speed-limit', '1'),
    option('speed-time', String(seconds)),
  ]
  const { headers = {}, user, password, validateCerts = true } = request
  const to = places[mode]
  const hidden = user !== undefined || password !== undefined || Object.values(headers).some(isSecret)
  return sh`if command -v curl >/dev/null 2>&1; then
  ${curl(lines)} ${to.curl}
elif ! command -v wget >/dev/null 2>&1; then
  echo "the host has neither curl nor wget; via: 'control' downloads on the control side" >&2; false
${
  hidden
    ? sh`else
  echo "a login or a secret header needs curl on the host: wget would show it in the list of processes" >&2; false
fi`
    : sh`else
  # busybox may have been built without -T, and then breaks down at it
  if wget --version 2>/dev/null | grep -q GNU; then set -- ${mode === 'output' ? '-q' : '-nv'} --tries=1 -T ${seconds}
  elif wget --help 2>&1 | grep -q -- '-T SEC'; then set -- -q -T ${seconds}; else set -- -q; fi
  wget "$@" ${[
    ...(validateCerts ? [] : ['--no-check-certificate']),
    ...Object.entries(headers).flatMap(([name, value]: [string, Text]) => ['--header', `${name}: ${String(value)}`]),
  ]} ${to.wget} -- ${url}
fi`
}`
}

const places = {
  output: { curl: sh.empty, wget: sh`-O -` },
  anew: { curl: sh`-o "$_t"`, wget: sh`-O "$_t"` },
  resume: { curl: sh`-C - -o "$_part"`, wget: sh`-c -O "$_part"` },
} as const
