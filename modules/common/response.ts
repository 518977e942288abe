// What curl printed of a response: headers, body, and a last line with the status.

/** A response. Without one, `status` is 0. */
export interface UriResponse {
  readonly status: number
  /** By their names in lower case; of a name that comes more than once, the values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** The address that gave it, behind all redirects. */
  readonly url: string
  /** The body as text, where it was to be kept. */
  readonly content?: string
  /** The body's value, where it says that it is JSON. */
  readonly json?: unknown
}

/** Reads what a request with `dump-header` and a last line of status, length of headers and address has printed. */
export function readResponse(output: string): UriResponse | undefined {
  const end = output.lastIndexOf('\n')
  const [, status, length, url] = /^(\d{3}) (\d+) (\S*)/.exec(output.slice(end + 1)) ?? []
  if (status === undefined || Number(status) === 0) return undefined
  const bytes = Buffer.from(output.slice(0, Math.max(end, 0)))
  const headers = headersIn(bytes.subarray(0, Number(length)).toString())
  const content = bytes.subarray(Number(length)).toString()
  const json = /^application\/([\w.+-]+\+)?json\b/i.test(headers['content-type'] ?? '') ? jsonOf(content) : undefined
  return { status: Number(status), headers, url: url ?? '', content, ...(json !== undefined && { json }) }
}

/** Of the last of several responses. */
function headersIn(text: string): Record<string, string> {
  const last =
    text
      .trimEnd()
      .split(/\r?\n\r?\n/)
      .at(-1) ?? ''
  const headers: Record<string, string> = {}
  for (const line of last.split(/\r?\n/).slice(1)) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
    const key = name.toLowerCase()
    if (key !== '') headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
  }
  return headers
}

function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
