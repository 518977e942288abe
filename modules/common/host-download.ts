// Shell that fetches an address with whatever the host has for it. Checks nothing of what it gets.
import { z } from 'zod'
import { type Script, sh } from '../../engine/script.ts'

export const isUrl = (text: string): boolean => /^(https?|ftp):\/\//.test(text)

/** An address to fetch from. One with a password in it would be seen in the list of processes. */
export const urlParam: z.ZodType<string> = z
  .string()
  .refine((url) => isUrl(url) && !/[\s\0]/.test(url), {
    error: (issue) => `'${String(issue.input)}' is not an http, https or ftp address`,
  })
  .refine((url) => !hasPassword(url), { error: 'a password in an address can be seen by everyone on the host' })

/** Whether an address holds a password. */
export const hasPassword = (url: string): boolean => /^[a-z+]+:\/\/[^/@]*:[^/@]*@/i.test(url)

/** Writes what is there to standard output. */
export const downloadToPipe = (url: string): Script =>
  sh`if command -v curl >/dev/null 2>&1; then curl -fsSL --connect-timeout 20 -- ${url}
elif command -v wget >/dev/null 2>&1; then wget -q -T 20 -O - -- ${url}
else printf 'the host has neither curl nor wget to fetch %s\n' ${url} >&2; false; fi`

/** Writes what is there to the file that the shell word `to` names; apt brings a helper for it where there is no curl. */
export const downloadTo = (url: string, to: Script): Script =>
  sh`if command -v curl >/dev/null 2>&1; then curl -fsSL --connect-timeout 20 -o ${to} -- ${url}
elif command -v wget >/dev/null 2>&1; then wget -q -T 20 -O ${to} -- ${url}
elif [ -x /usr/lib/apt/apt-helper ]; then /usr/lib/apt/apt-helper -q download-file ${url} ${to} >/dev/null
else printf 'the host has neither curl nor wget to fetch %s\n' ${url} >&2; false; fi`
