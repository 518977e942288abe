// upgraded: all packages of a host of the RHEL family at their newest versions. Debian's module apt does that by itself.
import { defineModule, type Prediction, probe, sh, will, z } from 'tsplay'

/** A package and its newer version. */
type Newer = readonly [name: string, version: string]

/** Packages that are not at their newest version; undefined where nothing is cached that could tell. */
interface Outdated {
  readonly newer: readonly Newer[] | undefined
}

/**
 * Nothing is left that yum (or dnf, which is called so, too) would upgrade. What there is to be had is read from its cached
 * metadata and fetched before an upgrade; packages that are kept at a version stay there.
 */
export const upgraded = defineModule<object, Outdated>({
  name: 'upgraded',
  params: z.strictObject({}),
  subject: () => 'all packages',
  probe: () =>
    probe.map(probe.script(sh`LC_ALL=C yum -C -q check-update 2>/dev/null`), (told) => ({ newer: newerIn(told) })),
  desired: () => ({ newer: [] }),
  apply: () => sh`LC_ALL=C; export LC_ALL
yum -q clean expire-cache > /dev/null || exit 1
_said=$(yum -y -q upgrade 2>&1) || { printf '%s\n' "$_said" >&2; exit 1; }`,
  predict: (_params, { from: { newer } }): Prediction[] =>
    newer ? newer.map(([name, version]) => will.havePackage(name, version)) : [will.changeAnything],
})

/** It ends with 100 where there is something, and lists `name.arch version repository`, long ones over several lines. */
export function newerIn({ code, stdout }: { code: number; stdout: string }): Outdated['newer'] {
  if (code === 0) return []
  if (code !== 100) return undefined
  const [listed = ''] = stdout.split(/^Obsoleting /m)
  const found = [...listed.replace(/\n[ \t]+/g, ' ').matchAll(/^(\S+)\.\S+[ \t]+(\S+)[ \t]+\S+[ \t]*$/gm)]
  return found.map(([, name, version]): Newer => [name!, version!])
}
