// packagesOf: how docker's packages and their versions are called in each family. Plain data.
import { isBefore } from '../../version.ts'

export type DockerFamily = 'debian' | 'redhat'
export type DockerPackage = 'docker-ce' | 'docker.io'

/** Packages as a package manager is asked for them, and by their names alone. */
export interface DockerPackages {
  readonly specs: string[]
  readonly names: string[]
}

/**
 * The packages of a version, or of any.
 *
 * @param version as docker counts: `20.10.17`. Before 18.09 one package held everything, and versions said `-ce`.
 */
export function packagesOf(family: DockerFamily, from: DockerPackage, version?: string): DockerPackages {
  const whole = from === 'docker.io' || (version !== undefined && isOld(version))
  const pinned = whole ? [from] : [from, `${from}-cli`]
  const wanted = version === undefined ? '' : `=${patternOf(family, from, version)}`
  return {
    specs: [...pinned.map((name) => `${name}${wanted}`), ...(whole ? [] : ['containerd.io'])],
    names: pinned,
  }
}

/** What was there before docker-ce and stands in its way, or in the way of Debian's package. */
export const legacyPackages: {
  readonly debian: Readonly<Record<DockerPackage, string[]>>
  readonly redhat: string[]
} = {
  debian: { 'docker-ce': ['docker-engine', 'docker.io', 'lxc-docker'], 'docker.io': ['docker-engine', 'lxc-docker'] },
  redhat: [
    ...['docker', 'docker-client', 'docker-client-latest', 'docker-common', 'docker-engine', 'docker-latest'],
    ...['docker-latest-logrotate', 'docker-logrotate', 'docker-selinux', 'docker-engine-selinux'],
  ],
}

/** The distribution's part of the version is left open, docker's is not: `19.03.1` is not to mean `19.03.15`. */
function patternOf(family: DockerFamily, from: DockerPackage, version: string): string {
  if (from === 'docker.io') return `${version}+*`
  if (isOld(version)) return family === 'debian' ? `${version}~ce~*` : `${version}.ce-*`
  return family === 'debian' ? `5:${version}~*` : `${version}-*`
}

const isOld = (version: string): boolean => isBefore(version, '18.09')
