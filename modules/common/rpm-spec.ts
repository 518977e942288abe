// What dnf and yum take as a name: packages in versions, patterns, groups, files, addresses. Asks nobody which there are.
import { z } from 'zod'
import { namesOf } from './names.ts'
import type { PackageSpec } from './package-spec.ts'

/** One thing that was named. */
export type RpmSpec =
  | {
      readonly kind: 'package'
      readonly text: string
      /**
       * What the text can mean, the likeliest first: `docker-ce-19.03.6` is a version of docker-ce, or a package that is
       * called so.
       */
      readonly readings: readonly PackageSpec[]
      /** As dnf and yum want it. */
      readonly argument: string
    }
  | { readonly kind: 'glob'; readonly text: string }
  | { readonly kind: 'group'; readonly text: string; readonly id: string }
  /** An rpm file on the host. */
  | { readonly kind: 'file'; readonly text: string }
  /** An rpm file elsewhere, and what its name says that it holds. */
  | { readonly kind: 'url'; readonly text: string; readonly name: string; readonly version: string | undefined }

/** One name or several. */
export const rpmNameParam: z.ZodType<string | string[]> = z
  .union([z.string(), z.array(z.string())], { error: 'expected a package or a list of packages' })
  .superRefine((value, context) => {
    const seen = new Set<string>()
    for (const text of namesOf(value)) {
      const wrong = problem(text)
      const shown = JSON.stringify(text.slice(0, 80))
      if (wrong) context.addIssue({ code: 'custom', message: `${shown} ${wrong}` })
      const [, name] = /^([^=/@*?[]+)=/.exec(text) ?? []
      if (seen.has(name ?? text)) context.addIssue({ code: 'custom', message: `'${name ?? text}' is named twice` })
      seen.add(name ?? text)
    }
  }) as z.ZodType<string | string[]>

export const rpmSpecs = (value: string | readonly string[]): RpmSpec[] => namesOf(value).map(rpmSpec)

function problem(text: string): string | undefined {
  if (/^\**$/.test(text))
    return "means everything: a whole upgrade is never made in passing, but as a command: command({ cmd: ['dnf', '-y', 'upgrade'] })"
  if (isUrl(text))
    return /\.rpm([?#]|$)/.test(text) && !/\s/.test(text) ? undefined : 'is not the address of an rpm file'
  if (text.startsWith('/') && text.endsWith('.rpm')) return text.includes('\0') ? 'is not a path' : undefined
  if (text.endsWith('.rpm')) return "is not an absolute path on the host; 'src' takes a file of the control side"
  // groups are also known by names that are not their ids
  if (/^@\^?[A-Za-z0-9][A-Za-z0-9 ._+-]*$/.test(text)) return undefined
  if (
    !/^[A-Za-z0-9_.*?[/][A-Za-z0-9+._:~^*?[\]()/-]*(=[A-Za-z0-9][A-Za-z0-9.+:~^_*-]*)?$/.test(text) ||
    text.endsWith('-')
  )
    return "is not the name of a package, such as 'nginx', 'nginx=1.22*', 'nginx-1.22.1' or '@development'"
  return undefined
}

function rpmSpec(text: string): RpmSpec {
  if (text.startsWith('@')) return { kind: 'group', text, id: text.replace(/^@\^?/, '').toLowerCase() }
  if (isUrl(text)) return { kind: 'url', text, ...fromFileName(text) }
  if (text.startsWith('/') && text.endsWith('.rpm')) return { kind: 'file', text }
  const equals = text.indexOf('=')
  if (equals > 0) {
    const [name, version] = [text.slice(0, equals), text.slice(equals + 1)]
    return { kind: 'package', text, readings: [{ name, version }], argument: `${name}-${version}` }
  }
  const versions = splits(text)
  if (/[*?[]/.test(text) && versions.length === 0) return { kind: 'glob', text }
  const whole = /[*?[]/.test(text) ? [] : [{ name: text, version: undefined }]
  // `java-11-openjdk` is rather a name, `kubelet-1.13` a version
  const dotted = ({ version = '' }: PackageSpec) => /[.*]/.test(version)
  const readings = [...versions.filter(dotted), ...whole, ...versions.filter((each) => !dotted(each))]
  return { kind: 'package', text, readings, argument: text }
}

/** Names of packages hold dashes and digits too, so every dash before a digit may be the one. A release is the last part. */
function splits(text: string): PackageSpec[] {
  const found: PackageSpec[] = []
  for (let dash = text.indexOf('-', 1); dash > 0; dash = text.indexOf('-', dash + 1)) {
    const [name, version] = [text.slice(0, dash), withoutArch(text.slice(dash + 1))]
    if (/^(\d+:)?\d[A-Za-z0-9.+~^_*]*(-[A-Za-z0-9.+~^_*]+)?$/.test(version) && !/[*?[]/.test(name))
      found.push({ name, version })
  }
  return found
}

/** `elrepo-release-7.0-3.el7.elrepo.noarch.rpm`. What has no number for a version (`epel-release-latest-9`) says nothing of it. */
function fromFileName(url: string): { name: string; version: string | undefined } {
  const file = decodeURIComponent(url.replace(/[?#].*$/, '').replace(/^.*\//, '')).replace(/\.rpm$/, '')
  const [, name = file, version = '', release = ''] = /^(.+)-([^-]+)-([^-]+)$/.exec(withoutArch(file)) ?? []
  return { name, version: /^\d/.test(version) ? `${version}-${release}` : undefined }
}

const withoutArch = (text: string): string =>
  text.replace(/\.(noarch|x86_64|i[3-6]86|aarch64|ppc64le|s390x|armv7hl)$/, '')

const isUrl = (text: string): boolean => /^(https?|ftp|file):\/\//.test(text)
