// Where a newer kernel comes from in each distribution, and what its packages are called: as data. Asks no host.
import { TsplayError } from 'tsplay'
import type { WantedKernel } from './kernel-version.ts'

/** A host's distribution, as the fact `os` tells it. */
export interface KernelOs {
  /** `debian`, `ubuntu`, `centos`, `rocky`, … */
  readonly id: string
  /** `debian` or `redhat`. */
  readonly family: string
  /** `7`, `12`, … */
  readonly majorVersion: string
}

/** A yum repository of kernels. It is only used for them. */
export interface KernelRepository {
  /** Its id. */
  readonly name: string
  readonly baseurl: string
  /** Address of the key that signs its packages. */
  readonly gpgkey: string
  /** Fingerprint of that key; no other is imported. */
  readonly fingerprint: string
}

/**
 * RHEL 7 has 3.10 and gets no other; who has built newer ones for it. Since it has ended they only lie in an archive of
 * others, which cannot change them: they are signed.
 */
export const elrepo: KernelRepository = {
  name: 'elrepo-kernel',
  baseurl: 'https://mirrors.coreix.net/elrepo-archive-archive/kernel/el7/$basearch/',
  gpgkey: 'https://www.elrepo.org/RPM-GPG-KEY-elrepo.org',
  fingerprint: '96C0 104F 6315 4731 1E0B B1AE 309B C305 BAAD AE52',
}

/**
 * The package that brings the newest kernel of a distribution.
 * @throws TsplayError for a family that is neither Debian's nor Red Hat's
 */
export function kernelPackage({ id, family, majorVersion }: KernelOs, arch: string): string {
  if (family === 'redhat') return majorVersion === '7' ? 'kernel-ml' : 'kernel'
  if (family !== 'debian')
    throw new TsplayError(`kernel-upgrade knows no kernels for '${id}' of the family '${family}'`, {
      hint: 'it serves hosts of the families debian and redhat',
    })
  return id === 'ubuntu' ? 'linux-image-generic' : `linux-image-${debianArch(arch)}`
}

/**
 * Which kernel will run once a package is installed, as far as its name and version tell: Debian's has it in its name, rpm's
 * in its version. Undefined where only its dependencies tell (`linux-image-amd64`).
 */
export function releaseOf(
  name: string,
  version: string | undefined,
  { family }: KernelOs,
  arch: string,
): string | undefined {
  if (family === 'debian') return /^linux-image-(?:unsigned-)?(\d+\.\d+\.\d.*)$/.exec(name)?.[1]
  if (version === undefined) return undefined
  const plain = version.replace(/^\d+:/, '').replace(/\*$/, '')
  return plain.includes('-') && !version.endsWith('*') ? `${plain}.${arch}` : `${plain.replace(/-$/, '')}-*`
}

/**
 * What is wanted of the running kernel.
 * @throws TsplayError where neither a minimum nor the package tells which kernel is to run in the end
 */
export function wantedKernel(
  {
    minimum,
    package: name,
    version,
    release,
  }: { minimum?: string; package?: string; version?: string; release?: string },
  os: KernelOs,
  arch: string,
): WantedKernel {
  if (minimum !== undefined && !/^\d+(\.\d+)*([-+].*)?$/.test(minimum))
    throw new TsplayError(`'${minimum}' is no version of a kernel, such as 5.4 or 6.1.0-18`)
  const exact = release ?? (name === undefined ? undefined : releaseOf(name, version, os, arch))
  if (exact === undefined && minimum === undefined)
    throw new TsplayError(
      name === undefined
        ? 'kernel-upgrade is not told which kernel is wanted'
        : `nobody can tell from '${name}' which kernel will run: its dependencies decide`,
      { hint: "give minimum: '5.4', or the release that 'uname -r' is to print" },
    )
  return { minimum, release: exact }
}

const debianArch = (arch: string): string => ({ x86_64: 'amd64', aarch64: 'arm64' })[arch] ?? arch
