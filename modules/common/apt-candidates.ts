// The newest versions that a host's apt knows of. Fetches no lists.
import { map, type Probe, script } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'
import { aptAside, aptFiles } from './apt-plan.ts'

/**
 * The version that apt would install, by name or by what a wildcard means; a package that has none is left out. Where apt
 * has no source of `release`, which may be brought before packages are, each name has a text that is no version.
 */
export function aptCandidates(names: readonly string[], release?: string): Probe<Record<string, string>> {
  const preferred = release === undefined ? [] : ['-o', `APT::Default-Release=${release}`]
  return map(
    script(
      sh`if command -v apt-cache >/dev/null 2>&1; then
${aptAside}
LC_ALL=C apt-cache ${preferred} policy -- ${names} 2>&1; fi`,
      { reads: [...aptFiles, ...names.map((name) => `package:${name}`)] },
    ),
    ({ code, stdout }) => {
      if (code !== 0 && release !== undefined && stdout.includes('APT::Default-Release'))
        return Object.fromEntries(names.map((name) => [name, `the newest of ${release}`]))
      const found = new Map(
        [...stdout.matchAll(/^(\S+):\n.*\n {2}Candidate: (\S+)$/gm)].map(([, name, version]) => [name!, version!]),
      )
      // apt leaves the host's own architecture out of a name
      for (const name of names) if (!found.has(name)) found.set(name, found.get(name.replace(/:.*/, '')) ?? '(none)')
      return Object.fromEntries([...found].filter(([, version]) => version !== '(none)'))
    },
  )
}
