// A request as the host's curl makes it, and whose status decides whether it has failed. Reads no response.
import { type Script, sh } from '../../engine/script.ts'
import type { Text } from '../../engine/secret.ts'
import { type CurlRequest, curl, curlLines, option } from './curl.ts'
import { bodyOf } from './request-body.ts'
import { notNeeded } from './uri-needed.ts'
import type { CheckedUriParams } from './uri-params.ts'

/** Prints the response, its status in the last line. One that is not expected is a failure that says what came instead. */
export function requestScript(params: CheckedUriParams, lines: readonly Text[]): Script {
  const expected = [params.statusCode ?? 200].flat()
  return sh`command -v curl >/dev/null 2>&1 || { echo 'the host has no curl' >&2; exit ${hasNoCurl}; }
if ${notNeeded(params)}; then exit 0; fi
_o=$(${curl(lines)}) || _c=$?
printf '%s' "$_o"
[ "\${_c:-0}" -eq 0 ] || exit "$_c"
_s=\${_o##*
}
case ${` ${expected.join(' ')} `} in *" \${_s%% *} "*) exit 0 ;; esac
printf 'status %s, not %s\n' "\${_s%% *}" ${expected.join(' or ')} >&2
exit 22`
}

/** How the script ends where the host has no curl. */
export const hasNoCurl = 127

/** What curl is told. */
export function requestLines(params: CheckedUriParams): readonly Text[] {
  const { url, method = 'GET', headers = {}, followRedirects = 'safe', timeout = 30, returnContent = true } = params
  const body = bodyOf(params.body, params.bodyFormat)
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const request: CurlRequest = {
    ...params,
    url,
    method: method.toUpperCase(),
    headers: { ...(body?.type !== undefined && !typed && { 'Content-Type': body.type }), ...headers },
    followRedirects:
      followRedirects === 'all' || (followRedirects === 'safe' && ['GET', 'HEAD'].includes(method.toUpperCase())),
  } as CurlRequest
  const { body: _given, ...rest } = request
  return [
    ...curlLines({ ...rest, ...(body && { body: body.text }) }),
    option('max-time', String(timeout)),
    option('dump-header', '-'),
    ...(returnContent && method.toUpperCase() !== 'HEAD' ? [] : [option('output', '/dev/null')]),
    option('write-out', '\n%{http_code} %{size_header} %{url_effective}'),
  ]
}
